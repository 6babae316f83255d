// The writing half of RDS: what is asked is checked against the instance's state, answered at once with the state of the
// moment, and carried out behind the caller's back (lifecycle.ts).
import type * as rds from '@aws-sdk/client-rds';
import type { Clock } from '../../../../domain/ports.ts';
import { AwsError, type Handler } from '../../service.ts';
import { nameOf, type Instance, type InstanceStatus, type InstanceStore } from './instances.ts';
import type { Lifecycle } from './lifecycle.ts';

const BACKUP_DAYS_MAX = 35;
/** API reference of PromoteReadReplica: the default of BackupRetentionPeriod. */
const PROMOTED_BACKUP_DAYS = 1;

const invalidState = (message: string): AwsError => new AwsError('InvalidDBInstanceState', message, { status: 400 });
const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message, { status: 400 });

export interface ChangeOptions {
  readonly instances: InstanceStore;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
}

export function changeHandlers(options: ChangeOptions): Record<string, Handler> {
  const { instances, lifecycle } = options;
  // Between a call and its first status the instance still says `available`; a second call must not start beside the first.
  const assertIdle = (instance: Instance, message: string): void => {
    assertStatus(instance, ['available'], message);
    if (lifecycle.isBusy(instance)) throw invalidState(message);
  };
  const answer = (name: Instance): { DBInstance: rds.DBInstance } => ({ DBInstance: instances.shape(instances.get(name) ?? name) });
  return {
    PromoteReadReplica: (input: rds.PromoteReadReplicaMessage, { region }) => {
      const instance = instances.must(input.DBInstanceIdentifier, region);
      if (!instance.source) throw invalidState('DB Instance is not a read replica.');
      assertIdle(instance, 'DB Instance is not in available state.');
      lifecycle.promote(instance, backupDays(input.BackupRetentionPeriod) ?? PROMOTED_BACKUP_DAYS);
      return answer(instance);
    },
    CreateDBInstanceReadReplica: (input: rds.CreateDBInstanceReadReplicaMessage, { region }) => createReplica(options, input, region, answer),
    ModifyDBInstance: (input: rds.ModifyDBInstanceMessage, { region }) => {
      const instance = instances.must(input.DBInstanceIdentifier, region);
      assertIdle(instance, 'Database instance is not in available state.');
      const days = backupDays(input.BackupRetentionPeriod);
      const newName = input.NewDBInstanceIdentifier?.toLowerCase();
      if (newName !== undefined && instances.get({ region, identifier: newName })) throw new AwsError('DBInstanceAlreadyExists', 'DB Instance already exists', { status: 400 });
      if (newName !== undefined && input.ApplyImmediately !== true) throw invalidValue('The twin has no maintenance windows: a rename must be applied immediately.');
      if (days === 0 && instances.replicasOf(instance).length > 0) throw invalidValue('Backups cannot be disabled while the DB instance is a source for read replicas.');
      instances.update(instance, {
        ...(days === undefined ? {} : { backupRetentionDays: days }),
        ...(input.VpcSecurityGroupIds ? { securityGroupIds: input.VpcSecurityGroupIds } : {}),
        ...(input.DBInstanceClass ? { instanceClass: input.DBInstanceClass } : {}),
      });
      if (newName === undefined) lifecycle.modify(instance);
      else lifecycle.rename(instance, newName);
      return answer(instance);
    },
    RebootDBInstance: (input: rds.RebootDBInstanceMessage, { region }) => {
      const instance = instances.must(input.DBInstanceIdentifier, region);
      assertIdle(instance, 'Instance cannot currently reboot due to an in-progress management operation');
      lifecycle.reboot(instance);
      return answer(instance);
    },
    StopDBInstance: (input: rds.StopDBInstanceMessage, { region }) => {
      const instance = instances.must(input.DBInstanceIdentifier, region);
      assertIdle(instance, `Instance ${instance.identifier} is not in available state.`);
      if (instance.source) throw invalidState(`Cannot stop DB instance ${instance.identifier}: a read replica cannot be stopped.`);
      if (instances.replicasOf(instance).length > 0) throw invalidState(`Cannot stop DB instance ${instance.identifier}: it has a read replica.`);
      lifecycle.stop(instance);
      return answer(instance);
    },
    StartDBInstance: (input: rds.StartDBInstanceMessage, { region }) => {
      const instance = instances.must(input.DBInstanceIdentifier, region);
      const text = `Instance ${instance.identifier} cannot be started as it is not in one of the following statuses: 'stopped, inaccessible-encryption-credentials-recoverable'.`;
      assertStatus(instance, ['stopped'], text);
      lifecycle.start(instance);
      return answer(instance);
    },
    AddTagsToResource: (input: rds.AddTagsToResourceMessage, { region }) => {
      const instance = instances.must(input.ResourceName, region);
      const given = input.Tags ?? [];
      instances.update(instance, { tags: [...instance.tags.filter((tag) => !given.some(({ Key }) => Key === tag.Key)), ...given] });
      return {};
    },
  };
}

function assertStatus(instance: Instance, allowed: readonly InstanceStatus[], message: string): void {
  if (!allowed.includes(instance.status)) throw invalidState(message);
}

function backupDays(days: number | undefined): number | undefined {
  if (days !== undefined && (!Number.isInteger(days) || days < 0 || days > BACKUP_DAYS_MAX)) {
    throw invalidValue(`Invalid backup retention period: ${days}. Must be between 0 and ${BACKUP_DAYS_MAX}`);
  }
  return days;
}

function createReplica(
  { instances, lifecycle, clock }: ChangeOptions,
  input: rds.CreateDBInstanceReadReplicaMessage,
  region: string,
  answer: (instance: Instance) => { DBInstance: rds.DBInstance },
): { DBInstance: rds.DBInstance } {
  const name = nameOf(input.DBInstanceIdentifier ?? '', region);
  const sourceName = nameOf(input.SourceDBInstanceIdentifier ?? '', region);
  const source = instances.get(sourceName);
  if (!source) throw new AwsError('DBInstanceNotFound', `DBInstance ${input.SourceDBInstanceIdentifier} not found.`, { status: 404 });
  if (instances.get(name)) throw new AwsError('DBInstanceAlreadyExists', 'DB Instance already exists', { status: 400 });
  if (source.status !== 'available') throw invalidState('Source database instance is not in available state.');
  if (source.backupRetentionDays === 0) {
    const cure = 'To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.';
    throw invalidState(`Automated backups are not enabled for this database instance. ${cure}`);
  }
  const { engineVersion, databaseName, masterUsername, instanceClass } = source;
  const seed = {
    ...name,
    host: '',
    port: 0,
    engineVersion,
    databaseName,
    masterUsername,
    instanceClass: input.DBInstanceClass ?? instanceClass,
    source: sourceName,
    tags: input.Tags ?? [],
    securityGroupIds: input.VpcSecurityGroupIds ?? [],
  };
  const instance = instances.add(seed, 'creating', clock.now());
  lifecycle.createReplica(name, sourceName, (endpoint) => instances.add({ ...seed, ...endpoint }, 'creating', instance.createdAt));
  return answer(instance);
}
