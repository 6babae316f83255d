// An old writer on RDS becomes a replica: it is renamed out of the way, with all of its data, and a cross-region read replica is made
// under its planned identifier, with the settings that the old one has. Nothing here deletes.
import { CreateDBInstanceReadReplicaCommand, DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient, type CreateDBInstanceReadReplicaCommandInput, type DBInstance } from '@aws-sdk/client-rds';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { Replicas } from '../domain/failback.ts';
import type { Region } from '../domain/plan.ts';
import { clientSettings, perRegion } from './clients.ts';
import type { DatabaseClients } from './database.ts';
import { asking } from './failures.ts';
import { instanceIn } from './instance.ts';

export function rdsReplicas(clients: DatabaseClients): Replicas {
  return {
    async setAside(database, region, as) {
      const { identifier } = instanceIn(database, region);
      // Without ApplyImmediately it would wait for the next maintenance window.
      await asking({ action: 'rds:ModifyDBInstance', resource: `${identifier} in ${region}` },
        () => clients.changing(region).send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, NewDBInstanceIdentifier: as, ApplyImmediately: true })));
    },
    async create(database, region, source, like) {
      const { identifier } = instanceIn(database, region);
      const template = await describe(clients, region, like);
      await asking({ action: 'rds:CreateDBInstanceReadReplica', resource: `${identifier} in ${region}` },
        () => clients.changing(region).send(new CreateDBInstanceReadReplicaCommand(requestOf(template, identifier, instanceIn(database, source).arn))));
    },
  };
}

/** The replicas port of a Lambda. */
export const replicasOf = (): Replicas => rdsReplicas({
  reading: perRegion((region) => new RDSClient(clientSettings(region, 'reading'))),
  changing: perRegion((region) => new RDSClient(clientSettings(region, 'changing'))),
});

async function describe(clients: DatabaseClients, region: Region, identifier: string): Promise<DBInstance> {
  const answer = await asking({ action: 'rds:DescribeDBInstances', resource: `${identifier} in ${region}` },
    () => clients.reading(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })));
  const instance = answer.DBInstances?.find((entry) => entry.DBInstanceIdentifier === identifier);
  if (instance === undefined) throw new UnexpectedAnswerError(`rds:DescribeDBInstances on ${identifier}: the answer does not hold it`);
  return instance;
}

/** A replica in another region inherits almost nothing of this from its source: subnets, groups, key and parameters are the region's own. */
export function requestOf(template: DBInstance, identifier: string, sourceArn: string): CreateDBInstanceReadReplicaCommandInput {
  const given: CreateDBInstanceReadReplicaCommandInput = {
    DBInstanceIdentifier: identifier, SourceDBInstanceIdentifier: sourceArn, DBInstanceClass: template.DBInstanceClass, Port: template.Endpoint?.Port === 0 ? undefined : template.Endpoint?.Port,
    MultiAZ: template.MultiAZ, DBSubnetGroupName: template.DBSubnetGroup?.DBSubnetGroupName, VpcSecurityGroupIds: template.VpcSecurityGroups?.flatMap(({ VpcSecurityGroupId: id }) => id ?? []),
    DBParameterGroupName: template.DBParameterGroups?.[0]?.DBParameterGroupName, KmsKeyId: template.StorageEncrypted === true ? template.KmsKeyId : undefined, StorageType: template.StorageType,
    PubliclyAccessible: template.PubliclyAccessible, AutoMinorVersionUpgrade: template.AutoMinorVersionUpgrade, DeletionProtection: template.DeletionProtection, CopyTagsToSnapshot: template.CopyTagsToSnapshot,
    EnableIAMDatabaseAuthentication: template.IAMDatabaseAuthenticationEnabled, Tags: template.TagList?.filter(({ Key: key }) => key?.startsWith('aws:') !== true),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as CreateDBInstanceReadReplicaCommandInput;
}
