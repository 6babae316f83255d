// A port that is free on several addresses at once: a service, its ingress and the links to it share one number.
// A reservation binds all of them or none, and holds them until its owner is about to bind.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below the ranges from which systems take ports for outgoing connections (Linux from 32768, macOS from 49152). */
const PORT_FIRST = 20_000;
const PORT_LAST = 32_000;
/** 12,000 ports, of which a busy machine uses some hundreds: 100 misses in a row mean that something else is wrong. */
const ATTEMPTS_MAX = 100;
/** Ports given out by this process are not given out again: their new owner may not have bound them yet. */
const given = new Set<number>();

export interface PortReservation {
  readonly port: number;
  /** Frees the port on all addresses; to be called right before binding it. */
  release(): Promise<void>;
}

/** Binds one port on every address. Throws when no port is free on all of them. */
export async function reservePort(addresses: readonly string[], random: () => number = Math.random): Promise<PortReservation> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const port = PORT_FIRST + Math.floor(random() * (PORT_LAST - PORT_FIRST));
    if (given.has(port)) continue;
    given.add(port);
    const servers = await bindAll(addresses, port);
    if (servers !== undefined) return { port, release: () => closeAll(servers) };
  }
  throw new Error(`no port between ${PORT_FIRST} and ${PORT_LAST} is free on all of ${addresses.join(', ')} after ${ATTEMPTS_MAX} attempts`);
}

/** A port that is free on every address right now, for callers that bind at once. */
export async function freePort(addresses: readonly string[], random?: () => number): Promise<number> {
  const { port, release } = await reservePort(addresses, random);
  await release();
  return port;
}

async function bindAll(addresses: readonly string[], port: number): Promise<readonly Server[] | undefined> {
  const servers: Server[] = [];
  try {
    for (const host of addresses) {
      const server = createServer();
      servers.push(server);
      server.listen({ host, port, exclusive: true });
      await once(server, 'listening');
    }
    return servers;
  } catch (error) {
    await closeAll(servers.filter((server) => server.listening));
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => new Promise<void>((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  })));
}
