// What a rehearsal reads of databases: RDS's description and parameters, CloudWatch's lag, the state of keys.
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DescribeDBInstancesCommand, DescribeDBParametersCommand, RDSClient, type DBInstance, type DescribeDBParametersMessage } from '@aws-sdk/client-rds';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { InstanceDetails, Inventory } from '../domain/inventory.ts';
import type { Region } from '../domain/plan.ts';
import type { Clock } from '../domain/ports.ts';
import { orAbsent } from './absent.ts';
import { clientSettings, perRegion } from './clients.ts';
import { clusterDetails } from './inventory-cluster.ts';
import { asking } from './failures.ts';

/** RDS publishes ReplicaLag once a minute; a quarter of an hour has it in any case, late or not. */
const LAG_MINUTES = 15;

type DatabaseInventory = Pick<Inventory, 'instance' | 'cluster' | 'parameters' | 'replicaLagSeconds' | 'globalLagSeconds' | 'keyState'>;

export function databaseInventory(clock: Pick<Clock, 'now'>): DatabaseInventory {
  const rds = perRegion((region) => new RDSClient(clientSettings(region, 'reading')));
  const cloudwatch = perRegion((region) => new CloudWatchClient(clientSettings(region, 'reading')));
  const kms = perRegion((region) => new KMSClient(clientSettings(region, 'reading')));
  return {
    async instance(region, identifier) {
      const answer = await orAbsent({ action: 'rds:DescribeDBInstances', resource: `${identifier} in ${region}` }, ['DBInstanceNotFoundFault', 'DBInstanceNotFound'],
        () => rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })));
      const found = answer?.DBInstances?.find((entry) => entry.DBInstanceIdentifier === identifier);
      return found === undefined ? undefined : instanceDetails(found);
    },
    cluster: (region, identifier, globalCluster) => clusterDetails(rds(region), region, identifier, globalCluster),
    parameters: (region, group) => parameters(rds(region), region, group),
    replicaLagSeconds: (region, identifier) => lagOf(cloudwatch(region), region, { name: 'ReplicaLag', dimension: 'DBInstanceIdentifier', of: identifier }, clock.now()),
    async globalLagSeconds(region, identifier) {
      // In milliseconds, published by the secondary (Aurora guide, cluster-level metrics).
      const lagMs = await lagOf(cloudwatch(region), region, { name: 'AuroraGlobalDBRPOLag', dimension: 'DBClusterIdentifier', of: identifier }, clock.now());
      return lagMs === undefined ? undefined : lagMs / 1000;
    },
    async keyState(region, keyId) {
      const answer = await orAbsent({ action: 'kms:DescribeKey', resource: `${keyId} in ${region}` }, ['NotFoundException'],
        () => kms(region).send(new DescribeKeyCommand({ KeyId: keyId })));
      return answer?.KeyMetadata?.KeyState;
    },
  };
}

export function instanceDetails(found: DBInstance): InstanceDetails {
  const { DBInstanceIdentifier: identifier = '', DBInstanceStatus: status, ReadReplicaSourceDBInstanceIdentifier: source } = found;
  if (status === undefined) throw new UnexpectedAnswerError(`rds:DescribeDBInstances on ${identifier}: the answer has no status`);
  const replication = found.StatusInfos?.find(({ StatusType }) => StatusType === 'read replication');
  return {
    identifier, status, engineVersion: found.EngineVersion ?? '', instanceClass: found.DBInstanceClass ?? '',
    ...(found.Endpoint?.Address === undefined ? {} : { host: found.Endpoint.Address }),
    ...(source === undefined || source === '' ? {} : { source }),
    ...(replication === undefined ? {} : { replication: { isNormal: replication.Normal === true, status: [replication.Status, replication.Message].filter(Boolean).join(': ') } }),
    backupRetentionDays: found.BackupRetentionPeriod ?? 0, isEncrypted: found.StorageEncrypted === true, ...(found.KmsKeyId === undefined ? {} : { keyId: found.KmsKeyId }),
    isDeletionProtected: found.DeletionProtection === true, isMultiZone: found.MultiAZ === true,
    securityGroupIds: (found.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []),
    parameterGroups: (found.DBParameterGroups ?? []).map(({ DBParameterGroupName: name = '', ParameterApplyStatus: applied = 'unknown' }) => ({ name, status: applied })),
  };
}

/** Those that a person set (source `user`); all others are the engine's and RDS's own. */
async function parameters(client: RDSClient, region: Region, group: string): Promise<Readonly<Record<string, string>>> {
  const set: Record<string, string> = {};
  let marker: string | undefined;
  do {
    const input: DescribeDBParametersMessage = { DBParameterGroupName: group, Source: 'user', ...(marker === undefined ? {} : { Marker: marker }) };
    const page = await asking({ action: 'rds:DescribeDBParameters', resource: `${group} in ${region}` }, () => client.send(new DescribeDBParametersCommand(input)));
    for (const { ParameterName: name, ParameterValue: value } of page.Parameters ?? []) if (name !== undefined && value !== undefined) set[name] = value;
    marker = page.Marker === '' ? undefined : page.Marker;
  } while (marker !== undefined);
  return set;
}

interface LagMetric { readonly name: string; readonly dimension: string; readonly of: string }

async function lagOf(client: CloudWatchClient, region: Region, metric: LagMetric, now: number): Promise<number | undefined> {
  const answer = await asking({ action: 'cloudwatch:GetMetricData', resource: `${metric.name} of ${metric.of} in ${region}` }, () => client.send(new GetMetricDataCommand({
    StartTime: new Date(now - LAG_MINUTES * 60_000), EndTime: new Date(now),
    MetricDataQueries: [{ Id: 'lag', MetricStat: { Metric: { Namespace: 'AWS/RDS', MetricName: metric.name, Dimensions: [{ Name: metric.dimension, Value: metric.of }] }, Period: 60, Stat: 'Maximum' } }],
  })));
  const values = answer.MetricDataResults?.[0]?.Values ?? [];
  return values.length === 0 ? undefined : Math.max(...values);
}
