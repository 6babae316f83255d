// The network with real sockets: order under delay, black holes that hold, refusals that refuse, one-way cuts, dead places.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { addressOf, DEFAULT_REGIONS, linkAddress } from '../../../twin/network/addresses.ts';
import { freePort } from '../../../twin/network/ports.ts';
import { Network, NetworkClosedError, PathRefusedError } from '../../../twin/network/network.ts';
import { call, echoServer, quiet, type Caller, type EchoServer } from './peers.ts';

const [A, B, WITNESS] = DEFAULT_REGIONS;
let network: Network;
let server: EchoServer;
let port: number;
const callers: Caller[] = [];
const dial = (from = A): Caller => {
  const caller = call(linkAddress(from, B), port);
  callers.push(caller);
  return caller;
};

beforeEach(async () => {
  port = await freePort([addressOf(B), linkAddress(A, B), linkAddress(WITNESS, B)]);
  server = await echoServer(addressOf(B), port);
  network = new Network({ wanRoundTripMs: 10 });
  await network.openLinks([A, WITNESS].map((from) => (
    { from, to: B, listen: { host: linkAddress(from, B), port }, target: { host: addressOf(B), port } }
  )));
});
afterEach(async () => {
  for (const caller of callers.splice(0)) caller.socket.destroy();
  await network.close();
  await server.close();
});

describe('an open path', () => {
  test('carries bytes in order, late by a round trip, and says who calls', async () => {
    await network.setPath(A, B, { delayMs: 60 });
    await network.setPath(B, A, { delayMs: 60 });
    const startedAt = performance.now();
    const caller = dial();
    caller.socket.write('ab');
    await caller.until(2);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(119);
    expect(server.sockets[0]?.remoteAddress).toBe(addressOf(A));
  });

  test('keeps the order of bytes when the delay is shortened on the way', async () => {
    await network.setPath(A, B, { delayMs: 120 });
    const caller = dial();
    let sent = '';
    for (let index = 0; index < 60; index += 1) {
      const piece = `${index};`;
      sent += piece;
      caller.socket.write(piece);
      if (index === 30) await network.setPath(A, B, { delayMs: 0 });
      await new Promise(setImmediate);
    }
    await caller.until(sent.length);
    expect(server.received()).toBe(sent);
    expect(caller.text()).toBe(sent);
  });

  test('carries more than a window of bytes, and an end both ways', async () => {
    const caller = dial();
    const block = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 12; index += 1) caller.socket.write(block);
    caller.socket.end();
    expect(await caller.over).toBe('end');
    expect(caller.text().length).toBe(12 * 1024 * 1024);
  });
});

describe('a black hole', () => {
  test('keeps connections, passes nothing, and delivers everything once it heals', async () => {
    const caller = dial();
    caller.socket.write('1');
    await caller.until(1);
    await network.setPath(A, B, { mode: 'black-hole' });
    caller.socket.write('23');
    await quiet();
    expect([server.received(), caller.state()]).toEqual(['1', 'open']);
    await network.setPath(A, B, { mode: 'open' });
    await caller.until(3);
    expect(caller.text()).toBe('123');
  });

  test('cuts one way only: what the other side sends still comes', async () => {
    const caller = dial();
    caller.socket.write('1');
    await caller.until(1);
    await network.setPath(A, B, { mode: 'black-hole' });
    caller.socket.write('lost for now');
    server.sockets[0]?.write('from B');
    await caller.until(7);
    expect(caller.text()).toBe('1from B');
    expect(server.received()).toBe('1');
  });

  test('holds an end and a reset as well: the other side does not learn of them', async () => {
    const caller = dial();
    caller.socket.write('1');
    await caller.until(1);
    await network.setPath(A, B, { mode: 'black-hole' });
    caller.socket.resetAndDestroy();
    await quiet();
    const remote = server.sockets[0];
    expect(remote?.destroyed).toBe(false);
    const closed = new Promise((resolve) => remote?.once('close', resolve));
    await network.setPath(A, B, { mode: 'open' });
    await closed;
  });

  test('leaves other places alone', async () => {
    await network.setPath(A, B, { mode: 'black-hole' });
    const other = dial(WITNESS);
    other.socket.write('ok');
    await other.until(2);
  });

  test('a new connection over it never reaches the target until it heals', async () => {
    await network.setPath(A, B, { mode: 'black-hole' });
    const caller = dial();
    caller.socket.write('late');
    await quiet();
    expect(server.sockets.length).toBe(0);
    await network.setPath(A, B, { mode: 'open' });
    await caller.until(4);
  });
});

