// What Hotshift reads of the world and does to it: databases, records, rules, services, secrets, messages and events.
import { expect } from '@jest/globals';
import { capacityOf } from '../../adapters/capacity.ts';
import { databaseOf } from '../../adapters/database.ts';
import { eventsOf } from '../../adapters/events.ts';
import { databaseLocksOf } from '../../adapters/locks.ts';
import { messengerOf } from '../../adapters/messenger.ts';
import { secretsManager } from '../../adapters/secrets.ts';
import { sessionsOf } from '../../adapters/sessions.ts';
import { trafficOf } from '../../adapters/traffic.ts';
import { RefusedByAwsError, TryAgainError } from '../../domain/errors.ts';
import type { ApplicationPlan, CapacityPlan, DatabasePlan } from '../../domain/plan.ts';
import type { InstanceFacts } from '../../domain/ports.ts';
import type { Case } from './port-contract.ts';
import { HERE, SECRET, TABLE, THERE, type World } from './world.ts';

export function actingCases(test: Case, world: () => World): void {
  databaseCases(test, world);
  trafficCases(test, world);
  lockCases(test, world);
  capacityCases(test, world);
  otherCapacityCases(test, world);
  messageCases(test, world);
}

function databaseCases(test: Case, world: () => World): void {
  const database = () => databaseOf({ databaseTls: 'off' });
  const elsewhere = (plan: DatabasePlan): DatabasePlan => ({ ...plan, instances: Object.fromEntries(Object.entries(plan.instances).map(([region, instance]) => [region, { ...instance, identifier: 'no-such-database' }])) });

  test('database: tells the writer from its replica, and an instance that is not there', async () => {
    expect(await database().describe(world().database, HERE)).toMatchObject({ identifier: 'orders-east', status: 'available', isReplica: false });
    const replica = await database().describe(world().database, THERE);
    expect(replica).toMatchObject({ identifier: 'orders-west', isReplica: true });
    expect(replica?.sourceIdentifier).toContain('orders-east');
    expect(await database().describe(elsewhere(world().database), HERE)).toBeUndefined();
  });
  test('database: takes the order to promote the replica', async () => {
    await database().promote(world().database, THERE, 'unplanned');
  });
  test('database: the promoted replica ends as a writer of its own', async () => {
    const promoted = await until(() => database().describe(world().database, THERE), (facts) => facts?.isReplica === false && facts.status === 'available');
    expect(promoted).not.toHaveProperty('sourceIdentifier');
  });
  test('database: promotes nothing that is not there', async () => {
    await refusal(database().promote(elsewhere(world().database), THERE, 'unplanned'), RefusedByAwsError, 'DBInstanceNotFound');
  });
}

function trafficCases(test: Case, world: () => World): void {
  const traffic = () => trafficOf({ dnsServers: [] });

  test('records: a name without records has no weights; both families change in one batch and are read back', async () => {
    expect(await traffic().read(world().traffic)).toEqual({ weights: {} });
    expect(await traffic().setWeights([{ traffic: world().traffic, weights: { [HERE]: 100, [THERE]: 100 } }])).toEqual([expect.stringMatching(/^\w+$/)]);
    expect(await traffic().read(world().traffic)).toEqual({ weights: { [HERE]: 100, [THERE]: 100 } });
    await traffic().setWeights([{ traffic: world().traffic, weights: { [HERE]: 0, [THERE]: 255 } }]);
    await traffic().setWeights([{ traffic: world().traffic, weights: { [HERE]: 0, [THERE]: 255 } }]);
    expect(await traffic().read(world().traffic)).toEqual({ weights: { [HERE]: 0, [THERE]: 255 } });
  });
  test('records: the writer record is pointed once', async () => {
    expect(await traffic().pointWriter(world().database, HERE)).toMatch(/^\w+$/);
    expect(await traffic().pointWriter(world().database, HERE)).toBeUndefined();
    expect(await traffic().pointWriter(world().database, THERE)).toMatch(/^\w+$/);
    expect(await traffic().pointWriter(world().database, THERE)).toBeUndefined();
  });
  test('records: a zone that is not there is a clear no', async () => {
    const nowhere = { ...world().traffic, hostedZoneId: 'Z0NOSUCHZONE00' };
    await refusal(traffic().read(nowhere), RefusedByAwsError, 'NoSuchHostedZone');
    await refusal(traffic().setWeights([{ traffic: nowhere, weights: { [HERE]: 0, [THERE]: 1 } }]), RefusedByAwsError, 'NoSuchHostedZone');
  });
}

function lockCases(test: Case, world: () => World): void {
  const locks = () => databaseLocksOf({ databaseTls: 'off' });

  test('network lock: closes what is open to clients, leaves the agent its way, and may be repeated', async () => {
    expect(await locks().networkClosed(world().database, HERE)).toBe(false);
    await locks().closeNetwork(world().database, HERE);
    expect(await locks().networkClosed(world().database, HERE)).toBe(true);
    await locks().closeNetwork(world().database, HERE);
    expect(await locks().networkClosed(world().database, HERE)).toBe(true);
    expect(await locks().networkClosed(world().database, THERE)).toBe(false);
  });
}

