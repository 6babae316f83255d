// A Slack-compatible receiver on loopback: takes chat.postMessage and chat.update as Slack does, checks what Slack checks, keeps the
// messages and what became of them. It can be slow, full or down, as Slack now and then is.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { bodyOf } from '../adapters/request-body.ts';
import { refusal, messageForm, type TakenMessage } from './slack-limits.ts';

export interface SlackMessage {
  readonly at: number; readonly ts: string; readonly channel: string; readonly text: string; readonly blocks: readonly unknown[]; readonly threadTs?: string;
  /** How often it was changed in place. */
  readonly updates: number;
}
/** `full`: 429 with Retry-After. `down`: 503. `silent`: no answer at all. */
export type SlackMode = 'ok' | 'full' | 'down' | 'silent';
export interface SlackReceiver {
  readonly url: string;
  /** As they stand now, in the order in which they were posted. */
  readonly messages: readonly SlackMessage[];
  /** Everything that was ever said, updates included. */
  readonly said: readonly SlackMessage[];
  /** What was refused, by Slack's word. */
  readonly refusals: readonly string[];
  setMode(mode: SlackMode, retryAfterSeconds?: number): void;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 1_000_000;

export async function startSlackReceiver(host: string, token: string): Promise<SlackReceiver> {
  const kept: Kept = { messages: [], said: [], refusals: [] };
  let mode: { readonly name: SlackMode; readonly retryAfterSeconds: number } = { name: 'ok', retryAfterSeconds: 1 };
  const server = createServer((request, response) => {
    const { name, retryAfterSeconds } = mode;
    if (name === 'silent') return;
    if (name !== 'ok') return void response.writeHead(name === 'full' ? 429 : 503, name === 'full' ? { 'retry-after': String(retryAfterSeconds) } : {}).end();
    void receive(request, token, kept).then((answer) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
    }, () => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://${host}:${port}/api`, ...kept, setMode: (next, retryAfterSeconds = 1) => { mode = { name: next, retryAfterSeconds }; }, close: () => close(server) };
}

interface Kept { readonly messages: SlackMessage[]; readonly said: SlackMessage[]; readonly refusals: string[] }

/** Slack answers errors with HTTP 200 and `ok: false`. */
async function receive(request: IncomingMessage, token: string, kept: Kept): Promise<object> {
  const refuse = (error: string): object => {
    kept.refusals.push(error);
    return { ok: false, error };
  };
  const method = /^\/api\/([a-zA-Z.]+)$/.exec(request.url?.split('?')[0] ?? '')?.[1] ?? '';
  if (request.method !== 'POST' || !['chat.postMessage', 'chat.update', 'auth.test'].includes(method)) return refuse('unknown_method');
  const bytes = await bodyOf(request, BODY_BYTES_MAX);
  if (bytes === undefined) return refuse('request_too_large');
  if (request.headers.authorization !== `Bearer ${token}`) return refuse('invalid_auth');
  if (method === 'auth.test') return { ok: true, team_id: TEAM, user_id: 'UHOTSHIFT' };
  let body: unknown;
  try {
    body = fieldsOf(request.headers['content-type'] ?? '', bytes.toString('utf8'));
  } catch {
    return refuse('invalid_json');
  }
  const problem = refusal(body);
  return problem === undefined ? keep(method, messageForm.parse(body), kept, refuse) : refuse(problem);
}

export const TEAM = 'T0TWINTWIN';

function keep(method: string, taken: TakenMessage, { messages, said }: Kept, refuse: (error: string) => object): object {
  const at = Date.now();
  const { channel, text, blocks } = taken;
  if (method === 'chat.update') {
    const index = messages.findIndex(({ ts, channel: where }) => ts === taken.ts && where === channel);
    const before = messages[index];
    if (before === undefined) return refuse('message_not_found');
    messages[index] = { ...before, at, text, blocks, updates: before.updates + 1 };
    said.push(messages[index]);
    return { ok: true, channel, ts: before.ts, text };
  }
  if (taken.thread_ts !== undefined && !messages.some(({ ts }) => ts === taken.thread_ts)) return refuse('thread_not_found');
  const message: SlackMessage = { at, ts: `${Math.floor(at / 1000)}.${String(messages.length + 1).padStart(6, '0')}`, channel, text, blocks, updates: 0, ...(taken.thread_ts === undefined ? {} : { threadTs: taken.thread_ts }) };
  messages.push(message);
  said.push(message);
  return { ok: true, channel, ts: message.ts };
}

/** Slack takes JSON, and a form whose fields that are not plain text are JSON. */
function fieldsOf(type: string, text: string): unknown {
  if (type.startsWith('application/json')) return JSON.parse(text);
  const plain = new Set(['channel', 'text', 'ts', 'thread_ts', 'token']);
  return Object.fromEntries([...new URLSearchParams(text)].map(([name, value]) => [name, plain.has(name) ? value : JSON.parse(value) as unknown]));
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
