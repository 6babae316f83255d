// Runs of the PostgreSQL pair for the tests: a run directory of its own, and an end that leaves nothing behind.
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Endpoint } from '../../../twin/network/link.ts';
import { Network } from '../../../twin/network/network.ts';
import { startPair, type Pair } from '../../../twin/postgres/pair.ts';

export function runDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'hotshift-test-'));
  chmodSync(path, 0o755);
  return path;
}
export const remove = (path: string): void => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });

export interface TestPair { readonly pair: Pair; readonly network: Network; readonly A: string; readonly B: string; readonly directory: string; close(): Promise<void> }

export async function testPair(settings: Readonly<Record<string, string | number>> = {}): Promise<TestPair> {
  const directory = runDirectory();
  const network = new Network({ wanRoundTripMs: 4 });
  const pair = await startPair({ runDirectory: directory, network, settings }).catch(async (error: unknown) => {
    await network.close();
    remove(directory);
    throw error;
  });
  const [A, B] = pair.regions;
  return {
    pair, network, A, B, directory,
    close: async () => {
      await pair.close();
      await network.close();
      remove(directory);
    },
  };
}

/** A session of a role, as the application or the maintenance would open it. */
export async function login(pair: Pair, at: Endpoint, user: 'app' | 'hotshift', connectionTimeoutMillis = 5000): Promise<Client> {
  const client = new Client({ ...at, user, password: pair.passwords[user], database: pair.databaseName, connectionTimeoutMillis });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export const insertRows = (pair: Pair, region: string, count: number): Promise<unknown> =>
  pair.server(region).query(`insert into client_write (id, region, epoch) select gen_random_uuid(), $1, 1 from generate_series(1, $2::int)`, [region, count]);
export const countRows = async (pair: Pair, region: string): Promise<number> =>
  Number((await pair.server(region).query<{ count: string }>('select count(*) from client_write'))[0]?.count);

/** Asks again until it is so; a generous end, since a loaded machine is slow. */
export async function eventually(what: string, check: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
