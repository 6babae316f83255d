// RDS through the real SDK client: a cross-region replica, its promotion, and the calls that must be refused meanwhile.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  AddTagsToResourceCommand, CreateDBInstanceReadReplicaCommand, CreateDBSnapshotCommand, DescribeDBInstancesCommand, DescribeDBParametersCommand, DescribeDBSnapshotsCommand,
  DescribeEventsCommand, ListTagsForResourceCommand, ModifyDBInstanceCommand, PromoteReadReplicaCommand, RDSClient, RebootDBInstanceCommand, StartDBInstanceCommand, StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { rdsService, type DatabaseHost, type InstanceName, type RdsDelays, type RdsEvent } from '../../../twin/aws/services/rds.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';
import { serve, type Served } from './served.ts';

const delays: RdsDelays = { statusLagMs: 5_000, promoteDelayMs: 60_000, rebootMs: 30_000, backupMs: 10_000, modifyMs: 20_000, stoppedMsMax: 3_600_000 };
const writer = { region: 'us-east-1', identifier: 'orders-a' };
const replica = { region: 'us-west-2', identifier: 'orders-b' };
const writerArn = 'arn:aws:rds:us-east-1:111122223333:db:orders-a';
const replicaArn = 'arn:aws:rds:us-west-2:111122223333:db:orders-b';

let clock: ManualClock;
let served: Served;
let east: RDSClient;
let west: RDSClient;
let engine: string[];
let events: RdsEvent[];
let failures: unknown[];
let promoteFails: boolean;

beforeEach(async () => {
  clock = manualClock();
  [engine, events, failures, promoteFails] = [[], [], [], false];
  const note = (what: string) => async (name: InstanceName): Promise<void> => {
    if (what === 'promote' && promoteFails) throw new Error('pg_promote: the server is gone');
    engine.push(`${what} ${name.identifier}`);
  };
  const host: DatabaseHost = {
    rename: note('rename'), promote: note('promote'), restart: note('restart'), stop: note('stop'), start: note('start'),
    createReplica: async (name) => {
      engine.push(`createReplica ${name.identifier}`);
      return { host: '127.0.12.2', port: 5433 };
    },
  };
  const service = rdsService({
    clock, host, delays,
    instances: [
      { ...writer, host: '127.0.10.2', port: 5432, securityGroupIds: ['sg-a'] },
      { ...replica, host: '127.0.11.2', port: 5432, source: writer },
      { region: 'us-east-1', identifier: 'alone', host: '127.0.10.3', port: 5432 },
    ],
    emit: (event) => events.push(event),
    onFailure: (_, error) => failures.push(error),
  });
  served = await serve(service);
  east = new RDSClient(served.client);
  west = new RDSClient({ ...served.client, region: 'us-west-2' });
});
afterEach(async () => {
  east.destroy();
  west.destroy();
  await served.close();
});

