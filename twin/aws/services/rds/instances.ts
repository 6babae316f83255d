// The DB instances of all regions as RDS knows them: settings, status, and who replicates from whom. What the engine
// really does is the business of the DatabaseHost; here is only the control plane's record of it.
import type { DBInstance, Tag } from '@aws-sdk/client-rds';
import { ACCOUNT_ID, AwsError } from '../../service.ts';

/** Identifiers are unique inside a region only. */
export interface InstanceName {
  readonly region: string;
  readonly identifier: string;
}

/** The documented statuses that the twin goes through. */
export type InstanceStatus = 'creating' | 'available' | 'modifying' | 'rebooting' | 'backing-up' | 'stopping' | 'stopped' | 'starting' | 'renaming' | 'failed';

/** An instance as it is put into the twin. */
export interface InstanceSeed extends InstanceName {
  readonly host: string;
  readonly port: number;
  readonly databaseName?: string;
  readonly engineVersion?: string;
  readonly masterUsername?: string;
  readonly instanceClass?: string;
  readonly securityGroupIds?: readonly string[];
  readonly backupRetentionDays?: number;
  /** The instance that it replicates from. */
  readonly source?: InstanceName;
  readonly tags?: readonly Tag[];
}

export interface Instance extends Required<Omit<InstanceSeed, 'source'>> {
  readonly source: InstanceName | undefined;
  readonly status: InstanceStatus;
  readonly createdAt: number;
  readonly automaticRestartAt: number | undefined;
}

export const arnOf = ({ region, identifier }: InstanceName): string => `arn:aws:rds:${region}:${ACCOUNT_ID}:db:${identifier}`;

/** `arn:aws:rds:region:account:db:identifier`, or an identifier of the given region. */
export function nameOf(text: string, region: string): InstanceName {
  const [arn, , , arnRegion, , kind, identifier] = text.split(':');
  return arn === 'arn' && kind === 'db' && arnRegion && identifier ? { region: arnRegion, identifier } : { region, identifier: text.toLowerCase() };
}

const same = (one: InstanceName | undefined, other: InstanceName): boolean => one?.region === other.region && one.identifier === other.identifier;

export class InstanceStore {
  readonly #instances = new Map<string, Instance>();

  add(seed: InstanceSeed, status: InstanceStatus, now: number): Instance {
    const instance: Instance = {
      databaseName: 'app',
      engineVersion: '17.4',
      masterUsername: 'postgres',
      instanceClass: 'db.t4g.medium',
      securityGroupIds: [],
      backupRetentionDays: seed.source ? 0 : 7,
      tags: [],
      ...seed,
      source: seed.source,
      status,
      createdAt: now,
      automaticRestartAt: undefined,
    };
    this.#instances.set(arnOf(seed), instance);
    return instance;
  }

  get(name: InstanceName): Instance | undefined {
    return this.#instances.get(arnOf(name));
  }

  /** By identifier or ARN, in the region of the call. Throws DBInstanceNotFound. */
  must(text: string | undefined, region: string): Instance {
    const name = nameOf(text ?? '', region);
    const instance = name.region === region ? this.get(name) : undefined;
    if (!instance) throw new AwsError('DBInstanceNotFound', `DBInstance ${text ?? ''} not found.`, { status: 404 });
    return instance;
  }

  inRegion(region: string): readonly Instance[] {
    return [...this.#instances.values()].filter((instance) => instance.region === region).sort((one, other) => (one.identifier < other.identifier ? -1 : 1));
  }

  replicasOf(name: InstanceName): readonly Instance[] {
    return [...this.#instances.values()].filter((instance) => same(instance.source, name));
  }

  update(name: InstanceName, change: Partial<Pick<Instance, 'status' | 'source' | 'backupRetentionDays' | 'securityGroupIds' | 'instanceClass' | 'automaticRestartAt' | 'tags'>>): Instance {
    const known = this.get(name);
    if (!known) throw new RangeError(`no instance ${arnOf(name)}`);
    const next = { ...known, ...change };
    this.#instances.set(arnOf(name), next);
    return next;
  }

  /** The same instance under another identifier, with its replicas. */
  rename(name: InstanceName, identifier: string): Instance {
    const known = this.get(name);
    if (!known) throw new RangeError(`no instance ${arnOf(name)}`);
    const next = { ...known, identifier };
    this.#instances.delete(arnOf(name));
    for (const replica of this.replicasOf(name)) this.update(replica, { source: { region: name.region, identifier } });
    this.#instances.set(arnOf(next), next);
    return next;
  }

  /** In the API's shape: identifiers of the same region, ARNs of others. */
  shape(instance: Instance): DBInstance {
    const reference = (name: InstanceName): string => (name.region === instance.region ? name.identifier : arnOf(name));
    return {
      DBInstanceIdentifier: instance.identifier,
      DBInstanceArn: arnOf(instance),
      DbiResourceId: `db-${Buffer.from(arnOf(instance)).toString('hex').slice(-26).toUpperCase()}`,
      DBInstanceClass: instance.instanceClass,
      Engine: 'postgres',
      EngineVersion: instance.engineVersion,
      DBInstanceStatus: instance.status,
      MasterUsername: instance.masterUsername,
      DBName: instance.databaseName,
      Endpoint: { Address: instance.host, Port: instance.port },
      AllocatedStorage: 100,
      InstanceCreateTime: new Date(instance.createdAt),
      AvailabilityZone: `${instance.region}a`,
      MultiAZ: false,
      BackupRetentionPeriod: instance.backupRetentionDays,
      VpcSecurityGroups: instance.securityGroupIds.map((id) => ({ VpcSecurityGroupId: id, Status: 'active' })),
      DBParameterGroups: [{ DBParameterGroupName: 'default.postgres17', ParameterApplyStatus: 'in-sync' }],
      PendingModifiedValues: {},
      StorageEncrypted: true,
      DeletionProtection: true,
      ReadReplicaDBInstanceIdentifiers: this.replicasOf(instance).map(reference),
      TagList: [...instance.tags],
      ...(instance.automaticRestartAt === undefined ? {} : { AutomaticRestartTime: new Date(instance.automaticRestartAt) }),
      ...(instance.source
        ? { ReadReplicaSourceDBInstanceIdentifier: reference(instance.source), StatusInfos: [{ StatusType: 'read replication', Normal: true, Status: 'replicating' }] }
        : {}),
    };
  }
}
