// The HTTP side of one place: reads bounded bodies, tells from the signature which service and region are called, writes the
// answer. Signatures are not verified: the credential scope is read, nothing is proven.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import { dispatch, type DispatchParts, type Hosted } from './dispatch.ts';
import { failure, nobodysFailure } from './error-responses.ts';
import { protocolOf, readRequest, type RawRequest } from './request.ts';
import { success, type RawResponse } from './responses.ts';
import { AwsError } from './service.ts';

/** Above Lambda's 6 MB payload, the largest input of these services. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly caller: string;
  readonly host: string;
  readonly port: number;
  readonly hostedBy: (signingName: string) => Hosted | undefined;
}

/** Opens a place's listener. Closing it ends every connection, the hanging ones included. */
export async function openListener(parts: DispatchParts, options: ListenOptions): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(parts, options, request).then(
      (result) => (result === undefined ? request.socket.destroy() : write(response, result)),
      (error: unknown) => {
        // A caller that left in the middle of its request is nobody's failure.
        if (request.complete) parts.onInternalFailure(error);
        request.socket.destroy();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

function write(response: ServerResponse, { status, headers, body }: RawResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** The answer to one request; undefined breaks the connection. */
async function answer(parts: DispatchParts, options: ListenOptions, request: IncomingMessage): Promise<RawResponse | undefined> {
  const requestId = randomUUID();
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const body = await readBody(request);
  if (body === undefined) return { ...nobodysFailure('RequestEntityTooLargeException', `The body exceeds ${BODY_BYTES_MAX} bytes`, 413, isForm, requestId) };
  const scope = scopeOf(request.headers.authorization);
  if (scope === undefined) return nobodysFailure('MissingAuthenticationToken', 'The request must contain a signature with a credential scope', 403, isForm, requestId);
  const hosted = options.hostedBy(scope.signingName);
  if (hosted === undefined) return nobodysFailure('UnrecognizedClientException', `No service here signs as ${scope.signingName}`, 403, isForm, requestId);
  const protocol = protocolOf(hosted.wire, request.headers);
  const context = { region: scope.region, caller: options.caller, identity: scope.accessKey, requestId };
  const parsed = parse(hosted, protocol, { method: request.method ?? 'GET', url: new URL(request.url ?? '/', 'http://localhost'), headers: request.headers, body });
  const result = await dispatch(parts, { ...hosted, protocol, request: parsed, context });
  switch (result.kind) {
    case 'output':
      if ('error' in parsed) throw new Error('an unreadable request was answered');
      return success(hosted.wire, protocol, parsed.operation, result.output, requestId);
    case 'error':
      return failure(hosted.wire, protocol, result.error, requestId);
    case 'status':
      return { status: result.status, headers: { 'content-type': 'text/plain' }, body: '' };
    case 'broken':
      return undefined;
  }
}

function parse(hosted: Hosted, protocol: ReturnType<typeof protocolOf>, raw: RawRequest) {
  try {
    return readRequest(hosted.wire, protocol, raw);
  } catch (error) {
    if (error instanceof AwsError) return { error };
    // A reader of the SDK threw: the request is malformed in a way that it noticed and ours did not.
    return { error: new AwsError('SerializationException', 'The request could not be read') };
  }
}

const CREDENTIAL = /Credential=([^/\s]+)\/\d{8}\/([^/\s]+)\/([^/\s]+)\/aws4_request/;

function scopeOf(authorization: string | undefined): { accessKey: string; region: string; signingName: string } | undefined {
  const match = CREDENTIAL.exec(authorization ?? '');
  return match === null ? undefined : { accessKey: match[1] ?? '', region: match[2] ?? '', signingName: match[3] ?? '' };
}

/** The body, unpacked where the SDK compressed it (PutMetricData); undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // What exceeds the bound is read and thrown away, so that the caller can read the answer.
    if (length <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  if (length > BODY_BYTES_MAX) return undefined;
  const body = Buffer.concat(chunks);
  if (request.headers['content-encoding'] !== 'gzip') return body;
  return promisify(gunzip)(body, { maxOutputLength: BODY_BYTES_MAX }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    // Left packed, it fails as a malformed body does.
    return body;
  });
}