const describeOne = async (client: RDSClient, DBInstanceIdentifier: string) => (await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances?.[0];
const promote = () => west.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-b' }));

describe('promotion', () => {
  test('stays `available` for a while, then modifying, rebooting, backing-up, available; the link to the source is gone last', async () => {
    expect(await describeOne(west, 'orders-b')).toMatchObject({ ReadReplicaSourceDBInstanceIdentifier: writerArn, BackupRetentionPeriod: 0, StatusInfos: [{ Status: 'replicating' }] });
    expect(await describeOne(east, 'orders-a')).toMatchObject({ ReadReplicaDBInstanceIdentifiers: [replicaArn] });
    const seen: string[] = [];
    const look = async (): Promise<void> => {
      const instance = await describeOne(west, 'orders-b');
      seen.push(`${instance?.DBInstanceStatus}${instance?.ReadReplicaSourceDBInstanceIdentifier ? ' replica' : ''}`);
    };
    expect((await promote()).DBInstance).toMatchObject({ DBInstanceStatus: 'available', ReadReplicaSourceDBInstanceIdentifier: writerArn });
    for (const ms of [4_999, 1, 59_999, 1, 29_999, 1, 9_999, 1]) {
      await clock.advance(ms);
      await look();
    }
    expect(seen).toEqual(['available replica', 'modifying replica', 'modifying replica', 'rebooting replica', 'rebooting replica', 'backing-up', 'backing-up', 'available']);
    expect(engine).toEqual(['promote orders-b', 'restart orders-b']);
    expect(await describeOne(west, 'orders-b')).toMatchObject({ BackupRetentionPeriod: 1 });
    expect((await describeOne(east, 'orders-a'))?.ReadReplicaDBInstanceIdentifiers ?? []).toEqual([]);
  });

  test('tells its events to EventBridge in their own shape, and to DescribeEvents', async () => {
    await promote();
    await clock.advance(200_000);
    expect(events.map(({ detail }) => detail.EventID)).toEqual(['RDS-EVENT-0057', 'RDS-EVENT-0004', 'RDS-EVENT-0006', 'RDS-EVENT-0001', 'RDS-EVENT-0002']);
    expect(events[0]).toEqual({
      version: '0', id: expect.any(String), 'detail-type': 'RDS DB Instance Event', source: 'aws.rds', account: '111122223333', time: '2026-03-01T00:01:05Z', region: 'us-west-2', resources: [replicaArn],
      detail: { EventCategories: ['read replica'], SourceType: 'DB_INSTANCE', SourceArn: replicaArn, Date: '2026-03-01T00:01:05.000Z', Message: 'Replication streaming has been terminated', SourceIdentifier: 'orders-b', EventID: 'RDS-EVENT-0057' },
    });
    const listed = await west.send(new DescribeEventsCommand({ SourceIdentifier: 'orders-b', SourceType: 'db-instance', EventCategories: ['availability'] }));
    expect(listed.Events?.map(({ Message }) => Message)).toEqual(['DB instance shutdown', 'DB instance restarted']);
    expect((await east.send(new DescribeEventsCommand({}))).Events ?? []).toEqual([]);
  });

  test('is refused for what is no replica, is not there, is elsewhere, or is being promoted already', async () => {
    await expect(east.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-a' }))).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault', message: 'DB Instance is not a read replica.', $metadata: { httpStatusCode: 400 } });
    await expect(east.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-b' }))).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault', message: 'DBInstance orders-b not found.', $metadata: { httpStatusCode: 404 } });
    await expect(west.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-b', BackupRetentionPeriod: 36 }))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await promote();
    await expect(promote()).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault', message: 'DB Instance is not in available state.' });
    await clock.advance(200_000);
    await expect(promote()).rejects.toMatchObject({ message: 'DB Instance is not a read replica.' });
    expect(engine).toEqual(['promote orders-b', 'restart orders-b']);
  });

  test('an engine that fails leaves the instance `failed`, still a replica, and says so', async () => {
    promoteFails = true;
    await promote();
    await clock.advance(200_000);
    expect(await describeOne(west, 'orders-b')).toMatchObject({ DBInstanceStatus: 'failed', ReadReplicaSourceDBInstanceIdentifier: writerArn });
    expect(failures).toEqual([new Error('pg_promote: the server is gone')]);
    expect(events.map(({ detail }) => detail.EventID)).toEqual(['RDS-EVENT-0035']);
  });
});

describe('other changes', () => {
  test('an instance with or as a replica cannot be stopped; another one can, and RDS starts it again in the end', async () => {
    const stop = (client: RDSClient, DBInstanceIdentifier: string) => client.send(new StopDBInstanceCommand({ DBInstanceIdentifier }));
    await expect(stop(east, 'orders-a')).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
    await expect(stop(west, 'orders-b')).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
    expect((await stop(east, 'alone')).DBInstance?.DBInstanceStatus).toBe('stopping');
    await clock.advance(0);
    expect(await describeOne(east, 'alone')).toMatchObject({ DBInstanceStatus: 'stopped', AutomaticRestartTime: new Date(clock.now() + 3_600_000) });
    await expect(stop(east, 'alone')).rejects.toMatchObject({ message: 'Instance alone is not in available state.' });
    await clock.advance(3_600_000);
    expect(await describeOne(east, 'alone')).toMatchObject({ DBInstanceStatus: 'available' });
    expect(engine).toEqual(['stop alone', 'start alone']);
    expect(events.map(({ detail }) => detail.EventID)).toEqual(['RDS-EVENT-0087', 'RDS-EVENT-0154', 'RDS-EVENT-0088']);
  });

  test('started by hand, it is not started a second time', async () => {
    await expect(east.send(new StartDBInstanceCommand({ DBInstanceIdentifier: 'alone' }))).rejects.toMatchObject({ message: expect.stringMatching(/cannot be started as it is not in one of the following statuses/) });
    await east.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'alone' }));
    await clock.advance(1_000);
    await east.send(new StartDBInstanceCommand({ DBInstanceIdentifier: 'alone' }));
    await clock.advance(7_200_000);
    expect(engine).toEqual(['stop alone', 'start alone']);
  });

  test('security groups and backups are modified, and the instance is busy meanwhile', async () => {
    await east.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders-a', VpcSecurityGroupIds: ['sg-x'], BackupRetentionPeriod: 14 }));
    expect(await describeOne(east, 'orders-a')).toMatchObject({ VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-x', Status: 'active' }], BackupRetentionPeriod: 14 });
    await expect(east.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'orders-a' }))).rejects.toMatchObject({ message: 'Instance cannot currently reboot due to an in-progress management operation' });
    await expect(east.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'alone', DBSnapshotIdentifier: 's' }))).resolves.toMatchObject({ DBSnapshot: { Status: 'creating' } });
    await clock.advance(25_000);
    await east.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'orders-a' }));
    expect((await describeOne(east, 'orders-a'))?.DBInstanceStatus).toBe('rebooting');
    await clock.advance(30_000);
    expect((await describeOne(east, 'orders-a'))?.DBInstanceStatus).toBe('available');
    await expect(east.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders-a', BackupRetentionPeriod: 0 }))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('a replica is made in another region, from an ARN, when the source has backups', async () => {
    const create = (SourceDBInstanceIdentifier: string) => west.send(new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: 'orders-c', SourceDBInstanceIdentifier }));
    await expect(create(`${writerArn}x`)).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' });
    await expect(create(replicaArn)).rejects.toMatchObject({ message: expect.stringMatching(/Automated backups are not enabled/) });
    expect((await create(writerArn)).DBInstance).toMatchObject({ DBInstanceStatus: 'creating', ReadReplicaSourceDBInstanceIdentifier: writerArn });
    await clock.advance(0);
    expect(await describeOne(west, 'orders-c')).toMatchObject({ DBInstanceStatus: 'available', Endpoint: { Address: '127.0.12.2', Port: 5433 } });
    expect((await describeOne(east, 'orders-a'))?.ReadReplicaDBInstanceIdentifiers).toEqual([replicaArn, 'arn:aws:rds:us-west-2:111122223333:db:orders-c']);
    await expect(create(writerArn)).rejects.toMatchObject({ name: 'DBInstanceAlreadyExistsFault' });
  });
});

