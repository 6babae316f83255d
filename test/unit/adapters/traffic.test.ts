// Moving traffic over the wire: batches that Route 53 takes, routing controls by five endpoints, and the switch in the table.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Route53RecoveryClusterClient } from '@aws-sdk/client-route53-recovery-cluster';
import fc from 'fast-check';
import { table } from '../../../adapters/table.ts';
import { batchesOf } from '../../../adapters/traffic-batches.ts';
import { rotation, routingControls } from '../../../adapters/traffic-controls.ts';
import { switchStore } from '../../../adapters/traffic-switch.ts';
import type { TrafficPlan } from '../../../domain/plan.ts';
import type { WeightChange } from '../../../domain/ports.ts';
import { DynamoDbStub } from './dynamodb-stub.ts';
import { Wire, json, leadingTo } from './wire.ts';

const [here, there] = ['us-east-1', 'eu-west-1'] as const;
const record = (name: string, addresses: number, zone = 'Z1'): TrafficPlan => ({
  name, strategies: ['weighted-records'], strategyTimeoutSeconds: 30, ramp: [100], hostedZoneId: zone, recordName: `${name}.example`, ttlSeconds: 60,
  endpoints: Object.fromEntries([here, there].map((region, index) => [region, {
    weight: 100, ipv4: Array.from({ length: addresses }, (_, at) => `192.0.${index}.${at}`), ipv6: ['2001:db8::1'].map((address) => `${address}${index}`),
  }])),
});
const change = (traffic: TrafficPlan): WeightChange => ({ traffic, weights: { [here]: 0, [there]: 100 } });

describe('batches', () => {
  test('one for all the names of a zone, another for another zone', () => {
    const batches = batchesOf([change(record('a', 1)), change(record('b', 1)), change(record('c', 1, 'Z2'))]);
    expect(batches.map(({ hostedZoneId, names }) => [hostedZoneId, names])).toEqual([['Z1', ['a.example', 'b.example']], ['Z2', ['c.example']]]);
  });

  test('never more upserted values than Route 53 takes, never half of a record, and nothing is lost', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.constantFrom('Z1', 'Z2')), { minLength: 1, maxLength: 30 }), (sizes) => {
      const wanted = sizes.map(([addresses, zone], index) => change(record(`n${index}`, addresses, zone)));
      const batches = batchesOf(wanted);
      expect(batches.flatMap(({ names }) => names).sort()).toEqual(wanted.map(({ traffic }) => traffic.recordName).sort());
      for (const { names, changes } of batches) {
        const values = changes.flatMap((entry) => entry.ResourceRecordSet?.ResourceRecords ?? []);
        expect(values.length).toBeLessThanOrEqual(500);
        expect(values.map(({ Value }) => Value).join('').length).toBeLessThanOrEqual(16_000);
        expect(changes.every((entry) => entry.Action === 'UPSERT')).toBe(true);
        for (const name of names) expect(changes.filter((entry) => entry.ResourceRecordSet?.Name === name)).toHaveLength(4);
      }
    }), { numRuns: 50 });
  });
});

