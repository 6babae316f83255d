// Writes errors in the service's own error format. The schema's status wins over the thrower's, so that a handler cannot answer a
// modelled error in a way AWS never does.
import { writeJsonShape, writeXmlMembers } from './codecs.ts';
import { escapeXml, xml, type RawResponse } from './responses.ts';
import type { ModelledError, Protocol, Wire } from './schema.ts';
import { AwsError } from './service.ts';

/** The answer of failure. Whatever is not an AwsError is the twin's own fault and says so, as a 500. */
export function failure(wire: Wire, protocol: Protocol, error: unknown, requestId: string): RawResponse {
  const known = error instanceof AwsError ? error : internalFailure(error);
  const modelled = wire.errors.get(known.code);
  const status = modelled?.status ?? known.status;
  switch (protocol) {
    case 'query':
    case 'rest-xml':
      return xml(status, requestId, queryError(wire, known, modelled, requestId));
    case 'ec2':
      return xml(status, requestId, `<Response><Errors><Error><Code>${known.code}</Code><Message>${escapeXml(known.message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`);
    case 'json':
    case 'rest-json':
      return jsonError(wire, known, modelled, { status, requestId });
  }
}

/** What a handler's bug becomes on the wire. */
export function internalFailure(error: unknown): AwsError {
  return new AwsError('InternalFailure', `The twin failed: ${error instanceof Error ? error.message : String(error)}`, { status: 500, fault: 'Receiver' });
}

/** An answer for a request that belongs to no service, in the format its body suggests. */
export function nobodysFailure(code: string, message: string, status: number, isForm: boolean, requestId: string): RawResponse {
  if (isForm) {
    return xml(status, requestId, `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`);
  }
  return {
    status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId, 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

function queryError(wire: Wire, error: AwsError, modelled: ModelledError | undefined, requestId: string): string {
  const members = modelled === undefined ? '' : writeXmlMembers(wire, modelled.schema, error.fields);
  const code = modelled?.code ?? error.code;
  return `<ErrorResponse xmlns="${wire.xmlNamespace}"><Error><Type>${error.fault}</Type><Code>${code}</Code><Message>${escapeXml(error.message)}</Message>${members}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function jsonError(wire: Wire, error: AwsError, modelled: ModelledError | undefined, { status, requestId }: { status: number; requestId: string }): RawResponse {
  const fields = modelled === undefined ? { ...error.fields } : (JSON.parse(writeJsonShape(wire, modelled.schema, error.fields)) as object);
  const shape = modelled?.shape ?? error.code;
  const headers: Record<string, string> = {
    'content-type': wire.protocol === 'json' ? `application/x-amz-json-${wire.jsonVersion}` : 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': shape,
  };
  if (wire.speaksQueryToo) headers['x-amzn-query-error'] = `${modelled?.code ?? error.code};${error.fault}`;
  // AWS spells the message in either case; the SDKs read both.
  return { status, headers, body: JSON.stringify({ __type: `${wire.namespace}#${shape}`, message: error.message, Message: error.message, ...fields }) };
}