describe('a refusal', () => {
  test('resets connections, refuses new ones for real, and opens again on the same port', async () => {
    const caller = dial();
    caller.socket.write('1');
    await caller.until(1);
    await network.setPath(A, B, { mode: 'refuse' });
    expect(await caller.over).toBe('error ECONNRESET');
    expect(await dial().over).toBe('error ECONNREFUSED');
    await network.setPath(A, B, { mode: 'open' });
    const again = dial();
    again.socket.write('ok');
    await again.until(2);
  });

  test('of the answers is the end of the connection too', async () => {
    await network.setPath(B, A, { mode: 'refuse' });
    expect(await dial().over).toBe('error ECONNREFUSED');
  });

  test('by the target reaches the client as a reset', async () => {
    await server.close();
    expect(await dial().over).toBe('error ECONNRESET');
    server = await echoServer(addressOf(B), port);
  });

  test('quick changes end in the last state', async () => {
    const modes = ['refuse', 'open', 'refuse', 'black-hole', 'refuse', 'open'] as const;
    await Promise.all(modes.map((mode) => network.setPath(A, B, { mode })));
    const caller = dial();
    caller.socket.write('ok');
    await caller.until(2);
  });
});

describe('a place', () => {
  test('that dies loses what it had sent and is refused; revived, it serves', async () => {
    await network.setPath(A, B, { delayMs: 200 });
    const caller = dial();
    caller.socket.write('never');
    await quiet();
    await network.dead(A);
    expect(await caller.over).toBe('error ECONNRESET');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.received()).toBe('');
    expect(await dial().over).toBe('error ECONNREFUSED');
    await network.revive(A);
    const again = dial();
    again.socket.write('ok');
    await again.until(2);
  });

  test('that freezes keeps its connections and says nothing until it is revived', async () => {
    const caller = dial();
    caller.socket.write('1');
    await caller.until(1);
    await network.frozen(B);
    caller.socket.write('2');
    await quiet();
    expect([caller.text(), caller.state()]).toEqual(['1', 'open']);
    expect(network.reachable(A, B)).toBe(false);
    await network.revive(B);
    await caller.until(2);
  });

  test('that is revived keeps the cuts of its own paths', async () => {
    await network.setPath(A, B, { mode: 'black-hole' });
    await network.dead(A);
    await network.revive(A);
    expect(network.state(A, B).mode).toBe('black-hole');
    expect(network.reachable(B, A)).toBe(true);
  });
});

describe('path()', () => {
  test('takes the one-way delay', async () => {
    await network.setPath(A, B, { delayMs: 50 });
    const startedAt = performance.now();
    await network.path(A, B);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(50);
  });

  test('rejects when refused, also when that comes on the way', async () => {
    await network.setPath(A, B, { delayMs: 60_000 });
    const call = network.path(A, B);
    await Promise.all([expect(call).rejects.toThrow(PathRefusedError), network.dead(B)]);
  });

  test('waits in a black hole until it heals, or the network closes', async () => {
    await network.setPath(A, B, { mode: 'black-hole' });
    let arrived = false;
    const call = network.path(A, B).then(() => { arrived = true; });
    await quiet();
    expect(arrived).toBe(false);
    await network.setPath(A, B, { mode: 'open' });
    await call;
    await network.setPath(A, B, { mode: 'black-hole' });
    const hopeless = network.path(A, B);
    await Promise.all([expect(hopeless).rejects.toThrow(NetworkClosedError), network.close()]);
  });

  test('refuses names that are no places, and negative delays', async () => {
    await expect(network.path(A, 'us-east-9')).rejects.toThrow(/"us-east-9" is no place/);
    expect(() => network.setPath(A, B, { delayMs: -1 })).toThrow(/0 ms or more, not -1/);
  });

  test('defaults: half a round trip between regions, none inside and to users', () => {
    const plain = new Network();
    expect([plain.delayMs(A, B), plain.delayMs(A, A), plain.delayMs('users', A), plain.delayMs(A, 'global')]).toEqual([20, 0, 0, 0]);
  });
});

test('links are opened all or none', async () => {
  const free = await freePort([addressOf(A), linkAddress(B, A)]);
  const plans = [
    { from: B, to: A, listen: { host: linkAddress(B, A), port: free }, target: { host: addressOf(A), port: free } },
    { from: A, to: B, listen: { host: linkAddress(A, B), port }, target: { host: addressOf(B), port } },
  ];
  await expect(network.openLinks(plans)).rejects.toThrow(`the link ${A} -> ${B} cannot listen on ${linkAddress(A, B)}:${port}`);
  const socket = connect({ host: linkAddress(B, A), port: free });
  const code = await new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once('connect', () => resolve('connected'));
  });
  socket.destroy();
  expect(code).toBe('ECONNREFUSED');
});
