// A PostgreSQL instance on RDS: what the control plane and the database itself say, promotion, and the write that proves it.
// Calls only the region that it is asked about.
import {
  DBInstanceNotFoundFault, DescribeDBInstancesCommand, PromoteReadReplicaCommand, RDSClient, type DBInstance,
} from '@aws-sdk/client-rds';
import { LeaseLostError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import type { Database, DatabaseFacts, InstanceFacts } from '../domain/ports.ts';
import { clientSettings, perRegion } from './clients.ts';
import type { Environment } from './environment.ts';
import { asking } from './failures.ts';
import { instanceIn } from './instance.ts';
import { secretsManager } from './secrets.ts';
import { allowWrites, inSession, type Row, type Session, type SqlSettings } from './sql.ts';

export interface DatabaseClients {
  readonly reading: (region: Region) => RDSClient;
  /** One attempt: a promotion whose answer was lost is looked at before it is asked for again. */
  readonly changing: (region: Region) => RDSClient;
}

export function rdsDatabase(clients: DatabaseClients, sql: SqlSettings): Database {
  return {
    async describe(database, region) {
      const { identifier } = instanceIn(database, region);
      return asking({ action: 'rds:DescribeDBInstances', resource: `${identifier} in ${region}` }, async () => {
        try {
          const answer = await clients.reading(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
          return instanceFacts(answer.DBInstances ?? [], identifier);
        } catch (error) {
          if (error instanceof DBInstanceNotFoundFault) return undefined;
          throw error;
        }
      });
    },
    facts: (database, region) => inSession(sql, database, region, facts),
    async promote(database, region) {
      const { identifier } = instanceIn(database, region);
      await asking({ action: 'rds:PromoteReadReplica', resource: `${identifier} in ${region}` },
        () => clients.changing(region).send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: identifier })));
    },
    position: (database, region) => inSession(sql, database, region, position),
    async writeProbe(database, region, epoch) {
      // A session of its own: the next one begins without the read-only setting that a fence of the old writer may have sent along.
      await inSession(sql, database, region, allowWrites);
      await inSession(sql, database, region, (session) => writeProbe(session, region, epoch));
    },
  };
}

/** The database port of a Lambda. */
export function databaseOf({ databaseTls }: Pick<Environment, 'databaseTls'>): Database {
  const clients = {
    reading: perRegion((region) => new RDSClient(clientSettings(region, 'reading'))),
    changing: perRegion((region) => new RDSClient(clientSettings(region, 'changing'))),
  };
  return rdsDatabase(clients, { secrets: secretsManager(), tls: databaseTls });
}

/** What RDS says about one instance. A source names a replica; a promoted instance has none. */
export function instanceFacts(found: readonly DBInstance[], identifier: string): InstanceFacts | undefined {
  const instance = found.find((entry) => entry.DBInstanceIdentifier === identifier);
  if (instance === undefined) return undefined;
  if (instance.DBInstanceStatus === undefined) throw new UnexpectedAnswerError(`rds:DescribeDBInstances on ${identifier}: the answer has no status`);
  const source = instance.ReadReplicaSourceDBInstanceIdentifier;
  const isReplica = source !== undefined && source !== '';
  return {
    identifier, status: instance.DBInstanceStatus, isReplica, backupRetentionDays: instance.BackupRetentionPeriod ?? 0,
    ...(isReplica ? { sourceIdentifier: source } : {}),
  };
}

const SELF = `select pg_is_in_recovery() as in_recovery,
  extract(epoch from pg_last_xact_replay_timestamp()) * 1000 as replayed_at,
  extract(epoch from clock_timestamp()) * 1000 as read_at`;
const HEARTBEAT = 'select extract(epoch from max(at)) * 1000 as heartbeat_at from hotshift_heartbeat';

async function facts(session: Session): Promise<DatabaseFacts> {
  const self = (await session.rows(SELF))[0] ?? {};
  if (typeof self.in_recovery !== 'boolean') throw new UnexpectedAnswerError('pg_is_in_recovery() did not answer with a boolean');
  const [replayedAt, heartbeatAt, readAt] = [instant(self.replayed_at), await heartbeat(session), instant(self.read_at)];
  if (readAt === undefined) throw new UnexpectedAnswerError('clock_timestamp() did not answer with a time');
  return {
    inRecovery: self.in_recovery, readAt,
    ...(replayedAt === undefined ? {} : { replayedAt }),
    ...(heartbeatAt === undefined ? {} : { heartbeatAt }),
  };
}

async function position(session: Session): Promise<number> {
  const found = (await session.rows("select pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, '0/0')::text as bytes"))[0]?.bytes;
  const bytes = Number(found ?? NaN);
  // Exact up to 9 petabytes of log.
  if (!Number.isSafeInteger(bytes)) throw new UnexpectedAnswerError(`the place in the log is ${String(found)}, which is not a number of bytes`);
  return bytes;
}

/** Without a heartbeat table (42P01) or a row in it the heartbeat is unknown, and the replayed commit must speak alone. */
async function heartbeat(session: Session): Promise<number | undefined> {
  try {
    return instant(((await session.rows(HEARTBEAT))[0] ?? {}).heartbeat_at);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === '42P01') return undefined;
    throw error;
  }
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
