// A PostgreSQL instance on RDS: what the control plane and the database itself say, promotion, and the write that proves it.
// Calls only the region that it is asked about.
import {
  DescribeDBInstancesCommand, PromoteReadReplicaCommand, RDSClient, type DBInstance,
} from '@aws-sdk/client-rds';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { DatabaseKind, DatabasePlan, Region } from '../domain/plan.ts';
import type { Database, DatabaseFacts, InstanceFacts } from '../domain/ports.ts';
import { auroraDatabase } from './aurora.ts';
import { clientSettings, perRegion } from './clients.ts';
import type { Environment } from './environment.ts';
import { orAbsent } from './absent.ts';
import { asking } from './failures.ts';
import { instanceIn } from './instance.ts';
import { secretsManager } from './secrets.ts';
import { factsFrom, provenWrite } from './heartbeat.ts';
import { inSession, type Session, type SqlSettings } from './sql.ts';

export interface DatabaseClients {
  readonly reading: (region: Region) => RDSClient;
  /** One attempt: a promotion whose answer was lost is looked at before it is asked for again. */
  readonly changing: (region: Region) => RDSClient;
}

export function rdsDatabase(clients: DatabaseClients, sql: SqlSettings): Database {
  return {
    async describe(database, region) {
      const { identifier } = instanceIn(database, region);
      return orAbsent({ action: 'rds:DescribeDBInstances', resource: `${identifier} in ${region}` }, ['DBInstanceNotFoundFault'], async () => {
        const answer = await clients.reading(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
        return instanceFacts(answer.DBInstances ?? [], identifier);
      });
    },
    facts: (database, region) => inSession(sql, database, region, facts),
    async promote(database, region) {
      const { identifier } = instanceIn(database, region);
      await asking({ action: 'rds:PromoteReadReplica', resource: `${identifier} in ${region}` },
        () => clients.changing(region).send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: identifier })));
    },
    position: (database, region) => inSession(sql, database, region, position),
    writeProbe: (database, region, epoch) => provenWrite(sql, database, region, epoch),
  };
}

/** The database port of a Lambda. */
export function databaseOf({ databaseTls }: Pick<Environment, 'databaseTls'>): Database {
  const clients = {
    reading: perRegion((region) => new RDSClient(clientSettings(region, 'reading'))),
    changing: perRegion((region) => new RDSClient(clientSettings(region, 'changing'))),
  };
  const sql: SqlSettings = { secrets: secretsManager(), tls: databaseTls };
  return byKind({ 'rds-replica': rdsDatabase(clients, sql), 'aurora-global': auroraDatabase(clients, sql) });
}

/** One port for databases of all kinds. */
export function byKind(kinds: Readonly<Record<DatabaseKind, Database>>): Database {
  const of = ({ kind }: DatabasePlan): Database => kinds[kind];
  return {
    describe: (database, region) => of(database).describe(database, region),
    facts: (database, region) => of(database).facts(database, region),
    promote: (database, region, manner) => of(database).promote(database, region, manner),
    position: (database, region) => of(database).position(database, region),
    writeProbe: (database, region, epoch) => of(database).writeProbe(database, region, epoch),
  };
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

const facts = async (session: Session): Promise<DatabaseFacts> => factsFrom(session, (await session.rows(SELF))[0]);

async function position(session: Session): Promise<number> {
  const found = (await session.rows("select pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, '0/0')::text as bytes"))[0]?.bytes;
  const bytes = Number(found ?? NaN);
  // Exact up to 9 petabytes of log.
  if (!Number.isSafeInteger(bytes)) throw new UnexpectedAnswerError(`the place in the log is ${String(found)}, which is not a number of bytes`);
  return bytes;
}