describe('reading', () => {
  test('instances by filter, by ARN and in pages; unknown filters are refused', async () => {
    const found = await east.send(new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-instance-id', Values: ['alone'] }] }));
    expect(found.DBInstances?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual(['alone']);
    expect((await describeOne(east, writerArn))?.DBInstanceIdentifier).toBe('orders-a');
    await expect(east.send(new DescribeDBInstancesCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] }))).rejects.toMatchObject({ name: 'InvalidParameterValue', message: 'Unrecognized filter name: colour' });
    await expect(east.send(new DescribeDBInstancesCommand({ MaxRecords: 5 }))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    for (let number = 0; number < 25; number += 1) {
      await east.send(new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: `copy-${number}`, SourceDBInstanceIdentifier: 'orders-a' }));
      await clock.advance(0);
    }
    const page = await east.send(new DescribeDBInstancesCommand({ MaxRecords: 20 }));
    const rest = await east.send(new DescribeDBInstancesCommand({ MaxRecords: 20, Marker: page.Marker }));
    expect([page.DBInstances?.length, rest.DBInstances?.length, rest.Marker]).toEqual([20, 7, undefined]);
    expect((await describeOne(east, 'copy-1'))?.ReadReplicaSourceDBInstanceIdentifier).toBe('orders-a');
  });

  test('parameters, tags and snapshots', async () => {
    const parameters = await east.send(new DescribeDBParametersCommand({ DBParameterGroupName: 'default.postgres17' }));
    expect(parameters.Parameters?.map(({ ParameterName }) => ParameterName)).toContain('default_transaction_read_only');
    await expect(east.send(new DescribeDBParametersCommand({ DBParameterGroupName: 'mine' }))).rejects.toMatchObject({ name: 'DBParameterGroupNotFoundFault' });
    await east.send(new AddTagsToResourceCommand({ ResourceName: writerArn, Tags: [{ Key: 'epoch', Value: '1' }] }));
    await east.send(new AddTagsToResourceCommand({ ResourceName: writerArn, Tags: [{ Key: 'epoch', Value: '2' }, { Key: 'fenced', Value: 'yes' }] }));
    expect((await east.send(new ListTagsForResourceCommand({ ResourceName: writerArn }))).TagList).toEqual([{ Key: 'epoch', Value: '2' }, { Key: 'fenced', Value: 'yes' }]);
    const snapshot = { DBInstanceIdentifier: 'orders-a', DBSnapshotIdentifier: 'evidence' };
    await east.send(new CreateDBSnapshotCommand(snapshot));
    await expect(east.send(new CreateDBSnapshotCommand(snapshot))).rejects.toMatchObject({ name: 'DBSnapshotAlreadyExistsFault' });
    await clock.advance(20_000);
    expect((await east.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'orders-a' }))).DBSnapshots).toEqual([expect.objectContaining({ Status: 'available', DBSnapshotIdentifier: 'evidence' })]);
    await expect(east.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'none' }))).rejects.toMatchObject({ name: 'DBSnapshotNotFoundFault' });
  });
});
