// ECS services through the real SDK client: a desired count, and a running count that follows as far as it can.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DescribeClustersCommand, DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ecsService } from '../../../twin/aws/services/ecs.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';
import { serve, type Served } from './served.ts';

let clock: ManualClock;
let served: Served;
let client: ECSClient;
let capacity: number;
let broken: boolean;
let failures: unknown[];
let scaled: number[];

beforeEach(async () => {
  clock = manualClock();
  [capacity, broken, failures, scaled] = [100, false, [], []];
  const scale = async (_: unknown, desired: number): Promise<number> => {
    if (broken) throw new Error('cannot fork');
    scaled.push(desired);
    return Math.min(desired, capacity);
  };
  served = await serve(ecsService({ clock, scale, taskStartMs: 10_000, placementRetryMs: 5_000, onFailure: (_, error) => failures.push(error), services: [{ region: 'us-east-1', cluster: 'shop', service: 'orders', desiredCount: 2 }] }));
  client = new ECSClient(served.client);
});
afterEach(async () => {
  client.destroy();
  await served.close();
});

const update = (desiredCount: number) => client.send(new UpdateServiceCommand({ cluster: 'shop', service: 'orders', desiredCount }));
const counts = async () => {
  const service = (await client.send(new DescribeServicesCommand({ cluster: 'shop', services: ['orders'] }))).services?.[0];
  return [service?.desiredCount, service?.runningCount, service?.pendingCount, service?.deployments?.[0]?.rolloutState];
};

test('running follows desired after the tasks have started; scaling in is at once', async () => {
  expect((await update(4)).service).toMatchObject({ desiredCount: 4, runningCount: 2, pendingCount: 2 });
  await clock.advance(9_999);
  expect(await counts()).toEqual([4, 2, 2, 'IN_PROGRESS']);
  await clock.advance(1);
  expect(await counts()).toEqual([4, 4, 0, 'COMPLETED']);
  await update(1);
  await clock.advance(0);
  expect(await counts()).toEqual([1, 1, 0, 'COMPLETED']);
  expect(scaled).toEqual([4, 1]);
});

test('setting the same count twice scales once, and a newer count wins', async () => {
  await update(4);
  await update(4);
  await update(6);
  await clock.advance(20_000);
  expect(scaled).toEqual([6]);
});

test('without capacity the service says so, keeps what runs, and goes on trying', async () => {
  capacity = 3;
  await update(5);
  await clock.advance(10_000);
  expect(await counts()).toEqual([5, 3, 2, 'IN_PROGRESS']);
  const service = (await client.send(new DescribeServicesCommand({ cluster: 'shop', services: ['orders'] }))).services?.[0];
  expect(service?.events?.[0]?.message).toMatch(/^\(service orders\) was unable to place a task\. Reason: Capacity is unavailable/);
  capacity = 10;
  await clock.advance(5_000);
  expect(await counts()).toEqual([5, 5, 0, 'COMPLETED']);
});

test('a hook that fails is told, and no task is counted as running', async () => {
  broken = true;
  await update(5);
  await clock.advance(10_000);
  expect(await counts()).toEqual([5, 2, 3, 'IN_PROGRESS']);
  expect(failures).toEqual([new Error('cannot fork')]);
});

test('what is not there: in describe a failure, in update an error', async () => {
  const described = await client.send(new DescribeServicesCommand({ cluster: 'shop', services: ['orders', 'nothing'] }));
  expect(described.services).toHaveLength(1);
  expect(described.failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:111122223333:service/shop/nothing', reason: 'MISSING' }]);
  await expect(client.send(new UpdateServiceCommand({ cluster: 'shop', service: 'nothing', desiredCount: 1 }))).rejects.toMatchObject({ name: 'ServiceNotFoundException' });
  await expect(client.send(new DescribeServicesCommand({ cluster: 'nowhere', services: ['orders'] }))).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
  await expect(update(-1)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(new ECSClient({ ...served.client, region: 'us-west-2' }).send(new DescribeServicesCommand({ cluster: 'shop', services: ['orders'] }))).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
  expect((await client.send(new DescribeClustersCommand({ clusters: ['arn:aws:ecs:us-east-1:111122223333:cluster/shop'] }))).clusters?.[0]).toMatchObject({ clusterName: 'shop', status: 'ACTIVE' });
});

test('services and clusters are known by their ARNs too', async () => {
  const service = (await client.send(new DescribeServicesCommand({ cluster: 'arn:aws:ecs:us-east-1:111122223333:cluster/shop', services: ['arn:aws:ecs:us-east-1:111122223333:service/shop/orders'] }))).services?.[0];
  expect(service?.serviceName).toBe('orders');
});
