// Addresses and ports: what is seen from where, what is said when an address is missing, and that a port is never half-used.
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import {
  AddressUnavailableError, addressOf, allAddresses, assertBindable, linkAddress, placesOf, privateAddressOf, viewOf,
} from '../../../twin/network/addresses.ts';
import { reservePort } from '../../../twin/network/ports.ts';

const REGIONS = ['a', 'b', 'w'] as const;

describe('views', () => {
  test('users, regions and global see other places through their own links, and themselves directly', () => {
    const published = addressOf('b', REGIONS);
    expect(published).toBe('127.0.11.1');
    expect(viewOf('users', REGIONS)(published)).toBe('127.99.11.1');
    expect(viewOf('a', REGIONS)(published)).toBe('127.10.11.1');
    expect(viewOf('global', REGIONS)(published)).toBe('127.98.11.1');
    expect(viewOf('b', REGIONS)(published)).toBe(published);
    expect(viewOf('a', REGIONS)('192.0.2.1')).toBe('192.0.2.1');
    expect(viewOf('a', REGIONS)(privateAddressOf('b', REGIONS))).toBe('127.0.11.2');
  });

  test('no address is used twice, and each link of the view is one of them', () => {
    const all = allAddresses(REGIONS);
    expect(new Set(all).size).toBe(all.length);
    for (const from of placesOf(REGIONS)) for (const to of placesOf(REGIONS)) expect(all).toContain(linkAddress(from, to, REGIONS));
  });

  test('a name that is no place is refused', () => {
    expect(() => viewOf('mars', REGIONS)).toThrow('"mars" is no place of the twin; places are a, b, w, global, users');
  });
});

describe('a missing address', () => {
  test.each([
    ['linux', 'sudo ip address add 192.0.2.77/32 dev lo'],
    ['darwin', 'sudo ifconfig lo0 alias 192.0.2.77 up'],
  ] as const)('on %s the error holds the command that adds it', async (platform, command) => {
    const failure = await assertBindable(['127.0.0.1', '192.0.2.77'], platform).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AddressUnavailableError);
    expect((failure as AddressUnavailableError).commands).toEqual([command]);
    expect((failure as Error).message).toContain(command);
  });

  test('nothing is said when all can be bound', async () => {
    await expect(assertBindable(['127.0.0.1'])).resolves.toBeUndefined();
  });
});

describe('ports', () => {
  /** Binds one address on a port of the range, as a stranger would: without asking ports.ts. */
  const stranger = async (host: string): Promise<{ readonly port: number; readonly server: Server }> => {
    for (;;) {
      const server = createServer();
      const port = 20_000 + Math.floor(Math.random() * 12_000);
      server.listen(port, host);
      const outcome = await Promise.race([once(server, 'listening').then(() => 'bound'), once(server, 'error').then(() => 'busy')]);
      if (outcome === 'bound') return { port, server };
    }
  };
  /** A value of `random` that chooses this port. */
  const towards = (port: number): number => (port - 20_000 + 0.5) / 12_000;

  test('a port that is busy on one of the addresses is passed over and left free on the others', async () => {
    const { port: blocked, server: busy } = await stranger('127.0.10.1');
    let turn = 0;
    const reservation = await reservePort(['127.0.0.1', '127.0.10.1'], () => (turn++ === 0 ? towards(blocked) : Math.random()));
    expect(turn).toBeGreaterThan(1);
    expect(reservation.port).not.toBe(blocked);
    const probe = createServer();
    probe.listen(blocked, '127.0.0.1');
    await once(probe, 'listening');
    probe.close();
    busy.close();
    await reservation.release();
  });

  test('a reservation holds its port until it is released', async () => {
    const reservation = await reservePort(['127.0.0.1']);
    const rival = createServer();
    rival.listen(reservation.port, '127.0.0.1');
    const [error] = (await once(rival, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('EADDRINUSE');
    await reservation.release();
    rival.listen(reservation.port, '127.0.0.1');
    await once(rival, 'listening');
    rival.close();
  });

  test('when no port is free the error says on which addresses', async () => {
    const { port, server } = await stranger('127.0.10.1');
    await expect(reservePort(['127.0.0.1', '127.0.10.1'], () => towards(port)))
      .rejects.toThrow('no port between 20000 and 32000 is free on all of 127.0.0.1, 127.0.10.1 after 100 attempts');
    server.close();
  });
});
