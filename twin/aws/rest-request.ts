// Reads what the REST services take (Route 53 in XML, Lambda in JSON): members come from the path, the query string, headers and
// the body, each where its trait says.
import type { NormalizedSchema } from '@smithy/core/schema';
import { readJsonShape, readXmlShape } from './codecs.ts';
import { checkJsonTypes, readJson } from './json-request.ts';
import { scalar } from './query-request.ts';
import type { ParsedRequest, RawRequest } from './request.ts';
import { routeOf, type Route } from './rest-routes.ts';
import type { Wire } from './schema.ts';
import { AwsError } from './service.ts';

export function readRestRequest(wire: Wire, given: RawRequest): ParsedRequest {
  const { raw, bucket } = withoutBucket(wire, given);
  const route = findRoute(wire, raw);
  const { input: schema } = route.operation;
  if (!schema.isStructSchema()) return { operation: route.operation, input: {} };
  const input: Record<string, unknown> = { ...boundMembers(schema, route, raw), ...(bucket === undefined ? {} : { Bucket: bucket }) };
  const payload = [...schema.structIterator()].find(([, member]) => member.getMergedTraits().httpPayload === 1);
  if (payload !== undefined) {
    const [name, member] = payload;
    if (raw.body.length > 0) input[name] = member.isBlobSchema() ? new Uint8Array(raw.body) : readBody(wire, member, raw.body);
  } else if (raw.body.length > 0) {
    // A member of the path wins over one of the same name in the body.
    return { operation: route.operation, input: { ...(readBody(wire, schema, raw.body) as object), ...input } };
  }
  return { operation: route.operation, input };
}

/** S3's schema begins behind the bucket, which the SDK puts first in the path where the host is an address (path-style requests). */
function withoutBucket(wire: Wire, raw: RawRequest): { readonly raw: RawRequest; readonly bucket?: string } {
  const found = wire.namespace === 'com.amazonaws.s3' ? /^\/([^/]+)(\/.*)?$/.exec(raw.url.pathname) : null;
  if (found === null) return { raw };
  const url = new URL(raw.url);
  url.pathname = found[2] ?? '/';
  return { raw: { ...raw, url }, bucket: found[1] ?? '' };
}

function findRoute(wire: Wire, { method, url }: RawRequest): Route {
  try {
    const route = routeOf(wire, method, url);
    if (route !== undefined) return route;
  } catch (error) {
    if (error instanceof URIError) throw new AwsError('ValidationException', 'The path is not a valid URI');
    throw error;
  }
  throw new AwsError('UnknownOperationException', `No operation is at ${method} ${url.pathname.slice(0, 200)}`, { status: 404 });
}

function boundMembers(schema: NormalizedSchema, { labels }: Route, { url, headers }: RawRequest): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpLabel === 1 && labels[name] !== undefined) input[name] = scalar(member, labels[name], name);
    if (traits.httpQuery !== undefined && url.searchParams.has(traits.httpQuery)) {
      const texts = url.searchParams.getAll(traits.httpQuery);
      input[name] = member.isListSchema() ? texts.map((text) => scalar(member.getValueSchema(), text, name)) : scalar(member, texts[0] ?? '', name);
    }
    const header = traits.httpHeader === undefined ? undefined : headers[traits.httpHeader.toLowerCase()];
    if (typeof header === 'string') input[name] = scalar(member, header, name);
  }
  return input;
}

function readBody(wire: Wire, schema: NormalizedSchema, body: Buffer): unknown {
  if (wire.protocol === 'rest-json') {
    const json = readJson(body);
    checkJsonTypes(schema, json, true);
    return readJsonShape(wire, schema, json);
  }
  try {
    return readXmlShape(wire, schema, body);
  } catch {
    throw new AwsError('MalformedInput', 'The request body is not valid XML');
  }
}
