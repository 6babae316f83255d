// A real server that stops at every point of its answer: the wait must end all the same.
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { fetchText } from '../../../adapters/fetch-text.ts';

let stop: () => Promise<void> = async () => undefined;
afterEach(() => stop());

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a whole answer is given with its status', async () => {
  const url = await serving((_request, response) => void response.writeHead(418).end('short and stout'));
  await expect(fetchText(url, {}, 10_000)).resolves.toEqual({ status: 418, ok: false, text: 'short and stout' });
});

test.each<readonly [string, RequestListener]>([
  ['no answer at all', () => undefined],
  ['a head without a body', (_request, response) => void response.writeHead(200).flushHeaders()],
  ['half a body', (_request, response) => { response.writeHead(200, { 'content-length': '100' }).write('half'); }],
])('%s ends at the time limit', async (_what, listener) => {
  const url = await serving(listener);
  await expect(fetchText(url, { method: 'POST', body: '{}' }, 50)).rejects.toThrow('no whole answer within 50 ms');
});

test('a refused connection says so', async () => {
  const url = await serving(() => undefined);
  await stop();
  stop = async () => undefined;
  await expect(fetchText(url, {}, 10_000)).rejects.toThrow('fetch failed');
});
