// A loopback HTTP server that answers as a test says, and SDK settings that lead to it. Real sockets, so that what is tested is what
// goes over the wire.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientSettings, type Use } from '../../../adapters/clients.ts';

export interface Call { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }
export interface Reply { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }

export class Wire {
  readonly calls: Call[] = [];
  url = '';
  #server: Server | undefined;

  /** `reply` answers each call; it may leave a call unanswered by answering undefined. */
  async start(reply: (call: Call, turn: number) => Reply | undefined | Promise<Reply | undefined>): Promise<this> {
    return this.listen(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      const call: Call = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      this.calls.push(call);
      const answer = await reply(call, this.calls.length - 1);
      if (answer !== undefined) response.writeHead(answer.status ?? 200, answer.headers ?? {}).end(answer.body);
    });
  }

  async listen(listener: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>, server: Server = createServer()): Promise<this> {
    this.#server = server.on('request', listener as RequestListener);
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>((resolve) => { this.#server === undefined ? resolve() : this.#server.close(() => { resolve(); }); });
  }
}

/** Settings for a client that speaks to the wire. `requestMs` shortens the time-out for tests of silence. */
export function leadingTo(wire: Wire, region = 'us-east-1', use: Use = 'reading', requestMs?: number) {
  const settings = clientSettings(region, use);
  return {
    ...settings, endpoint: wire.url, credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { ...settings.requestHandler, ...(requestMs === undefined ? {} : { requestTimeout: requestMs }) },
  };
}

export const json = (value: unknown, status = 200): Reply => ({ status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(value) });
export const xml = (body: string, status = 200): Reply => ({ status, headers: { 'content-type': 'text/xml' }, body: `<?xml version="1.0"?>${body}` });
