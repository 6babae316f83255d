// One short SQL session with a database instance: connect, ask, leave. No pool: a pooled connection to a database that was fenced,
// promoted or restarted in between is one more thing to doubt. Every phase has a time-out.
import { Client } from 'pg';
import type { DatabasePlan, Region } from '../domain/plan.ts';
import { failure } from './failures.ts';
import { instanceIn } from './instance.ts';
import { loginOf, type Secrets } from './secrets.ts';

export type Row = Readonly<Record<string, unknown>>;
export interface Session { rows(statement: string, values?: readonly unknown[]): Promise<readonly Row[]> }

export interface SqlSettings {
  readonly secrets: Secrets;
  /** `off` only for the twin: RDS refuses plain connections since PostgreSQL 15. */
  readonly tls: 'verify' | 'off';
}

/** Connecting takes one round trip for TCP, two for TLS and two for the login, each below 0.4 s between any regions. */
const CONNECT_MS = 2500;
/** The statements here are tiny; one that takes longer waits for a lock, for a dead standby or for nobody. */
const STATEMENT_MS = 2500;
/** A server that stops answering at all does not time out its statement: the client does, a little later. */
const QUERY_MS = 3000;

/** Runs `work` in one session as the maintenance role. Rejects with an error of domain/errors.ts, the driver's as its cause. */
export async function inSession<T>(settings: SqlSettings, database: DatabasePlan, region: Region, work: (session: Session) => Promise<T>): Promise<T> {
  const instance = instanceIn(database, region);
  const { username, password } = loginOf(await settings.secrets.text(instance.secretId, region), instance.secretId);
  const client = new Client({
    host: instance.host, port: instance.port, database: instance.databaseName, user: username, password,
    application_name: 'hotshift', connectionTimeoutMillis: CONNECT_MS, statement_timeout: STATEMENT_MS, query_timeout: QUERY_MS,
    ssl: settings.tls === 'verify' ? { rejectUnauthorized: true } : false,
  });
  // Without a listener, a connection that breaks between two statements would end the process.
  let broken: Error | undefined;
  client.on('error', (error) => { broken ??= error; });
  try {
    await client.connect();
    return await work({ rows: async (statement, values = []) => (await client.query<Record<string, unknown>>(statement, [...values])).rows });
  } catch (error) {
    // 28P01: wrong password. A rotation may have changed it since it was read.
    if ((error as { readonly code?: unknown }).code === '28P01') settings.secrets.forget(instance.secretId, region);
    throw failure(broken ?? error, { action: 'sql', resource: `${instance.identifier} in ${region}` });
  } finally {
    // Leaving is a courtesy; a server that is gone must not hold up the answer. The rejection says nothing new.
    void client.end().catch(() => undefined);
  }
}

/**
 * Takes back what a fence has set on the database; false on a replica, which follows its writer in this. The setting travels with the
 * replication: a fence that was closed while its replica still followed arrives on the new writer as well.
 */
export async function allowWrites(session: Session): Promise<boolean> {
  const [self] = await session.rows('select pg_is_in_recovery() as in_recovery, quote_ident(current_database()) as name');
  if (self?.in_recovery !== false) return false;
  const set = await session.rows("select 1 from pg_db_role_setting, unnest(setconfig) as entry where setrole = 0 and setdatabase = (select oid from pg_database where datname = current_database()) and entry like 'default_transaction_read_only=%'");
  if (set.length === 0) return true;
  // This very session began under the setting.
  await session.rows('set default_transaction_read_only = off');
  await session.rows(`alter database ${String(self.name)} reset default_transaction_read_only`);
  return true;
}
