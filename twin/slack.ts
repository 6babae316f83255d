// A Slack-compatible receiver on loopback: takes chat.postMessage as Slack does, checks what Slack checks, keeps the messages.
import { createServer, type IncomingMessage, type Server } from 'node:http';

export interface SlackMessage { readonly at: number; readonly channel: string; readonly text: string; readonly blocks: readonly unknown[]; readonly threadTs?: string }
export interface SlackReceiver { readonly url: string; readonly messages: readonly SlackMessage[]; close(): Promise<void> }

/** Slack's documented limits (Block Kit reference): blocks in a message, characters in a section's text, in `text`. */
const LIMITS = { blocks: 50, sectionText: 3000, text: 40_000, bodyBytes: 1_000_000 };

export async function startSlackReceiver(host: string, token: string): Promise<SlackReceiver> {
  const messages: SlackMessage[] = [];
  const server = createServer((request, response) => {
    void receive(request, token, messages).then((answer) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
    }, () => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://${host}:${port}/api`, messages, close: () => close(server) };
}

/** Slack answers errors with HTTP 200 and `ok: false`. */
async function receive(request: IncomingMessage, token: string, messages: SlackMessage[]): Promise<object> {
  const refuse = (error: string): object => ({ ok: false, error });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMITS.bodyBytes) return refuse('request_too_large');
    chunks.push(chunk);
  }
  if (request.method !== 'POST' || request.url?.split('?')[0] !== '/api/chat.postMessage') return refuse('unknown_method');
  if (request.headers.authorization !== `Bearer ${token}`) return refuse('invalid_auth');
  let body: { channel?: unknown; text?: unknown; blocks?: unknown; thread_ts?: unknown };
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as typeof body;
  } catch {
    return refuse('invalid_json');
  }
  if (typeof body.channel !== 'string' || body.channel === '') return refuse('channel_not_found');
  const blocks: readonly unknown[] = Array.isArray(body.blocks) ? body.blocks : [];
  const text = typeof body.text === 'string' ? body.text : '';
  if (text === '' && blocks.length === 0) return refuse('no_text');
  if (text.length > LIMITS.text) return refuse('msg_too_long');
  if (blocks.length > LIMITS.blocks || blocks.some((block) => sectionLength(block) > LIMITS.sectionText)) return refuse('invalid_blocks');
  const at = Date.now();
  messages.push({ at, channel: body.channel, text, blocks, ...(typeof body.thread_ts === 'string' ? { threadTs: body.thread_ts } : {}) });
  return { ok: true, channel: body.channel, ts: `${Math.floor(at / 1000)}.${String(messages.length).padStart(6, '0')}` };
}

function sectionLength(block: unknown): number {
  const text = (block as { text?: { text?: unknown } } | null)?.text?.text;
  return typeof text === 'string' ? text.length : 0;
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
