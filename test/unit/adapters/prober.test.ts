// The prober against real servers that misbehave in each way that a dying region, a cache or a stranger may.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import dnsPacket from 'dns-packet';
import { httpProber } from '../../../adapters/prober.ts';
import { certificate, privateKey } from './self-signed.ts';
import { Wire } from './wire.ts';

const prober = httpProber({ dnsServers: [] });
let wire: Wire;
beforeEach(() => { wire = new Wire(); });
afterEach(async () => { await wire.stop(); });

const nonceOf = (request: IncomingMessage): string => new URL(request.url ?? '', 'http://any').searchParams.get('nonce') ?? '';
const healthy = (request: IncomingMessage) => ({ nonce: nonceOf(request), region: 'us-east-1', read: 'ok', write: 'ok', epoch: 3, writer: 'us-east-1' });
function answer(response: ServerResponse, content: unknown, status = 200, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(typeof content === 'string' ? content : JSON.stringify(content));
}

describe('answers', () => {
  test('a healthy region, over a connection of its own each time, with a nonce of its own', async () => {
    const ports = new Set<unknown>();
    const nonces = new Set<string>();
    await wire.listen((request, response) => { ports.add(request.socket.remotePort); nonces.add(nonceOf(request)); answer(response, healthy(request)); });
    const outcomes = [await prober.probe(`${wire.url}/`, 5), await prober.probe(wire.url, 5)];
    expect(outcomes[0]).toEqual({ answered: true, read: 'ok', write: 'ok', epoch: 3, writer: 'us-east-1', latencyMs: expect.any(Number) });
    expect([ports.size, nonces.size]).toEqual([2, 2]);
  });
  test.each([
    ['read failed at 200', 200, { read: 'failed' }, { answered: true, failure: 'read-failed', read: 'failed' }],
    ['503 with our nonce is an answer', 503, { read: 'ok', write: 'failed' }, { answered: true, failure: 'write-failed', read: 'ok', write: 'failed' }],
    ['a refused write is the fence at work, not a failure', 200, { write: 'refused' }, { answered: true, write: 'refused' }],
  ])('%s', async (_what, status, change, expected) => {
    await wire.listen((request, response) => { answer(response, { ...healthy(request), ...change }, status); });
    const outcome = await prober.probe(wire.url, 5);
    expect(outcome).toMatchObject(expected);
    if (!('failure' in expected)) expect(outcome.failure).toBeUndefined();
  });
  test('no writer known yet is not malformed', async () => {
    await wire.listen((request, response) => { answer(response, { ...healthy(request), epoch: null, writer: null }); });
    const outcome = await prober.probe(wire.url, 5);
    expect(outcome).toMatchObject({ answered: true });
    expect('epoch' in outcome || 'writer' in outcome).toBe(false);
  });
});

describe('what is no answer', () => {
  const cases: readonly [string, string, (request: IncomingMessage, response: ServerResponse) => void][] = [
    ['the nonce is missing', 'bad-content', (_request, response) => { answer(response, { region: 'us-east-1', read: 'ok', write: 'ok' }); }],
    ['the nonce is of an earlier probe', 'bad-content', (request, response) => { answer(response, { ...healthy(request), nonce: 'cached' }); }],
    ['a login page', 'bad-content', (_request, response) => { answer(response, '<html>sign in</html>', 200, 'text/html'); }],
    ['JSON in name only', 'bad-content', (_request, response) => { answer(response, '{"nonce":'); }],
    ['a shape of its own', 'bad-content', (request, response) => { answer(response, { nonce: nonceOf(request), status: 'ok' }); }],
    ['an unknown value', 'bad-content', (request, response) => { answer(response, { ...healthy(request), read: 'maybe' }); }],
    ['1 MB of body', 'bad-content', (request, response) => { answer(response, JSON.stringify({ ...healthy(request), padding: 'x'.repeat(1 << 20) })); }],
    ['a redirect', 'bad-status', (_request, response) => { response.writeHead(302, { location: '/elsewhere' }).end(); }],
    ['500 in our form', 'bad-status', (request, response) => { answer(response, healthy(request), 500); }],
    ['503 of a load balancer', 'bad-status', (_request, response) => { answer(response, 'no healthy upstream', 503, 'text/plain'); }],
    ['cut off in the body', 'bad-content', (_request, response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }); response.write('{"nonce"'); setTimeout(() => response.socket?.resetAndDestroy(), 20); }],
    ['ended early in the body', 'bad-content', (_request, response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }); response.write('{"nonce"'); setTimeout(() => response.socket?.end(), 20); }],
    ['reset before any answer', 'refused', (request) => { request.socket.resetAndDestroy(); }],
  ];
  test.each(cases)('%s', async (_what, failure, behave) => {
    await wire.listen(behave);
    expect(await prober.probe(wire.url, 5)).toMatchObject({ answered: false, failure, read: 'unknown', write: 'unknown', detail: expect.any(String) });
  });
  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['silence', () => undefined],
    ['a head and then silence', (_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(); }],
    ['a slow drip that would go on for ever', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => { response.write(' '); }, 20);
      response.on('close', () => { clearInterval(drip); });
    }],
  ])('%s ends at the deadline', async (_what, behave) => {
    await wire.listen(behave);
    expect(await prober.probe(wire.url, 0.3)).toMatchObject({ answered: false, failure: 'timed-out' });
  });
  test('nobody listens', async () => {
    await wire.listen(() => undefined);
    const { url } = wire;
    await wire.stop();
    expect(await prober.probe(url, 5)).toMatchObject({ answered: false, failure: 'refused', detail: expect.stringContaining('ECONNREFUSED') });
  });
  test('an address that is none', async () => {
    expect(await prober.probe('', 5)).toMatchObject({ answered: false, failure: 'unresolved' });
  });
  test('something that does not speak HTTP', async () => {
    const server = createTcpServer((socket) => { socket.end('SSH-2.0-OpenSSH\r\n'); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const outcome = await prober.probe(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 5);
    server.close();
    expect(outcome).toMatchObject({ answered: false, failure: 'bad-content' });
  });
});