function capacityCases(test: Case, world: () => World): void {
  test('capacity: the desired count is absolute', async () => {
    expect((await capacityOf().read(world().capacity, HERE)).desired).toBe(3);
    await capacityOf().setDesired(world().capacity, HERE, 6);
    await capacityOf().setDesired(world().capacity, HERE, 6);
    expect((await capacityOf().read(world().capacity, HERE)).desired).toBe(6);
  });
  test('capacity: a service that is not there is a clear no', async () => {
    const nowhere = { ...world().capacity, services: { [HERE]: { cluster: 'shop', service: 'no-such-service', baseline: 1 } } };
    await refusal(capacityOf().read(nowhere, HERE), RefusedByAwsError, 'MISSING');
    await refusal(capacityOf().setDesired(nowhere, HERE, 2), RefusedByAwsError, 'ServiceNotFoundException');
  });
}

const KINDS = { 'auto-scaling-group': 'no such group', 'lambda-concurrency': 'ResourceNotFoundException', 'scaling-minimum': 'no such target' } as const;
function otherCapacityCases(test: Case, world: () => World): void {
  for (const [kind, missing] of Object.entries(KINDS)) {
    const plan = () => world().capacities.find((one) => one.kind === kind)!;
    // The names of the things themselves, and what stays as it is: regions, counts, and which API they belong to.
    const elsewhere = () => JSON.parse(JSON.stringify(plan()).replaceAll(/shop-web|shop-api|service\/shop\/web/g, 'service/shop/nothing').replaceAll('"service/shop/nothing"', kind === 'scaling-minimum' ? '"service/shop/nothing"' : '"nothing"')) as CapacityPlan;
    test(`capacity: ${kind}: the count is absolute, and its own bound is told`, async () => {
      const before = await capacityOf().read(plan(), HERE);
      expect(before.desired).toBe(3);
      if (kind !== 'lambda-concurrency') expect(before.most).toBe(8);
      await capacityOf().setDesired(plan(), HERE, 6);
      await capacityOf().setDesired(plan(), HERE, 6);
      expect(await capacityOf().read(plan(), HERE)).toMatchObject({ desired: 6 });
    });
    test(`capacity: ${kind}: what is not there is a clear no`, async () => {
      await refusal(capacityOf().read(elsewhere(), HERE), RefusedByAwsError, missing);
    });
    if (kind !== 'lambda-concurrency') test(`capacity: ${kind}: beyond its own bound is a clear no`, async () => {
      await refusal(capacityOf().setDesired(plan(), HERE, 9), RefusedByAwsError, kind === 'scaling-minimum' ? 'ValidationException' : 'ValidationError');
      expect((await capacityOf().read(plan(), HERE)).desired).toBe(6);
    });
  }
}

function messageCases(test: Case, world: () => World): void {
  const telling = (topic: string) => messengerOf({ region: HERE, table: TABLE }).send(
    { application: 'shop', notifications: { snsTopicArns: { [HERE]: topic } } } as unknown as ApplicationPlan,
    { key: 'k', application: 'shop', incident: 'i', severity: 'page', title: 'Failing over – orders', lines: ['one', 'two'] });

  test('people and buses: a secret is read as text; one that is not there is a clear no', async () => {
    expect(await secretsManager().text(SECRET.id, HERE)).toBe(SECRET.text);
    await refusal(secretsManager().text('hotshift/no-such-secret', HERE), RefusedByAwsError, 'ResourceNotFoundException');
  });
  test('sessions: a parameter is made, kept and replaced; one that is not there is an answer', async () => {
    expect(await sessionsOf().read('/shop/epoch', HERE)).toBeUndefined();
    for (const text of ['{"epoch":1}', '{"epoch":2}', '{"epoch":2}']) await sessionsOf().write('/shop/epoch', HERE, text);
    expect(await sessionsOf().read('/shop/epoch', HERE)).toBe('{"epoch":2}');
  });
  test('sessions: a topic takes the epoch; one that is not there is a clear no', async () => {
    const notice = { application: 'shop', epoch: 2, writer: HERE, pins: {} };
    await sessionsOf().tell(world().topicArn, HERE, notice);
    await refusal(sessionsOf().tell(world().topicArn.replace(/[^:]+$/, 'no-such-topic'), HERE, notice), RefusedByAwsError, 'NotFound');
  });
  test('people and buses: a topic takes the message; without it nobody could be told', async () => {
    await telling(world().topicArn);
    await refusal(telling(world().topicArn.replace(/[^:]+$/, 'no-such-topic')), TryAgainError, 'NotFound');
  });
  test('people and buses: a suspicion is taken by the bus of either region', async () => {
    const suspicion = { application: 'shop', region: HERE, vantagePoint: THERE, incident: 'i', since: 1000, reason: 'no answer' };
    await eventsOf({ eventBus: 'default' }).suspect(suspicion, HERE);
    await eventsOf({ eventBus: 'default' }).suspect(suspicion, THERE);
  });
}

/** The error of ours, which names what AWS's API reference says that it answers. */
export async function refusal(asked: Promise<unknown>, kind: new (message: string) => Error, name: string): Promise<void> {
  const error = await asked.then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toContain(name);
}

/** Asks again until it holds: 150 times, 20 ms apart, are far more than any of the endpoints takes to promote. */
export async function until<T = InstanceFacts | undefined>(ask: () => Promise<T>, holds: (facts: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 150; turn += 1) {
    const facts = await ask();
    if (holds(facts)) return facts;
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  throw new Error('it never came to hold');
}
