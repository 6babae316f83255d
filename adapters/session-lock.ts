// The lock that the engine itself has: new sessions of the database are read-only, and all that there are end. A session stands in no
// list while it logs in, so the order matters: read-only first, then wait for those that had read the settings before, then end all.
import { TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { EndedSessions } from '../domain/ports.ts';
import type { Session } from './sql.ts';

export async function endSessions(session: Session, name: string): Promise<EndedSessions> {
  const isReadOnly = await makeReadOnly(session);
  const unlisted = await startingUp(session);
  const ended = (await session.rows(END_CLIENTS))[0] ?? {};
  const [count, left] = [Number(ended.ended), Number(ended.remaining)];
  if (!Number.isInteger(count) || !Number.isInteger(left)) throw new UnexpectedAnswerError(`ending the sessions of ${name}: the answer is not a count`);
  if (left > 0) throw new TryAgainError(`ending the sessions of ${name}: ${left} of ${count + left} did not end within ${END_MS} ms`);
  if (unlisted > 0) throw new TryAgainError(`ending the sessions of ${name}: ${unlisted} were still starting after ${END_MS} ms`);
  return { ended: count, loginSeconds: isReadOnly ? 0 : await loginSeconds(session) };
}

/** A backend that is told to end does so at its next check for interrupts, which is milliseconds unless its disk is gone. */
const END_MS = 500;
/**
 * All client sessions of the instance but this one. Needs the role pg_signal_backend, which may not signal superusers: on RDS these
 * are AWS's own (rdsadmin). Replication stays, since it carries the last writes away. Of others' sessions a role without
 * pg_read_all_stats sees neither kind nor state, but their user: what is known to be no client is left out, what is not known ends.
 */
const END_CLIENTS = `with ends as (
    select pg_terminate_backend(activity.pid, ${END_MS}) as ended
    from pg_stat_activity activity join pg_roles role on role.oid = activity.usesysid
    where coalesce(activity.backend_type, 'client backend') = 'client backend' and activity.pid <> pg_backend_pid()
      and activity.pid not in (select pid from pg_stat_replication where pid is not null)
      and (not role.rolsuper or (select rolsuper from pg_roles where rolname = current_user)))
  select count(*) filter (where ended)::int as ended, count(*) filter (where not ended)::int as remaining from ends`;

/** Does every session that logs in from now on begin read-only? Needs ownership of the database (42501 otherwise); a replica takes no writes anyway. */
async function makeReadOnly(session: Session): Promise<boolean> {
  const [self] = await session.rows('select pg_is_in_recovery() as in_recovery, quote_ident(current_database()) as name');
  if (typeof self?.name !== 'string') throw new UnexpectedAnswerError('quote_ident(current_database()) did not answer with a text');
  if (self.in_recovery === true) return true;
  try {
    // This very session may have begun under the setting, and somebody may have taken it back since.
    await session.rows('set default_transaction_read_only = off');
    await session.rows(`alter database ${self.name} set default_transaction_read_only = on`);
  } catch (error) {
    // 25006: it became a replica at this moment. The lock is not known to hold then either.
    if (!['42501', '25006'].includes(String((error as { readonly code?: unknown }).code))) throw error;
    return false;
  }
  return (await session.rows(OF_ROLES)).length === 0;
}

/** A role's own setting goes before the database's. */
const OF_ROLES = `select 1 from pg_db_role_setting, unnest(setconfig) as entry where setrole <> 0
  and setdatabase in (0, (select oid from pg_database where datname = current_database())) and entry like 'default_transaction_read_only=%'`;

/**
 * How many sessions have passed their login, may have read the settings as they were before, and are in no list yet: none, when all went
 * well. While it starts, from before it reads the settings until it is listed, a session holds this lock on its database (PostgreSQL,
 * postinit.c: InitPostgres, the same from 12 to 18); all may see it. Who is still authenticating holds none, and reads the settings later.
 */
async function startingUp(session: Session): Promise<number> {
  const before = new Set((await session.rows(STARTING)).map(({ id }) => id));
  let left = before.size;
  for (let turn = 0; turn < END_MS / POLL_MS && left > 0; turn += 1) {
    await session.rows(`select pg_sleep(${POLL_MS / 1000})`);
    left = (await session.rows(STARTING)).filter(({ id }) => before.has(id)).length;
  }
  return left;
}

const POLL_MS = 20;
const STARTING = `select virtualtransaction as id from pg_locks where locktype = 'object' and classid = 'pg_database'::regclass and mode = 'RowExclusiveLock'
  and objid = (select oid from pg_database where datname = current_database()) and granted and pid <> pg_backend_pid()`;

/** The longest that a login can last: the time-out counts for the start-up packet, and once more for the authentication. */
async function loginSeconds(session: Session): Promise<number> {
  const seconds = Number((await session.rows("select setting::int as seconds from pg_settings where name = 'authentication_timeout'"))[0]?.seconds);
  if (!Number.isInteger(seconds)) throw new UnexpectedAnswerError('authentication_timeout did not answer with seconds');
  return 2 * seconds;
}
