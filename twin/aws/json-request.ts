// Reads what the JSON services take: the operation in X-Amz-Target, the input as one JSON object. The SDK's reader would let a
// number pass for a string; AWS does not, so types are checked here first.
import type { NormalizedSchema } from '@smithy/core/schema';
import { readJsonShape } from './codecs.ts';
import type { ParsedRequest, RawRequest } from './request.ts';
import type { Wire } from './schema.ts';
import { AwsError } from './service.ts';

export function readJsonRequest(wire: Wire, { headers, body }: RawRequest): ParsedRequest {
  const header = headers['x-amz-target'];
  if (typeof header !== 'string') throw new AwsError('MissingAction', 'The request must have the header X-Amz-Target');
  const [target, name = ''] = header.split('.');
  const operation = target === wire.target ? wire.operations.get(name) : undefined;
  if (operation === undefined) throw new AwsError('UnknownOperationException', `The operation ${header.slice(0, 200)} is not known`);
  const json = readJson(body);
  if (!operation.input.isStructSchema()) return { operation, input: {} };
  checkJsonTypes(operation.input, json);
  return { operation, input: readJsonShape(wire, operation.input, json) as Record<string, unknown> };
}

/** A JSON document; an empty body is an empty object. */
export function readJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    // The parser's message quotes the body, which may hold secrets.
    throw new AwsError('SerializationException', 'The request body is not valid JSON');
  }
}

/** Throws SerializationException where JSON and schema differ in type. Unknown members pass, as with AWS. */
export function checkJsonTypes(schema: NormalizedSchema, value: unknown, useJsonNames = false): void {
  if (value === null || value === undefined || schema.isDocumentSchema()) return;
  if (schema.isStructSchema()) {
    const members = object(value);
    for (const [name, member] of schema.structIterator()) {
      checkJsonTypes(member, members[useJsonNames ? (member.getMergedTraits().jsonName ?? name) : name], useJsonNames);
    }
  } else if (schema.isMapSchema()) {
    for (const item of Object.values(object(value))) checkJsonTypes(schema.getValueSchema(), item, useJsonNames);
  } else if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw mismatch(value, 'List');
    for (const item of value) checkJsonTypes(schema.getValueSchema(), item, useJsonNames);
  } else {
    checkScalar(schema, value);
  }
}

function checkScalar(schema: NormalizedSchema, value: unknown): void {
  if (schema.isTimestampSchema()) {
    if (typeof value !== 'number' && typeof value !== 'string') throw mismatch(value, 'Timestamp');
  } else if (schema.isBooleanSchema()) {
    if (typeof value !== 'boolean') throw mismatch(value, 'Boolean');
  } else if (schema.isNumericSchema()) {
    const special = value === 'NaN' || value === 'Infinity' || value === '-Infinity';
    if (typeof value !== 'number' && !special) throw mismatch(value, 'Number');
  } else if (schema.isStringSchema() || schema.isBlobSchema()) {
    if (typeof value !== 'string') throw mismatch(value, 'String');
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(value, 'Structure');
  return value as Readonly<Record<string, unknown>>;
}

function mismatch(value: unknown, wanted: string): AwsError {
  const found = Array.isArray(value) ? 'LIST_VALUE' : `${typeof value}_VALUE`.toUpperCase();
  return new AwsError('SerializationException', `${found} cannot be converted to ${wanted}`);
}
