// The heartbeat table by SQL: what a replica holds of it, and the write that proves that a database takes writes. Alike on every kind.
import { LeaseLostError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { DatabasePlan, Region } from '../domain/plan.ts';
import type { DatabaseFacts } from '../domain/ports.ts';
import { allowWrites, inSession, type Row, type Session, type SqlSettings } from './sql.ts';

const HEARTBEAT = 'select extract(epoch from max(at)) * 1000 as heartbeat_at from hotshift_heartbeat';

/** Commits a sentinel under this epoch and reads it back. */
export async function provenWrite(sql: SqlSettings, database: DatabasePlan, region: Region, epoch: number): Promise<void> {
  // A session of its own: the next one begins without the read-only setting that a fence of the old writer may have sent along.
  await inSession(sql, database, region, allowWrites);
  await inSession(sql, database, region, (session) => writeProbe(session, region, epoch));
}

/** Without a heartbeat table (42P01) or a row in it the heartbeat is unknown, and the replayed commit must speak alone. */
async function heartbeatOf(session: Session): Promise<number | undefined> {
  try {
    return instant(((await session.rows(HEARTBEAT))[0] ?? {}).heartbeat_at);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === '42P01') return undefined;
    throw error;
  }
}

/** `self`: one row with `in_recovery`, `replayed_at` and `read_at`, however a kind of database finds out what it holds. */
export async function factsFrom(session: Session, self: Row = {}): Promise<DatabaseFacts> {
  if (typeof self.in_recovery !== 'boolean') throw new UnexpectedAnswerError('pg_is_in_recovery() did not answer with a boolean');
  const [replayedAt, heartbeatAt, readAt] = [instant(self.replayed_at), await heartbeatOf(session), instant(self.read_at)];
  if (readAt === undefined) throw new UnexpectedAnswerError('clock_timestamp() did not answer with a time');
  return {
    inRecovery: self.in_recovery, readAt,
    ...(replayedAt === undefined ? {} : { replayedAt }),
    ...(heartbeatAt === undefined ? {} : { heartbeatAt }),
  };
}

/** PostgreSQL's numeric arrives as text. Rounded down: rounding up would claim a newer commit than the replica holds. */
export function instant(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  const found = Math.floor(Number(value));
  if (!Number.isFinite(found) || found < 0) throw new UnexpectedAnswerError(`${String(value)} is not a time`);
  return found;
}

/** Refused by the statement itself when a larger epoch is stored anywhere: an epoch never goes back. */
const SENTINEL = `insert into hotshift_heartbeat as stored (region, at, epoch)
  select $1::text, clock_timestamp(), $2::bigint where not exists (select 1 from hotshift_heartbeat where epoch > $2::bigint)
  on conflict (region) do update set at = excluded.at, epoch = excluded.epoch where coalesce(stored.epoch, 0) <= excluded.epoch
  returning stored.at::text as at`;
const READ_BACK = 'select epoch::text as epoch, at >= $2::timestamptz as kept from hotshift_heartbeat where region = $1';

/** Each statement is its own transaction: when the second one reads, the first has been committed. */
async function writeProbe(session: Session, region: Region, epoch: number): Promise<void> {
  const written: Row | undefined = (await session.rows(SENTINEL, [region, epoch]))[0];
  if (written === undefined) throw new LeaseLostError(`write probe in ${region}: the database already holds a larger epoch than ${epoch}`);
  const kept = (await session.rows(READ_BACK, [region, written.at]))[0];
  if (kept?.epoch !== String(epoch) || kept.kept !== true) {
    throw new UnexpectedAnswerError(`write probe in ${region}: the committed sentinel of epoch ${epoch} cannot be read back`);
  }
}
