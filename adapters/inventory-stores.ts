// What a rehearsal reads of the table and of secrets: their state and their versions, never a secret's value.
import { DescribeContinuousBackupsCommand, DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { Region } from '../domain/plan.ts';
import { orAbsent } from './absent.ts';
import { clientSettings, perRegion } from './clients.ts';
import { drillStore } from './drill-store.ts';
import { asking } from './failures.ts';
import type { Table } from './table.ts';

type StoreInventory = Pick<Inventory, 'table' | 'secret' | 'drills'>;

export function storeInventory(shared: Table): StoreInventory {
  const dynamodb = perRegion((region) => new DynamoDBClient(clientSettings(region, 'reading')));
  const secrets = perRegion((region) => new SecretsManagerClient(clientSettings(region, 'reading')));
  return {
    table: (region, name) => tableDetails(dynamodb(region), region, name),
    async secret(region, secretId) {
      const found = await orAbsent({ action: 'secretsmanager:DescribeSecret', resource: `${secretId} in ${region}` }, ['ResourceNotFoundException'],
        () => secrets(region).send(new DescribeSecretCommand({ SecretId: secretId })));
      if (found === undefined) return undefined;
      const current = Object.entries(found.VersionIdsToStages ?? {}).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
      return { isBeingDeleted: found.DeletedDate !== undefined, ...(current === undefined ? {} : { currentVersion: current }), ...(found.KmsKeyId === undefined ? {} : { keyId: found.KmsKeyId }) };
    },
    drills: (application) => drillStore(shared).list(application),
  };
}

async function tableDetails(client: DynamoDBClient, region: Region, name: string): ReturnType<Inventory['table']> {
  const resource = `${name} in ${region}`;
  const answer = await orAbsent({ action: 'dynamodb:DescribeTable', resource }, ['ResourceNotFoundException'], () => client.send(new DescribeTableCommand({ TableName: name })));
  const found = answer?.Table;
  if (found === undefined) return undefined;
  if (found.TableStatus === undefined) throw new UnexpectedAnswerError(`dynamodb:DescribeTable on ${resource}: the answer has no status`);
  const [backups, expiry] = await Promise.all([
    asking({ action: 'dynamodb:DescribeContinuousBackups', resource }, () => client.send(new DescribeContinuousBackupsCommand({ TableName: name }))),
    asking({ action: 'dynamodb:DescribeTimeToLive', resource }, () => client.send(new DescribeTimeToLiveCommand({ TableName: name }))),
  ]);
  return {
    // Absent means EVENTUAL (DynamoDB API, TableDescription).
    status: found.TableStatus, consistency: found.MultiRegionConsistency ?? 'EVENTUAL', isDeletionProtected: found.DeletionProtectionEnabled === true,
    // The replica that answers is one of them, whether the list names it or not. A witness of DynamoDB's own holds no data that could be read.
    replicas: { [region]: 'ACTIVE', ...Object.fromEntries((found.Replicas ?? []).map(({ RegionName, ReplicaStatus }) => [RegionName ?? '', ReplicaStatus ?? 'unknown'])) },
    expiry: expiry.TimeToLiveDescription?.TimeToLiveStatus ?? 'DISABLED',
    pointInTimeRecovery: backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus ?? 'DISABLED',
  };
}
