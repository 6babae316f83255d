// Writes answers in the service's own wire format, from what a handler returned and the operation's output schema.
import type { NormalizedSchema } from '@smithy/core/schema';
import { writeJsonShape, writeXmlMembers } from './codecs.ts';
import type { Operation, Protocol, Wire } from './schema.ts';

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

type Output = Readonly<Record<string, unknown>>;

/** The answer of success. `output` may be undefined for operations without one. */
export function success(wire: Wire, protocol: Protocol, operation: Operation, output: unknown, requestId: string): RawResponse {
  const members = (output ?? {}) as Output;
  switch (protocol) {
    case 'query':
    case 'ec2':
      return queryResponse(wire, protocol, operation, members, requestId);
    case 'json': {
      const body = operation.output.isStructSchema() ? writeJsonShape(wire, operation.output, members) : '{}';
      return { status: 200, headers: { 'content-type': `application/x-amz-json-${wire.jsonVersion}`, 'x-amzn-requestid': requestId }, body };
    }
    case 'rest-json':
    case 'rest-xml':
      return restResponse(wire, operation, members, requestId);
  }
}

function queryResponse(wire: Wire, protocol: 'query' | 'ec2', { name, output: schema }: Operation, output: Output, requestId: string): RawResponse {
  const members = schema.isStructSchema() ? writeXmlMembers(wire, schema, output) : '';
  const ec2Members = schema.isStructSchema() ? members : '<return>true</return>';
  const content = protocol === 'ec2'
    ? `<requestId>${requestId}</requestId>${ec2Members}`
    : `${schema.isStructSchema() ? `<${name}Result>${members}</${name}Result>` : ''}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return xml(200, requestId, `<${name}Response xmlns="${wire.xmlNamespace}">${content}</${name}Response>`);
}

function restResponse(wire: Wire, { name, output: schema, http }: Operation, output: Output, requestId: string): RawResponse {
  const usual = http?.[2] ?? 200;
  if (!schema.isStructSchema()) return { status: usual, headers: { 'x-amzn-requestid': requestId }, body: '' };
  const { headers, status, payload, whole, rest } = restParts(schema, output);
  const all = { 'x-amzn-requestid': requestId, ...headers };
  const chosen = status ?? usual;
  if (payload !== undefined) return { status: chosen, headers: all, body: payload };
  if (wire.protocol === 'rest-json') return { status: chosen, headers: { ...all, 'content-type': 'application/json' }, body: writeJsonShape(wire, schema, rest) };
  // The one member that is the body stands alone in it, without an element around (S3).
  if (whole !== undefined) return { ...xml(chosen, requestId, `<${whole.name}>${writeXmlMembers(wire, whole.member, whole.value)}</${whole.name}>`), headers: { ...all, 'content-type': 'text/xml' } };
  const body = `<${name}Response xmlns="${wire.xmlNamespace}">${writeXmlMembers(wire, schema, rest)}</${name}Response>`;
  return { ...xml(chosen, requestId, body), headers: { ...all, 'content-type': 'text/xml' } };
}

/** Headers, status and the member that is the whole body, where there is one; the others are the body's. */
function restParts(schema: NormalizedSchema, output: Output) {
  const headers: Record<string, string> = {};
  const rest: Record<string, unknown> = {};
  let status: number | undefined;
  let payload: string | Uint8Array | undefined;
  let whole: { readonly name: string; readonly member: NormalizedSchema; readonly value: unknown } | undefined;
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    const value = output[name];
    if (traits.httpPayload === 1 && member.isBlobSchema()) payload = (value as Uint8Array | undefined) ?? '';
    else if (value === undefined || value === null) continue;
    else if (traits.httpPayload === 1) whole = { name, member, value };
    else if (traits.httpHeader !== undefined) headers[traits.httpHeader.toLowerCase()] = String(value);
    else if (traits.httpResponseCode === 1) status = Number(value);
    else rest[name] = value;
  }
  return { headers, status, payload, whole, rest };
}

/** An XML answer with its declaration. */
export const xml = (status: number, requestId: string, element: string): RawResponse => ({
  status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${element}`,
});

/** Text made safe inside an XML element. */
export const escapeXml = (text: string): string => text.replace(/[<>&]/g, (character) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[character] ?? '');
