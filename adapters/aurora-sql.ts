// What an Aurora cluster says by SQL. A secondary cluster has readers only, and so has its reader endpoint; its writer endpoint is inactive
// until it is promoted. Readers of a writer's cluster are in recovery as well: only the writer endpoint tells whether it can write.
import { TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { DatabasePlan, Region } from '../domain/plan.ts';
import type { DatabaseFacts } from '../domain/ports.ts';
import { instanceIn } from './instance.ts';
import { factsFrom } from './heartbeat.ts';
import { inSession, type Session, type SqlSettings } from './sql.ts';

/** Read by the reader endpoint in place of the writer's. */
function byReader(database: DatabasePlan, region: Region): DatabasePlan {
  const instance = instanceIn(database, region);
  return { ...database, instances: { ...database.instances, [region]: { ...instance, host: instance.readerHost ?? instance.host } } };
}

/** Both are asked at once: an endpoint that is inactive takes the whole time-out to say so. */
export async function auroraFacts(sql: SqlSettings, database: DatabasePlan, region: Region): Promise<DatabaseFacts> {
  const [writer, reader] = await Promise.allSettled([
    inSession(sql, database, region, facts(region)), inSession(sql, byReader(database, region), region, facts(region)),
  ]);
  if (writer.status === 'fulfilled' && !writer.value.inRecovery) return writer.value;
  if (reader.status === 'rejected') throw reader.reason;
  // A reader endpoint with a writer alone behind it leads to the writer; when the writer endpoint is silent, that is not yet a writer's word.
  if (!reader.value.inRecovery) throw new TryAgainError(`${database.name} in ${region}: its reader endpoint says that it takes writes, its writer endpoint gives no answer`);
  return reader.value;
}

/**
 * Times of the last calculation that the secondary made, minus the lag that it found: up to then it holds every commit. An old calculation
 * gives an old time, so that a secondary which hears nothing any more gets no younger by it. The primary's own line says -1 and 1970.
 */
const SELF = `select pg_is_in_recovery() as in_recovery, extract(epoch from clock_timestamp()) * 1000 as read_at,
  (select extract(epoch from last_lag_calculation_time) * 1000 - greatest(rpo_lag_in_msec, durability_lag_in_msec)
     from aurora_global_db_status() where aws_region = $1 and rpo_lag_in_msec >= 0 and durability_lag_in_msec >= 0) as replayed_at`;

const facts = (region: Region) => async (session: Session): Promise<DatabaseFacts> => factsFrom(session, (await session.rows(SELF, [region]))[0]);

/** The place in the log, by the storage: `pg_current_wal_lsn()` says nothing about replication that the storage does. */
export async function auroraPosition(sql: SqlSettings, database: DatabasePlan, region: Region): Promise<number> {
  return inSession(sql, byReader(database, region), region, async (session) => {
    const found = (await session.rows('select highest_lsn_written::text as place from aurora_global_db_status() where aws_region = $1', [region]))[0]?.place;
    const place = Number(found ?? NaN);
    if (!Number.isSafeInteger(place)) throw new UnexpectedAnswerError(`the place in the log is ${String(found)}, which is not a whole number`);
    return place;
  });
}
