// What a rehearsal reads of an Aurora cluster and of the global database that it belongs to, in the words that it has for instances.
import { DescribeDBClustersCommand, DescribeGlobalClustersCommand, type DBCluster, type GlobalCluster, type RDSClient } from '@aws-sdk/client-rds';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { InstanceDetails } from '../domain/inventory.ts';
import type { Region } from '../domain/plan.ts';
import { orAbsent } from './absent.ts';

export async function clusterDetails(client: RDSClient, region: Region, identifier: string, globalCluster: string): Promise<InstanceDetails | undefined> {
  const [clusters, globals] = await Promise.all([
    orAbsent({ action: 'rds:DescribeDBClusters', resource: `${identifier} in ${region}` }, ['DBClusterNotFoundFault'], () => client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }))),
    orAbsent({ action: 'rds:DescribeGlobalClusters', resource: `${globalCluster} in ${region}` }, ['GlobalClusterNotFoundFault'], () => client.send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: globalCluster }))),
  ]);
  const found = clusters?.DBClusters?.find((entry) => entry.DBClusterIdentifier === identifier);
  return found === undefined ? undefined : details(found, globals?.GlobalClusters?.find((entry) => entry.GlobalClusterIdentifier === globalCluster));
}

/** Pure. A cluster that is no member of the global database has no source, as one that replicates from nothing. */
export function details(found: DBCluster, global: GlobalCluster | undefined): InstanceDetails {
  const { DBClusterIdentifier: identifier = '', Status: status } = found;
  if (status === undefined) throw new UnexpectedAnswerError(`rds:DescribeDBClusters on ${identifier}: the answer has no status`);
  const self = global?.GlobalClusterMembers?.find(({ DBClusterArn }) => DBClusterArn === found.DBClusterArn);
  const writer = global?.GlobalClusterMembers?.find(({ IsWriter }) => IsWriter === true)?.DBClusterArn;
  const isSecondary = self !== undefined && self.IsWriter !== true;
  const members = found.DBClusterMembers ?? [];
  return {
    identifier, status, engineVersion: found.EngineVersion ?? '', instanceClass: '', ...(found.Endpoint === undefined ? {} : { host: found.Endpoint }),
    ...(isSecondary && writer !== undefined ? { source: writer } : {}),
    // `pending-resync`: it does not follow its primary at the moment (RDS API, GlobalClusterMember).
    ...(isSecondary ? { replication: { isNormal: self.SynchronizationStatus !== 'pending-resync', status: self.SynchronizationStatus ?? 'unknown' } } : {}),
    backupRetentionDays: found.BackupRetentionPeriod ?? 0, isEncrypted: found.StorageEncrypted === true, ...(found.KmsKeyId === undefined ? {} : { keyId: found.KmsKeyId }),
    isDeletionProtected: found.DeletionProtection === true, isMultiZone: members.length > 1, memberCount: members.length,
    securityGroupIds: (found.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []),
    // Clusters have groups of another kind, which are not compared.
    parameterGroups: [],
  };
}
