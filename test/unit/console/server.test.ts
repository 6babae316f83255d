// The console's server as a stranger meets it: every way in that must be shut, with real requests to a real socket.
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Action } from '../../../console/actions.ts';
import { EventLog } from '../../../console/event-log.ts';
import { HOST, startConsole, type ConsoleServer } from '../../../console/server.ts';
import { emptyView } from '../../../console/view.ts';

const TOKEN = 'a-token-that-only-the-terminal-has-shown';
const log = new EventLog('boot', emptyView('twin', [], 0));
const acted: Action[] = [];
let blocked: string | undefined;
let server: ConsoleServer;

interface Answer { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, unknown>> }
/** With node:http, since fetch would not send a foreign Host. */
function ask(path: string, { method = 'GET', headers = {}, body }: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: HOST, port: server.port, path, method, headers: { host: `${HOST}:${server.port}`, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
const own = (): Record<string, string> => ({ origin: `http://${HOST}:${server.port}`, 'content-type': 'application/json', 'x-hotshift-token': TOKEN });
const act = (name: string, body: string, headers: Record<string, string> = {}, without: readonly string[] = []): Promise<Answer> => {
  const all = Object.fromEntries(Object.entries({ ...own(), ...headers }).filter(([key]) => !without.includes(key)));
  return ask(`/actions/${name}`, { method: 'POST', headers: all, body });
};

beforeAll(async () => {
  const assets = new Map([['/', { type: 'text/html; charset=utf-8', body: '<p>page</p>' }]]);
  server = await startConsole({ log, token: TOKEN, assets, report: () => undefined, act: (action) => { if (blocked === undefined) acted.push(action); return Promise.resolve(blocked); } });
});
afterAll(() => server.close());
beforeEach(() => { acted.length = 0; blocked = undefined; });

test('it binds loopback and nothing else', async () => {
  expect(server.url.startsWith('http://127.0.0.1:')).toBe(true);
  // Every address of 127/8 is this machine on Linux; a server that had bound all of them would answer on this one.
  await expect(new Promise((resolve, reject) => connect(server.port, '127.0.0.2', () => resolve('open')).on('error', reject))).rejects.toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|EADDRNOTAVAIL|ETIMEDOUT/) });
});

describe('who gets an answer at all', () => {
  test('the page, from the console itself and by its other name', async () => {
    expect(await ask('/')).toMatchObject({ status: 200, body: '<p>page</p>' });
    expect(await ask('/', { headers: { host: `localhost:${server.port}` } })).toMatchObject({ status: 200 });
  });
  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.evil.example'])('Host %s is refused: a name that was rebound to loopback', async (host) => {
    expect(await ask('/', { headers: { host } })).toMatchObject({ status: 403 });
    expect(await ask('/events', { headers: { host } })).toMatchObject({ status: 403 });
    expect(await act('report', '{}', { host })).toMatchObject({ status: 403 });
  });
  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1'])('Origin %s is refused', async (origin) => {
    expect(await ask('/events', { headers: { origin } })).toMatchObject({ status: 403 });
    expect(await act('report', '{}', { origin })).toMatchObject({ status: 403 });
  });
  test('another site may lead here, and may read or embed nothing', async () => {
    expect(await ask('/', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' } })).toMatchObject({ status: 200 });
    expect(await ask('/', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' } })).toMatchObject({ status: 403 });
    expect(await ask('/events', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' } })).toMatchObject({ status: 403 });
    const { headers } = await ask('/');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'content-security-policy': expect.stringContaining("frame-ancestors 'none'") });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
  test('other methods and unknown pages', async () => {
    expect(await ask('/', { method: 'POST', headers: own(), body: '{}' })).toMatchObject({ status: 405 });
    expect(await ask('/actions/report')).toMatchObject({ status: 405 });
    expect(await ask('/events', { method: 'HEAD' })).toMatchObject({ status: 405 });
    for (const path of ['/nothing', '/../package.json', '/%2e%2e/package.json', '/report']) expect(await ask(path)).toMatchObject({ status: 404 });
  });
});

describe('an action', () => {
  test('with everything right is begun', async () => {
    expect(await act('fault', '{"fault":"region-crash"}')).toMatchObject({ status: 202 });
    expect(acted).toEqual([{ name: 'fault', fault: 'region-crash' }]);
  });
  test.each([['no token', {}, ['x-hotshift-token']], ['another token', { 'x-hotshift-token': TOKEN.replace('a', 'b') }, []], ['a longer one', { 'x-hotshift-token': `${TOKEN}x` }, []], ['an empty one', { 'x-hotshift-token': '' }, []]] as const)('%s: 401', async (_what, headers, without) => {
    expect(await act('report', '{}', headers, without)).toMatchObject({ status: 401 });
    expect(acted).toEqual([]);
  });
  test('no Origin: 403; a form, which needs no leave of the browser: 415', async () => {
    expect(await act('report', '{}', {}, ['origin'])).toMatchObject({ status: 403 });
    expect(await act('report', '{}', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ status: 415 });
    expect(await act('report', '{}', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    expect(acted).toEqual([]);
  });
  test.each(['nothing', 'constructor', '__proto__', 'fault/report', ''])('unknown %j: 404', async (name) => {
    expect(await act(name, '{}')).toMatchObject({ status: 404 });
    expect(acted).toEqual([]);
  });
  test.each([['fault', '{'], ['fault', ''], ['fault', '[]'], ['fault', 'null'], ['fault', '{}'], ['fault', '{"fault":"rm -rf"}'], ['report', '{"more":1}'], ['press', '{"ts":"1;2","button":"hotshift_approve","person":"ana"}'], ['press', '{"ts":"1.2","button":"hotshift_approve","person":"mallory"}'], ['restart', '{"approve":"yes","switch":false}']])('malformed %s %s: 400', async (name, body) => {
    expect(await act(name, body)).toMatchObject({ status: 400, body: expect.stringContaining('error') });
    expect(acted).toEqual([]);
  });
  test('too long: 413', async () => expect(await act('report', ' '.repeat(5_000))).toMatchObject({ status: 413 }));
  test('that cannot be done now: 409 and why', async () => {
    blocked = 'the twin is starting';
    expect(await act('report', '{}')).toMatchObject({ status: 409, body: '{"error":"the twin is starting"}' });
  });
  test('where the console only shows: 403', async () => {
    const silent = await startConsole({ log, token: TOKEN, assets: new Map(), report: () => undefined });
    try {
      const origin = `http://${HOST}:${silent.port}`;
      const { status } = await fetch(`${origin}/actions/report`, { method: 'POST', headers: { ...own(), origin }, body: '{}' });
      expect(status).toBe(403);
    } finally {
      await silent.close();
    }
  });
});
