// The guard's protocol and Hotshift's own permit store on one table: what one writes, the other reads. Real SDK, real wire, the
// twin's DynamoDB.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { permitStore } from '../../../adapters/permit-store.ts';
import { table } from '../../../adapters/table.ts';
import type { PermitStore } from '../../../domain/ports.ts';
import { dynamodbRenewal, dynamodbSurrender, type DynamodbPermitOptions } from '../../../guard/dynamodb.ts';
import { AwsEndpoint } from '../../../twin/aws/server.ts';
import { dynamodbService } from '../../../twin/aws/services/dynamodb.ts';
import { DEFAULT_REGIONS } from '../../../twin/network/addresses.ts';
import { Network } from '../../../twin/network/network.ts';

const [A, B] = DEFAULT_REGIONS;
const network = new Network({ wanRoundTripMs: 2 });
const clock = { now: () => Date.now(), sleep: (delayMs: number) => new Promise<void>((resolve) => { setTimeout(resolve, delayMs).unref(); }) };
const endpoint = new AwsEndpoint({
  network, services: [dynamodbService({ clock, network, tables: [{ name: 'hotshift', partitionKey: 'pk', sortKey: 'sk', regions: [...DEFAULT_REGIONS] }] })],
});
let client: DynamoDBClient;
let permits: PermitStore;
let wall = 1_700_000_000_000;
let store: DynamodbPermitOptions;

beforeAll(async () => {
  const { url } = await endpoint.listen(A, '127.0.0.1');
  client = new DynamoDBClient({ region: A, endpoint: url, credentials: { accessKeyId: 'twin', secretAccessKey: 'twin' } });
  permits = permitStore(table(client, 'hotshift'));
  const send = (command: UpdateItemCommand): Promise<unknown> => client.send(command);
  store = { send, GetItemCommand, UpdateItemCommand, tableName: 'hotshift', application: 'shop', database: 'orders', wallClock: () => wall };
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
  await network.close();
});

test('a renewal before the first grant is refused', async () => {
  expect(await dynamodbRenewal(store)('i-1')).toEqual({ granted: false, reason: 'no permit for orders of shop was ever granted' });
});

test('a granted permit is renewed, its time never goes back, and an overtaken renewal is granted all the same', async () => {
  expect(await permits.grant({ application: 'shop', database: 'orders', epoch: 1, writer: A })).toBe(true);
  expect(await dynamodbRenewal(store)('i-1')).toEqual({ granted: true, epoch: 1, writer: A });
  wall -= 5000;
  expect(await dynamodbRenewal(store)('i-1')).toEqual({ granted: true, epoch: 1, writer: A });
  expect((await permits.read('shop', 'orders'))?.renewals).toEqual({ 'i-1': 1_700_000_000_000 });
  wall += 6000;
  await dynamodbRenewal(store)('i-1');
  await dynamodbRenewal(store)('us-east-1/42/a.b');
  expect((await permits.read('shop', 'orders'))?.renewals).toEqual({ 'i-1': wall, 'us-east-1/42/a.b': wall });
});

test('a surrender of a permit that still stands is not recorded', async () => {
  await dynamodbSurrender(store)('i-1', 1);
  expect((await permits.read('shop', 'orders'))?.surrenders).toEqual({});
});

test('withdrawn, it is refused to all, and a surrender is what the fence counts', async () => {
  expect(await permits.withdraw('shop', 'orders', 2, wall)).toBe(true);
  expect(await dynamodbRenewal(store)('i-1')).toEqual({ granted: false, epoch: 1, reason: 'the permit of epoch 1 for orders was withdrawn' });
  await dynamodbSurrender(store)('i-1', 1);
  expect(await permits.read('shop', 'orders')).toMatchObject({ epoch: 1, withdrawn: true, surrenders: { 'i-1': 1 } });
});

test('granted under the new epoch, it is renewed again for the new writer; what was surrendered is of the old one', async () => {
  expect(await permits.grant({ application: 'shop', database: 'orders', epoch: 2, writer: B })).toBe(true);
  expect(await dynamodbRenewal(store)('i-1')).toEqual({ granted: true, epoch: 2, writer: B });
  expect(await permits.read('shop', 'orders')).toMatchObject({ epoch: 2, writer: B, withdrawn: false, renewals: { 'i-1': wall, 'us-east-1/42/a.b': wall }, surrenders: { 'i-1': 1 } });
});
