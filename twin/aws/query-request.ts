// Reads the form that Query services take (RDS, SNS, Auto Scaling, EC2): `A.member.1.B=x` becomes the tree that the schema
// describes, the mirror image of the SDK's QueryShapeSerializer. Unknown parameters are ignored, as AWS does.
import { fromBase64 } from '@smithy/core/serde';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { ParsedRequest } from './request.ts';
import type { Wire } from './schema.ts';
import { AwsError } from './service.ts';

interface Node { value?: string; readonly children: Map<string, Node> }

/** Deeper than any AWS input is; a bound for hostile bodies. */
const DEPTH_MAX = 40;

export function readQueryRequest(wire: Wire, protocol: 'query' | 'ec2', body: string): ParsedRequest {
  const form = new URLSearchParams(body);
  const action = form.get('Action');
  if (action === null) throw new AwsError('MissingAction', 'The request must contain the parameter Action');
  const operation = wire.operations.get(action);
  const version = form.get('Version') ?? wire.version;
  if (operation === undefined || version !== wire.version) {
    throw new AwsError('InvalidAction', `Could not find operation ${action} for version ${version}`);
  }
  const input = operation.input.isStructSchema() ? new QueryReader(protocol).struct(operation.input, treeOf(form)) : {};
  return { operation, input };
}

function treeOf(form: URLSearchParams): Node {
  const root: Node = { children: new Map() };
  for (const [key, value] of form) {
    const parts = key.split('.');
    if (parts.length > DEPTH_MAX) throw new AwsError('MalformedInput', `The parameter ${key.slice(0, 100)} is nested too deeply`);
    let node = root;
    for (const part of parts) {
      const next = node.children.get(part) ?? { children: new Map() };
      node.children.set(part, next);
      node = next;
    }
    node.value = value;
  }
  return root;
}

class QueryReader {
  readonly #protocol: 'query' | 'ec2';

  constructor(protocol: 'query' | 'ec2') {
    this.#protocol = protocol;
  }

  struct(schema: NormalizedSchema, node: Node): Record<string, unknown> {
    const read: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      const child = node.children.get(this.#keyOf(name, member, true));
      if (child !== undefined) read[name] = this.#value(member, child, name);
    }
    return read;
  }

  #value(schema: NormalizedSchema, node: Node, name: string): unknown {
    if (schema.isStructSchema()) return this.struct(schema, node);
    if (schema.isListSchema()) return this.#list(schema, node, name);
    if (schema.isMapSchema()) return this.#map(schema, node, name);
    if (node.value === undefined) throw new AwsError('MalformedInput', `${name} must be a plain value`);
    return scalar(schema, node.value, name);
  }

  #list(schema: NormalizedSchema, node: Node, name: string): unknown[] {
    const flat = this.#protocol === 'ec2' || schema.getMergedTraits().xmlFlattened === 1;
    const member = schema.getValueSchema();
    const items = flat ? node : (node.children.get(this.#keyOf('member', member, false)) ?? node.children.get('member'));
    // `Name=` alone is an empty list.
    if (items === undefined || items.children.size === 0) return [];
    return indexed(items, name).map((item) => this.#value(member, item, name));
  }

  #map(schema: NormalizedSchema, node: Node, name: string): Record<string, unknown> {
    const flat = schema.getMergedTraits().xmlFlattened === 1;
    const entries = flat ? node : node.children.get('entry');
    const key = this.#keyOf('key', schema.getKeySchema(), false);
    const value = this.#keyOf('value', schema.getValueSchema(), false);
    const pairs = indexed(entries ?? { children: new Map() }, name).map((entry): [string, unknown] => {
      const [keyNode, valueNode] = [entry.children.get(key), entry.children.get(value)];
      if (keyNode?.value === undefined || valueNode === undefined) throw new AwsError('MalformedInput', `An entry of ${name} lacks its key or value`);
      return [keyNode.value, this.#value(schema.getValueSchema(), valueNode, name)];
    });
    return Object.fromEntries(pairs);
  }

  #keyOf(name: string, schema: NormalizedSchema, inStruct: boolean): string {
    const traits = schema.getMergedTraits();
    if (this.#protocol === 'query') return traits.xmlName ?? name;
    if (typeof traits.ec2QueryName === 'string') return traits.ec2QueryName;
    const key = traits.xmlName ?? name;
    return inStruct ? key.charAt(0).toUpperCase() + key.slice(1) : key;
  }
}

function indexed(node: Node, name: string): Node[] {
  const entries = [...node.children].map(([index, child]) => {
    if (!/^\d{1,6}$/.test(index)) throw new AwsError('MalformedInput', `${name} must be numbered, not have a part "${index.slice(0, 100)}"`);
    return [Number(index), child] as const;
  });
  return entries.sort(([left], [right]) => left - right).map(([, child]) => child);
}

/** One plain value of a form, a path, a query string or a header. */
export function scalar(schema: NormalizedSchema, text: string, name: string): unknown {
  const malformed = (what: string) => new AwsError('MalformedInput', `${text.slice(0, 100)} is no ${what} for ${name}`);
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') throw malformed('Boolean');
    return text === 'true';
  }
  if (schema.isNumericSchema()) {
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) throw malformed('number');
    return value;
  }
  if (schema.isTimestampSchema()) {
    const value = new Date(/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : text);
    if (Number.isNaN(value.getTime())) throw malformed('timestamp');
    return value;
  }
  return schema.isBlobSchema() ? fromBase64(text) : text;
}
