// The clients of the old writer: each writes in its own way and knows no other database. Three of them are what a fence must be able
// to stop without their help. They write into a table of their own, so that the ledger of the application stays the application's.
import { Client, Pool } from 'pg';
import { fetchText } from '../../adapters/fetch-text.ts';
import { WriteRefusedError, type Guard } from '../../guard/index.ts';
import type { Kind } from './attempts.ts';
import type { ClientsConfig } from './config.ts';

/** Resolves when the database acknowledged the write, rejects when it did not. */
export type Write = (id: string) => Promise<void>;

/** A client that gives up sooner than a person; a fence must not depend on it. */
const CONNECT_MS = 1_000;
const STATEMENT_MS = 1_500;
const POOL_SIZE = 2;

const INSERT = 'insert into bypass_write (id, kind, place) values ($1, $2, $3)';
const GUARDED = `insert into bypass_write (id, kind, place) select $1, $2, $3
  where clock_timestamp() < $4::timestamptz and not pg_is_in_recovery() and current_setting('cluster_name') = $5`;

/** Opens the clients that are asked for; those that hold connections hold them from now on. */
export async function openWriters(config: ClientsConfig, guard: Guard): Promise<readonly (readonly [Kind, Write])[]> {
  const make: Readonly<Record<Kind, () => Promise<Write> | Write>> = {
    application: () => throughApplication(config.applicationUrl), guarded: () => guarded(config, guard), pool: () => pooled(config), session: () => inSession(config), direct: () => direct(config),
  };
  return Promise.all(config.kinds.map(async (kind) => [kind, await make[kind]()] as const));
}

const login = ({ database: { host, port, name, user, password }, place }: ClientsConfig, kind: Kind) =>
  ({ host, port, user, password, database: name, application_name: `${kind}/${place}`, connectionTimeoutMillis: CONNECT_MS, keepAlive: true });

function poolOf(config: ClientsConfig, kind: Kind): Pool {
  // Idle for ever: only somebody else ends these connections.
  const pool = new Pool({ ...login(config, kind), max: POOL_SIZE, idleTimeoutMillis: 0, query_timeout: STATEMENT_MS });
  // A connection that ends while it idles tells the pool, one that ends while it is in use only its own listeners; unheard, it ends the process.
  pool.on('error', () => undefined).on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Opens all of its connections before the first write. */
async function opened(pool: Pool): Promise<Pool> {
  const all = await Promise.all(Array.from({ length: POOL_SIZE }, () => pool.connect().catch(() => undefined)));
  for (const client of all) client?.release();
  return pool;
}

async function pooled(config: ClientsConfig): Promise<Write> {
  const pool = await opened(poolOf(config, 'pool'));
  return async (id) => void await pool.query(INSERT, [id, 'pool', config.place]);
}

/** It never connects again: what ends its session ends the client. Without a limit of its own it waits on a server that hangs. */
async function inSession(config: ClientsConfig): Promise<Write> {
  const client = new Client(login(config, 'session'));
  let ended: Error | undefined;
  client.on('error', (error) => { ended ??= error; });
  await client.connect().catch((error: unknown) => { ended = error as Error; });
  return async (id) => {
    if (ended !== undefined) throw ended;
    await client.query(INSERT, [id, 'session', config.place]);
  };
}

function direct(config: ClientsConfig): Write {
  return async (id) => {
    const client = new Client({ ...login(config, 'direct'), query_timeout: STATEMENT_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(INSERT, [id, 'direct', config.place]);
    } finally {
      void client.end().catch(() => undefined);
    }
  };
}

async function guarded(config: ClientsConfig, guard: Guard): Promise<Write> {
  const pool = await opened(poolOf(config, 'guarded'));
  const { region } = config.database;
  return (id) => guard.write(async ({ writer, expiresAt }) => {
    if (writer !== region) throw new WriteRefusedError(`the writer is ${writer ?? 'unknown'}, this client only knows ${region}`);
    const { rowCount } = await sent(pool, [id, 'guarded', config.place, expiresAt, region]);
    if (rowCount !== 1) throw new WriteRefusedError('the database did not write: the permit ran out, or it is not the writer of the permit');
  });
}

/** Without a connection nothing was sent: a refusal, not a doubt, which would keep the server from surrendering until its permit ends. */
async function sent(pool: Pool, values: readonly unknown[]): Promise<{ readonly rowCount: number | null }> {
  const client = await pool.connect().catch((error: unknown) => { throw new WriteRefusedError('no connection to the database', { cause: error }); });
  let broken = true;
  try {
    const answer = await client.query(GUARDED, [...values]);
    broken = false;
    return answer;
  } finally {
    client.release(broken);
  }
}

function throughApplication(url: string): Write {
  return async (id) => {
    const { status, text } = await fetchText(`${url}/writes`, { method: 'POST', body: JSON.stringify({ id }), headers: { 'content-type': 'application/json' } }, STATEMENT_MS);
    const { reason } = JSON.parse(text) as { readonly reason?: string };
    if (status !== 201) throw new Error(`${status} ${reason ?? ''}`.trim());
  };
}