describe('TLS', () => {
  const secure = () => createSecureServer({ cert: certificate, key: privateKey });
  const secureUrl = (): string => wire.url.replace('http:', 'https:');

  test('a self-signed certificate is refused', async () => {
    await wire.listen((request, response) => { answer(response, healthy(request)); }, secure());
    expect(await prober.probe(secureUrl(), 5)).toMatchObject({ answered: false, failure: 'tls' });
  });
  test('and accepted when its authority is named', async () => {
    await wire.listen((request, response) => { answer(response, healthy(request)); }, secure());
    expect(await httpProber({ dnsServers: [], certificates: certificate }).probe(secureUrl(), 5)).toMatchObject({ answered: true });
  });
  test('a server without TLS', async () => {
    await wire.listen((request, response) => { answer(response, healthy(request)); });
    expect(await prober.probe(secureUrl(), 5)).toMatchObject({ answered: false, failure: 'tls' });
  });
});

describe('control and warming', () => {
  test.each([200, 302, 404, 503])('the control endpoint counts as reached with status %i', async (status) => {
    await wire.listen((_request, response) => { response.writeHead(status).end('anything'); });
    expect(await prober.reachesControl(wire.url, 5)).toBe(true);
  });
  test('silence or nobody at the control endpoint', async () => {
    await wire.listen(() => undefined);
    expect(await prober.reachesControl(wire.url, 0.3)).toBe(false);
    const { url } = wire;
    await wire.stop();
    expect(await prober.reachesControl(url, 5)).toBe(false);
  });
  test('warming answers the status, 0 for no answer', async () => {
    await wire.listen((request, response) => { if (request.url !== '/hang') answer(response, 'x'.repeat(100_000), request.url === '/page' ? 200 : 404, 'text/html'); });
    expect(await prober.fetch(`${wire.url}/page`, 5)).toBe(200);
    expect(await prober.fetch(`${wire.url}/other`, 5)).toBe(404);
    expect(await prober.fetch(`${wire.url}/hang`, 0.3)).toBe(0);
    expect(await prober.fetch('nonsense', 5)).toBe(0);
  });
});

describe('own name look-up', () => {
  let server: DatagramSocket;
  const start = (records: Readonly<Record<string, string>>) => new Promise<string>((resolve) => {
    server = createSocket('udp4');
    server.on('message', (message, peer) => {
      const query = dnsPacket.decode(message);
      const question = query.questions?.[0];
      const data = records[question?.name ?? ''];
      const answers = data !== undefined && question?.type === 'A' ? [{ type: 'A' as const, name: question.name, ttl: 1, data }] : [];
      const rcode = data === undefined ? 3 : 0;
      server.send(dnsPacket.encode({ type: 'response', id: query.id ?? 0, flags: rcode, questions: query.questions ?? [], answers }), peer.port, peer.address);
    });
    server.bind(0, '127.0.0.1', () => { resolve(`127.0.0.1:${server.address().port}`); });
  });
  afterEach(() => { server.close(); });

  test('the given name server decides where a probe goes', async () => {
    await wire.listen((request, response) => { answer(response, healthy(request)); });
    const own = httpProber({ dnsServers: [await start({ 'shop.twin.example': '127.0.0.1' })] });
    expect(await own.probe(wire.url.replace('127.0.0.1', 'shop.twin.example'), 5)).toMatchObject({ answered: true });
    expect(await own.probe(wire.url.replace('127.0.0.1', 'other.twin.example'), 5)).toMatchObject({ answered: false, failure: 'unresolved' });
  });
});
