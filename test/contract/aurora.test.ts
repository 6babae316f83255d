// The contract of an Aurora global database on the twin's endpoint: what the production adapters ask and hear, over the wire. moto knows
// neither FailoverState nor FailoverGlobalCluster as AWS describes them, so that this part has no second judge (docs/fidelity.md).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RDSClient } from '@aws-sdk/client-rds';
import { auroraAftermath } from '../../adapters/aftermath.ts';
import { auroraDatabase } from '../../adapters/aurora.ts';
import { clientSettings, perRegion } from '../../adapters/clients.ts';
import { clusterDetails } from '../../adapters/inventory-cluster.ts';
import { RefusedByAwsError, TryAgainError } from '../../domain/errors.ts';
import type { DatabasePlan, Region } from '../../domain/plan.ts';
import { copyOf } from '../../functions/watch/kept.ts';
import { AwsEndpoint } from '../../twin/aws/server.ts';
import { rdsService } from '../../twin/aws/services/rds.ts';

const [HERE, THERE] = ['us-east-1', 'us-west-2'];
const side = (region: Region, identifier: string) => ({ identifier, arn: `arn:aws:rds:${region}:111122223333:cluster:${identifier}`, host: 'writer.example', readerHost: 'reader.example', port: 5432, databaseName: 'orders', secretId: 's', securityGroupId: 'sg-01234567' });
const plan = (name: string): DatabasePlan => ({
  name, kind: 'aurora-global', engine: 'postgres', globalCluster: `${name}-global`, promoteTimeoutSeconds: 900, pollSeconds: 1, instances: { [HERE]: side(HERE, `${name}-east`), [THERE]: side(THERE, `${name}-west`) },
});
const seed = (name: string, version = '16.4') => ({ identifier: `${name}-global`, members: [{ region: HERE, identifier: `${name}-east` }, { region: THERE, identifier: `${name}-west`, engineVersion: version }] });

describe('the production adapters on a global database of the twin', () => {
  // A move goes on when the test says so: on a busy machine no time is short enough.
  const waiting: (() => void)[] = [];
  const clock = { now: () => Date.now(), sleep: () => new Promise<void>((resolve) => { waiting.push(resolve); }) };
  const none = () => Promise.reject(new Error('no engine is behind it'));
  const endpoint = new AwsEndpoint({
    network: { path: () => Promise.resolve() }, onInternalFailure: (error) => { throw error instanceof Error ? error : new Error(String(error)); },
    services: [rdsService({ clock, instances: [], globals: [seed('orders'), seed('stock'), seed('old', '15.8')], moveMs: 1, onFailure: () => undefined, host: { rename: none, promote: none, restart: none, stop: none, start: none, createReplica: none } })],
  });
  const before = process.env['AWS_ENDPOINT_URL'];
  beforeAll(async () => {
    const { url } = await endpoint.listen(HERE, '127.0.0.1');
    Object.assign(process.env, { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'contract' });
  });
  afterAll(async () => {
    await endpoint.close();
    if (before === undefined) delete process.env['AWS_ENDPOINT_URL'];
    else process.env['AWS_ENDPOINT_URL'] = before;
  });
  const clients = { reading: perRegion((region) => new RDSClient(clientSettings(region, 'reading'))), changing: perRegion((region) => new RDSClient(clientSettings(region, 'changing'))) };
  const database = auroraDatabase(clients, { secrets: { text: none, forget: () => undefined }, tls: 'off' });
  const aftermath = auroraAftermath(clients);
  const settled = async (name: string, region: Region): Promise<void> => {
    for (let turn = 0; turn < 400; turn += 1) {
      waiting.splice(0).forEach((resume) => { resume(); });
      if ((await database.describe(plan(name), region))?.isReplica === false) return;
      await new Promise((resolve) => { setTimeout(resolve, 25); });
    }
    throw new Error(`${name} in ${region} did not become the writer`);
  };

  test('tells the writer from the secondary, and what is not there', async () => {
    expect(await database.describe(plan('orders'), HERE)).toEqual({ identifier: 'orders-east', status: 'available', isReplica: false, backupRetentionDays: 7 });
    expect(await database.describe(plan('orders'), THERE)).toEqual({ identifier: 'orders-west', status: 'available', isReplica: true, backupRetentionDays: 7, sourceIdentifier: side(HERE, 'orders-east').arn });
    expect(await database.describe(plan('nowhere'), THERE)).toBeUndefined();
    const unlike = { ...plan('orders'), globalCluster: 'another-global' };
    expect(await database.describe(unlike, THERE)).toMatchObject({ isReplica: false });
  });

  test('an unplanned failover is seen under way from both sides, refuses a second one, and ends; the old volume is in a snapshot', async () => {
    expect(await aftermath.snapshots(plan('orders'), HERE)).toEqual([]);
    await database.promote(plan('orders'), THERE, 'unplanned');
    expect(await database.describe(plan('orders'), THERE)).toMatchObject({ isReplica: true, pending: { towardsThis: true, losesData: true, target: side(THERE, 'orders-west').arn } });
    expect(await database.describe(plan('orders'), HERE)).toMatchObject({ pending: { towardsThis: false } });
    await expect(database.promote(plan('orders'), THERE, 'unplanned')).rejects.toThrow(TryAgainError);
    await settled('orders', THERE);
    expect(await database.describe(plan('orders'), HERE)).toMatchObject({ isReplica: true });
    const [taken] = await aftermath.snapshots(plan('orders'), HERE);
    expect(taken).toMatchObject({ id: expect.stringMatching(/^rds:unplanned-global-failover-orders-east-/), status: 'available' });
    await aftermath.keep(plan('orders'), HERE, taken?.id ?? '', copyOf(taken?.id ?? ''));
    await aftermath.keep(plan('orders'), HERE, taken?.id ?? '', copyOf(taken?.id ?? ''));
    expect(await aftermath.snapshots(plan('orders'), HERE)).toEqual([{ ...taken, keptAs: copyOf(taken?.id ?? '') }]);
  });

  test('a planned switchover leaves no snapshot behind, and is no failover', async () => {
    await database.promote(plan('stock'), THERE, 'planned');
    expect(await database.describe(plan('stock'), THERE)).toMatchObject({ pending: { losesData: false } });
    await settled('stock', THERE);
    expect(await aftermath.snapshots(plan('stock'), HERE)).toEqual([]);
  });

  test('versions that differ are refused by the call, and seen by a rehearsal before', async () => {
    await expect(database.promote(plan('old'), THERE, 'unplanned')).rejects.toThrow(/engine versions of the clusters differ/);
    const [one, other] = await Promise.all([clusterDetails(clients.reading(HERE), HERE, 'old-east', 'old-global'), clusterDetails(clients.reading(THERE), THERE, 'old-west', 'old-global')]);
    expect([one?.engineVersion, other?.engineVersion]).toEqual(['16.4', '15.8']);
    expect(other).toMatchObject({ source: side(HERE, 'old-east').arn, memberCount: 1, replication: { isNormal: true } });
  });

  test('what is not there is a clear no', async () => {
    await expect(database.promote({ ...plan('orders'), globalCluster: 'another-global' }, HERE, 'unplanned')).rejects.toThrow(RefusedByAwsError);
    await expect(aftermath.keep(plan('orders'), HERE, 'rds:no-such', 'hotshift-lost-writes-x')).rejects.toThrow(RefusedByAwsError);
    expect(await aftermath.writeBlocks(plan('orders'), HERE, 0)).toEqual([]);
  });
});
