// An Aurora global database: clusters instead of instances, one move of the writer for the whole, and its state in FailoverState. Asked
// of the region that it is about only; a switchover, which needs both sides, is asked of the region that has the writer now.
import {
  DescribeDBClustersCommand, DescribeGlobalClustersCommand, FailoverGlobalClusterCommand, SwitchoverGlobalClusterCommand,
  type DBCluster, type GlobalCluster,
} from '@aws-sdk/client-rds';
import { InvalidInputError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { DatabasePlan, Region } from '../domain/plan.ts';
import type { Database, InstanceFacts, PendingMove } from '../domain/ports.ts';
import { auroraFacts, auroraPosition } from './aurora-sql.ts';
import type { DatabaseClients } from './database.ts';
import { orAbsent } from './absent.ts';
import { asking } from './failures.ts';
import { instanceIn } from './instance.ts';
import { provenWrite } from './heartbeat.ts';
import type { SqlSettings } from './sql.ts';

export function auroraDatabase(clients: DatabaseClients, sql: SqlSettings): Database {
  return {
    async describe(database, region) {
      const { identifier, arn } = instanceIn(database, region);
      const [cluster, global] = await Promise.all([clusterIn(clients, region, identifier), globalIn(clients, region, globalOf(database))]);
      return cluster === undefined ? undefined : clusterFacts(cluster, global, arn);
    },
    facts: (database, region) => auroraFacts(sql, database, region),
    async promote(database, region, manner) {
      const { arn } = instanceIn(database, region);
      const target = { GlobalClusterIdentifier: globalOf(database), TargetDbClusterIdentifier: arn };
      if (manner === 'planned') {
        const from = otherRegion(database, region);
        await asking({ action: 'rds:SwitchoverGlobalCluster', resource: `${globalOf(database)} in ${from}` }, () => clients.changing(from).send(new SwitchoverGlobalClusterCommand(target)));
        return;
      }
      // Without AllowDataLoss this call would be a switchover, which needs the region that is gone.
      await asking({ action: 'rds:FailoverGlobalCluster', resource: `${globalOf(database)} in ${region}` }, () => clients.changing(region).send(new FailoverGlobalClusterCommand({ ...target, AllowDataLoss: true })));
    },
    position: (database, region) => auroraPosition(sql, database, region),
    writeProbe: (database, region, epoch) => provenWrite(sql, database, region, epoch),
  };
}

/** Undefined when RDS does not know it. */
async function clusterIn(clients: DatabaseClients, region: Region, identifier: string): Promise<DBCluster | undefined> {
  return orAbsent({ action: 'rds:DescribeDBClusters', resource: `${identifier} in ${region}` }, ['DBClusterNotFoundFault'], async () => {
    const answer = await clients.reading(region).send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
    return answer.DBClusters?.find((entry) => entry.DBClusterIdentifier === identifier);
  });
}

async function globalIn(clients: DatabaseClients, region: Region, identifier: string): Promise<GlobalCluster | undefined> {
  return orAbsent({ action: 'rds:DescribeGlobalClusters', resource: `${identifier} in ${region}` }, ['GlobalClusterNotFoundFault'], async () => {
    const answer = await clients.reading(region).send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: identifier }));
    return answer.GlobalClusters?.find((entry) => entry.GlobalClusterIdentifier === identifier);
  });
}

/** What RDS says about one cluster and the whole that it belongs to. A cluster that was detached from it is a writer of its own. */
export function clusterFacts(cluster: DBCluster, global: GlobalCluster | undefined, arn: string): InstanceFacts {
  const { DBClusterIdentifier: identifier = '', Status: status } = cluster;
  if (status === undefined) throw new UnexpectedAnswerError(`rds:DescribeDBClusters on ${identifier}: the answer has no status`);
  const members = global?.GlobalClusterMembers ?? [];
  const self = members.find(({ DBClusterArn }) => DBClusterArn === arn);
  const writer = members.find(({ IsWriter }) => IsWriter === true)?.DBClusterArn;
  const isReplica = self !== undefined && self.IsWriter !== true;
  const pending = pendingOf(global, arn);
  return {
    identifier, status, isReplica, backupRetentionDays: cluster.BackupRetentionPeriod ?? 0,
    ...(isReplica && writer !== undefined ? { sourceIdentifier: writer } : {}), ...(pending === undefined ? {} : { pending }),
  };
}

/** FailoverState is empty unless something is under way (RDS API). One that names no target is somebody else's: unknown is unsafe. */
export function pendingOf(global: GlobalCluster | undefined, arn: string): PendingMove | undefined {
  const state = global?.FailoverState;
  if (state?.Status === undefined) return undefined;
  const target = state.ToDbClusterArn ?? 'an unknown cluster';
  return { towardsThis: target === arn, target, losesData: state.IsDataLossAllowed === true, status: state.Status };
}

export function globalOf({ name, globalCluster }: DatabasePlan): string {
  if (globalCluster !== undefined) return globalCluster;
  throw new InvalidInputError(`database ${name}: it is an aurora-global, and the plan names no globalCluster`);
}

function otherRegion(database: DatabasePlan, region: Region): Region {
  const other = Object.keys(database.instances).find((entry) => entry !== region);
  if (other === undefined) throw new InvalidInputError(`database ${database.name}: there is no other region than ${region}`);
  return other;
}
