// A request as the listener received it, and what a protocol reads from it. Chooses the protocol's reader; refuses what names no
// operation of the service, and input without its required members, with AWS's own errors.
import type { IncomingHttpHeaders } from 'node:http';
import { readJsonRequest } from './json-request.ts';
import { readQueryRequest } from './query-request.ts';
import { readRestRequest } from './rest-request.ts';
import type { Operation, Protocol, Wire } from './schema.ts';

export interface RawRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ParsedRequest {
  readonly operation: Operation;
  readonly input: Record<string, unknown>;
}

/** The protocol that this request speaks: a service that also speaks Query is told by the body's type. */
export function protocolOf(wire: Wire, headers: IncomingHttpHeaders): Protocol {
  const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return wire.speaksQueryToo && form ? 'query' : wire.protocol;
}

/** Reads a request; throws AwsError for an unknown operation or a malformed body. */
export function readRequest(wire: Wire, protocol: Protocol, raw: RawRequest): ParsedRequest {
  switch (protocol) {
    case 'query':
    case 'ec2':
      return readQueryRequest(wire, protocol, raw.body.toString('utf8'));
    case 'json':
      return readJsonRequest(wire, raw);
    case 'rest-json':
    case 'rest-xml':
      return readRestRequest(wire, raw);
  }
}