describe('routing controls', () => {
  let wires: Wire[] = [];
  afterEach(async () => { await Promise.all(wires.map((wire) => wire.stop())); wires = []; });
  const controls = { [here]: 'arn:here', [there]: 'arn:there' };
  const states = (on: readonly string[]) => (call: { readonly body: string }) => json({ RoutingControlArn: '', RoutingControlState: on.some((arn) => call.body.includes(arn)) ? 'On' : 'Off' });
  const error = (name: string, status: number) => () => ({ ...json({ message: name }, status), headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name } });
  /** One wire per endpoint, in the order in which they are asked. */
  const cluster = async (...replies: ((call: { readonly body: string }) => ReturnType<typeof json> | undefined)[]) => {
    wires = await Promise.all(replies.map((reply) => new Wire().start((call) => Promise.resolve(reply(call)))));
    const endpoints = wires.map((wire, index) => ({ region: `region-${index}`, url: wire.url }));
    const port = routingControls(({ url, region }) => new Route53RecoveryClusterClient({ ...leadingTo(wires.find((wire) => wire.url === url)!, region, 'changing', 2_000), endpoint: url }), () => 0);
    return { port, plan: { endpoints, controls } };
  };
  const asked = () => wires.map(({ calls }) => calls.length);

  test('both states in one request, without a word about safety rules', async () => {
    const { port, plan } = await cluster(() => json({}));
    await port.set(plan, { [here]: false, [there]: true }, 'nowhere');
    expect(wires[0]?.calls[0]?.headers['x-amz-target']).toMatch(/UpdateRoutingControlStates$/);
    expect(JSON.parse(wires[0]?.calls[0]?.body ?? '')).toEqual({ UpdateRoutingControlStateEntries: [{ RoutingControlArn: 'arn:here', RoutingControlState: 'Off' }, { RoutingControlArn: 'arn:there', RoutingControlState: 'On' }] });
  });

  test('an endpoint that is silent, one that is away and one that is held back are passed over; the fourth answers', async () => {
    const { port, plan } = await cluster(() => undefined, error('EndpointTemporarilyUnavailableException', 503), error('ThrottlingException', 429), () => json({}), () => json({}));
    await port.set(plan, { [here]: false, [there]: true }, 'nowhere');
    expect(asked()).toEqual([1, 1, 1, 1, 0]);
  });

  test('a safety rule is obeyed: its no is not asked for again elsewhere', async () => {
    const { port, plan } = await cluster(error('ConflictException', 409), () => json({}));
    await expect(port.set(plan, { [here]: false, [there]: true }, 'nowhere')).rejects.toMatchObject({ name: 'RefusedByAwsError', message: expect.stringContaining('ConflictException') });
    expect(asked()).toEqual([1, 0]);
  });

  test('none answers: try again, and it says how many were asked', async () => {
    const { port, plan } = await cluster(error('InternalServerException', 500), error('EndpointTemporarilyUnavailableException', 503));
    await expect(port.read(plan, 'nowhere')).rejects.toMatchObject({ name: 'TryAgainError', message: expect.stringContaining('none of 2 cluster endpoints') });
  });

  test('states are read, and a state that is none is no answer', async () => {
    const { port, plan } = await cluster(states(['arn:there']));
    expect(await port.read(plan, 'nowhere')).toEqual({ [here]: false, [there]: true });
    await Promise.all(wires.map((wire) => wire.stop()));
    const vague = await cluster(() => json({ RoutingControlArn: '' }));
    await expect(vague.port.read(vague.plan, 'nowhere')).rejects.toMatchObject({ name: 'UnexpectedAnswerError' });
  });

  test('all off is refused before any call', async () => {
    const { port, plan } = await cluster(() => json({}));
    await expect(port.set(plan, { [here]: false, [there]: false }, 'nowhere')).rejects.toMatchObject({ name: 'InvalidInputError' });
    expect(asked()).toEqual([0]);
  });

  test('the rotation begins anywhere, has each endpoint once, and the evacuated region last', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(4), fc.double({ min: 0, max: 0.999, noNaN: true }), (count, last, chance) => {
      const endpoints = Array.from({ length: count }, (_, index) => ({ region: `region-${index}`, url: `https://${index}.example` }));
      const order = rotation(endpoints, `region-${last}`, chance);
      expect([...order].sort((left, right) => left.url.localeCompare(right.url))).toEqual(endpoints);
      if (last < count) expect(order.at(-1)?.region).toBe(`region-${last}`);
    }));
  });
});

describe('the switch', () => {
  let stub: DynamoDbStub;
  let client: DynamoDBClient;
  beforeEach(async () => {
    stub = await new DynamoDbStub().start();
    client = new DynamoDBClient(leadingTo(stub.wire, here, 'state', 3_000));
  });
  afterEach(async () => { client.destroy(); await stub.wire.stop(); });
  const store = () => switchStore(table(client, 'hotshift'));

  test('nobody is led away before anybody has turned it', async () => {
    expect(await store().read('shop')).toEqual({ application: 'shop', epoch: 0 });
  });

  test('a newer epoch and the same again write, an older one does not', async () => {
    expect(await store().set({ application: 'shop', epoch: 3, evacuated: here })).toBe(true);
    expect(await store().set({ application: 'shop', epoch: 3, evacuated: here })).toBe(true);
    expect(await store().set({ application: 'shop', epoch: 2, evacuated: there })).toBe(false);
    expect(await store().read('shop')).toEqual({ application: 'shop', epoch: 3, evacuated: here });
    expect(await store().set({ application: 'shop', epoch: 4 })).toBe(true);
    expect(await store().glance('shop')).toEqual({ application: 'shop', epoch: 4 });
  });

  test('a decision reads consistently; a glance asks the nearest replica only', async () => {
    await store().read('shop');
    await store().glance('shop');
    expect(stub.wire.calls.map(({ body }) => (JSON.parse(body) as { readonly ConsistentRead?: boolean }).ConsistentRead)).toEqual([true, false]);
  });
});
