// The console's server: the page, its live view as server-sent events, and the actions. It binds loopback and nothing else, answers
// refusals before it reads a body, and holds no state but the connections that are open.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf } from '../adapters/request-body.ts';
import { isAction, parseAction, type Action } from './actions.ts';
import type { Assets } from './assets.ts';
import type { EventLog, Numbered } from './event-log.ts';
import { actionOf, refusal } from './refusals.ts';

export interface ConsoleOptions {
  readonly log: EventLog;
  readonly assets: Assets;
  readonly token: string;
  /** Does it, or says in words why not. Absent where the console only shows. */
  readonly act?: (action: Action) => Promise<string | undefined>;
  /** The whole report of the last run, as a page of its own. */
  readonly report: () => string | undefined;
  /** Any free one when absent. */
  readonly port?: number;
}
export interface ConsoleServer { readonly url: string; readonly port: number; close(): Promise<void> }

export const HOST = '127.0.0.1';
const BODY_BYTES_MAX = 4_096;
/** Proxies and browsers give up on a silent connection after a minute or so. */
const BEAT_MS = 10_000;
const RECONNECT_MS = 1_000;
/** A page that does not read is cut off; it comes back and catches up, and nothing is kept for it meanwhile. */
const UNREAD_BYTES_MAX = 4_000_000;
const BASE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self' data:";
const PAGE_POLICY = `${BASE}; script-src 'self'; style-src 'self'; connect-src 'self'`;
/** The report carries its own style and runs no script. */
const REPORT_POLICY = `${BASE}; style-src 'unsafe-inline'`;

/** Resolves when it listens; rejects when the port is taken. */
export async function startConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  let port = options.port ?? 0;
  const server = createServer((request, response) => {
    answer(request, response, options, port).catch(() => response.destroy());
  });
  server.requestTimeout = 10_000;
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${HOST}:${port}/`, port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ConsoleOptions, port: number): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`);
  for (const [name, value] of Object.entries(SAFETY)) response.setHeader(name, value);
  const no = refusal({ method: request.method ?? '', path: pathname, headers: request.headers }, port, options.token);
  if (no !== undefined) return json(response, no.status, { error: no.error });
  if (request.method === 'POST') return act(request, response, options, actionOf(pathname));
  if (pathname === '/events') return stream(response, options.log, String(request.headers['last-event-id'] ?? searchParams.get('after') ?? ''));
  if (pathname === '/report') return page(response, options.report(), REPORT_POLICY);
  const asset = options.assets.get(pathname);
  if (asset === undefined) return json(response, 404, { error: 'there is no such page' });
  response.writeHead(200, { 'content-type': asset.type, 'content-security-policy': PAGE_POLICY }).end(asset.body);
}

const SAFETY: Readonly<Record<string, string>> = {
  'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'content-security-policy': BASE,
};

const json = (response: ServerResponse, status: number, body: object): void =>
  // The body of the request may not have been read: this connection serves nobody else.
  void response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...(status >= 400 ? { connection: 'close' } : {}) }).end(JSON.stringify(body));

function page(response: ServerResponse, text: string | undefined, policy: string): void {
  if (text === undefined) return json(response, 404, { error: 'there is no report yet: end a run first' });
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(text);
}

async function act(request: IncomingMessage, response: ServerResponse, { act: perform }: ConsoleOptions, name: string): Promise<void> {
  if (perform === undefined) return json(response, 403, { error: 'this console only shows; use the hotshift command to act' });
  const body = (await bodyOf(request, BODY_BYTES_MAX))?.toString('utf8');
  if (body === undefined) return json(response, 413, { error: `a body has at most ${BODY_BYTES_MAX} bytes` });
  const action = parseAction(name, body);
  if (!isAction(action)) return json(response, action.status, { error: action.error });
  const blocked = await perform(action);
  // Begun, not done: how it goes on is seen in the view.
  return blocked === undefined ? json(response, 202, { accepted: action.name }) : json(response, 409, { error: blocked });
}

/** What was missed, then everything as it happens. No change can fall between the two: nothing is awaited in between. */
function stream(response: ServerResponse, log: EventLog, lastId: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  response.write(`retry: ${RECONNECT_MS}\n\n`);
  const send = ({ id, change }: Numbered): void => void response.write(`id: ${id}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`);
  const missed = log.since(lastId);
  if (missed.kind === 'snapshot') response.write(`id: ${missed.id}\nevent: snapshot\ndata: ${JSON.stringify(missed.view)}\n\n`);
  else missed.changes.forEach(send);
  const unsubscribe = log.subscribe((event) => {
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
    else send(event);
  });
  const beat = setInterval(() => response.write(': beat\n\n'), BEAT_MS);
  response.on('close', () => {
    clearInterval(beat);
    unsubscribe();
  });
}
