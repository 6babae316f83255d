// The stores against a table that evaluates conditions: who wins a race, what a repeat changes, what garbage does.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { approvalStore } from '../../../adapters/approval-store.ts';
import { incidentStore } from '../../../adapters/incident-store.ts';
import { intentStore } from '../../../adapters/intent-store.ts';
import { journal } from '../../../adapters/journal.ts';
import { leaseStore } from '../../../adapters/lease-store.ts';
import { observationStore } from '../../../adapters/observation-store.ts';
import { permitStore } from '../../../adapters/permit-store.ts';
import { table, type Table } from '../../../adapters/table.ts';
import type { JournalEntry } from '../../../domain/journal.ts';
import type { FenceIntent, Lease } from '../../../domain/lease.ts';
import type { Observation } from '../../../domain/observation.ts';
import { DynamoDbStub } from './dynamodb-stub.ts';
import { json, leadingTo } from './wire.ts';

let stub: DynamoDbStub;
let items: Table;
let client: DynamoDBClient;

beforeEach(async () => {
  stub = await new DynamoDbStub().start();
  client = new DynamoDBClient(leadingTo(stub.wire, 'us-east-1', 'state', 3_000));
  items = table(client, 'hotshift');
});
afterEach(async () => { client.destroy(); await stub.wire.stop(); });

const stored = (key: string) => stub.items.get(key);
const throttled = () => json({ __type: 'ThrottlingException', message: 'slow down' }, 400);

describe('lease', () => {
  const unclaimed: Lease = { application: 'shop', epoch: 0, expiresAt: 0, acknowledgementDue: false };
  const held: Lease = { application: 'shop', epoch: 1, holder: 'run-1', expiresAt: 5000, incident: 'i-1', evacuated: 'us-east-1', acknowledgementDue: true };

  test('an application without a lease has epoch 0', async () => {
    expect(await leaseStore(items).read('shop')).toEqual(unclaimed);
  });
  test('what was written is read, absent fields stay absent', async () => {
    expect(await leaseStore(items).replace(unclaimed, held)).toBe(true);
    expect(await leaseStore(items).read('shop')).toEqual(held);
  });
  test('of two that claim from the same reading one wins', async () => {
    const store = leaseStore(items);
    const outcomes = await Promise.all([store.replace(unclaimed, held), store.replace(unclaimed, { ...held, holder: 'run-2' })]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect((await store.read('shop')).holder).toBe(outcomes[0] ? 'run-1' : 'run-2');
  });
  test.each([
    ['epoch', { epoch: 2 }], ['holder', { holder: 'run-9' }], ['expiry', { expiresAt: 9999 }],
    ['incident', { incident: 'i-2' }], ['evacuated region', { evacuated: 'eu-west-1' }], ['cooldown', { cooldownUntil: 7 }],
    ['pause', { pausedUntil: 777 }], ['author of a pause', { pausedBy: 'alice' }], ['abort', { abortExecution: 'run-1' }], ['acknowledgement', { acknowledgementDue: false }],
  ])('an extension does not overwrite a changed %s', async (_what, change) => {
    const store = leaseStore(items);
    await store.replace(unclaimed, held);
    await store.replace(held, { ...held, ...change });
    expect(await store.replace(held, { ...held, expiresAt: 6000 })).toBe(false);
    expect(await store.read('shop')).toEqual({ ...held, ...change });
  });
  test('a pause before the first lease is stored and guards the claim', async () => {
    const store = leaseStore(items);
    const paused = { ...unclaimed, pausedUntil: 99, pausedBy: 'alice' };
    expect(await store.replace(unclaimed, paused)).toBe(true);
    expect(await store.replace(unclaimed, held)).toBe(false);
    expect(await store.replace(paused, held)).toBe(true);
  });
  test('an item that equals the unclaimed lease is compared as such', async () => {
    const store = leaseStore(items);
    await store.replace(unclaimed, unclaimed);
    expect(await store.replace(unclaimed, held)).toBe(true);
  });
  test('an answer that was lost after the write is a success, not a lost race', async () => {
    stub.faults.push((act) => { act(); return json({ __type: 'InternalServerError', message: 'lost' }, 500); });
    expect(await leaseStore(items).replace(unclaimed, held)).toBe(true);
  });
  test('silence after the write is a success too, once the repeat answers', async () => {
    stub.faults.push((act) => { act(); return undefined; });
    expect(await leaseStore(items).replace(unclaimed, held)).toBe(true);
  });
  test('throttled throughout: try again', async () => {
    stub.faults.push(throttled, throttled, throttled);
    await expect(leaseStore(items).read('shop')).rejects.toMatchObject({ name: 'TryAgainError', message: expect.stringContaining('dynamodb:GetItem on hotshift/app#shop/lease') });
    expect(stub.wire.calls).toHaveLength(3);
  });
  test('a conflict with a write in another region: try again', async () => {
    const conflict = () => json({ __type: 'ReplicatedWriteConflictException', message: 'another region' }, 400);
    stub.faults.push(conflict, conflict, conflict);
    await expect(leaseStore(items).replace(unclaimed, held)).rejects.toMatchObject({ name: 'TryAgainError' });
  });
  test('no permission: refused, with action and table', async () => {
    stub.faults.push(() => json({ __type: 'AccessDeniedException', message: 'not authorized' }, 400));
    await expect(leaseStore(items).read('shop')).rejects.toMatchObject({ name: 'RefusedByAwsError', message: expect.stringContaining('dynamodb:GetItem') });
  });
  test('garbage instead of JSON: unexpected', async () => {
    stub.faults.push(() => ({ body: '<html>', headers: { 'content-type': 'application/x-amz-json-1.0' } }));
    await expect(leaseStore(items).read('shop')).rejects.toMatchObject({ name: 'UnexpectedAnswerError' });
  });
  test('a malformed item is not guessed at', async () => {
    stub.items.set('app#shop lease', { pk: { S: 'app#shop' }, sk: { S: 'lease' }, application: { S: 'shop' }, epoch: { S: 'seven' } });
    await expect(leaseStore(items).read('shop')).rejects.toMatchObject({ name: 'UnexpectedAnswerError', message: expect.stringContaining('epoch') });
  });
});

describe('permit', () => {
  const granted = { application: 'shop', database: 'orders', epoch: 1, writer: 'us-east-1' };
  const store = () => permitStore(items);
  const read = () => store().read('shop', 'orders');
  const renew = (server = 'app-1', renewedAt = 123, more: Record<string, { N: string }> = {}) =>
    stub.items.set(`renewals#shop#orders ${server}`, { pk: { S: 'renewals#shop#orders' }, sk: { S: server }, renewedAt: { N: String(renewedAt) }, ...more });

  test('a first grant starts without renewals', async () => {
    expect(await read()).toBeUndefined();
    expect(await store().grant(granted)).toBe(true);
    expect(await read()).toEqual({ ...granted, withdrawn: false, renewals: {}, surrenders: {} });
  });
  test('the same grant again stands, with its renewals', async () => {
    await store().grant(granted);
    renew();
    expect(await store().grant(granted)).toBe(true);
    expect((await read())?.renewals).toEqual({ 'app-1': 123 });
  });
  test.each([['an older epoch', { epoch: 0 }], ['another writer under the same epoch', { writer: 'eu-west-1' }]])('%s is refused', async (_what, change) => {
    await store().grant(granted);
    expect(await store().grant({ ...granted, ...change })).toBe(false);
    expect((await read())?.writer).toBe('us-east-1');
  });
  test('a withdrawal keeps renewals, and its first time when repeated', async () => {
    await store().grant(granted);
    renew();
    expect(await store().withdraw('shop', 'orders', 2, 1000)).toBe(true);
    expect(await store().withdraw('shop', 'orders', 2, 2000)).toBe(true);
    expect(await read()).toEqual({ ...granted, withdrawn: true, withdrawnAt: 1000, renewals: { 'app-1': 123 }, surrenders: {} });
  });
  test('a newer failover withdraws again; the time of the first withdrawal still counts', async () => {
    await store().grant(granted);
    await store().withdraw('shop', 'orders', 2, 1000);
    expect(await store().withdraw('shop', 'orders', 3, 3000)).toBe(true);
    expect((await read())?.withdrawnAt).toBe(1000);
  });
  test('a withdrawn grant cannot be revived under its own epoch', async () => {
    await store().grant(granted);
    await store().withdraw('shop', 'orders', 2, 1000);
    expect(await store().grant(granted)).toBe(false);
  });
  test('a new grant after the withdrawal keeps the renewals: their servers may still hold a permit', async () => {
    await store().grant(granted);
    renew();
    await store().withdraw('shop', 'orders', 2, 1000);
    expect(await store().grant({ ...granted, epoch: 2, writer: 'eu-west-1' })).toBe(true);
    expect(await read()).toEqual({ ...granted, epoch: 2, writer: 'eu-west-1', withdrawn: false, renewals: { 'app-1': 123 }, surrenders: {} });
  });
  test('every server is read, also when they come in pages, with its surrender', async () => {
    await store().grant(granted);
    for (let index = 0; index < 5; index += 1) renew(`us-east-1/${index}`, index, index === 3 ? { surrendered: { N: '1' } } : {});
    expect(await read()).toMatchObject({ renewals: { 'us-east-1/0': 0, 'us-east-1/1': 1, 'us-east-1/2': 2, 'us-east-1/3': 3, 'us-east-1/4': 4 }, surrenders: { 'us-east-1/3': 1 } });
  });
  test('renewals are listed after the permit was read: what was renewed before a withdrawal that is seen is there', async () => {
    await store().grant(granted);
    // The withdrawal arrives before the reading, and the renewal of a server that had just been told that its permit stands before that.
    stub.faults.push((act) => { renew('late', 999); stub.items.set('app#shop permit#orders', { ...stored('app#shop permit#orders')!, withdrawn: { BOOL: true }, withdrawnAt: { N: '1000' } }); return act(); });
    expect(await read()).toMatchObject({ withdrawn: true, renewals: { late: 999 } });
    expect(stub.wire.calls.slice(-2).map(({ headers }) => String(headers['x-amz-target']).split('.')[1])).toEqual(['GetItem', 'Query']);
  });
  test('a malformed renewal is not passed over', async () => {
    await store().grant(granted);
    stub.items.set('renewals#shop#orders x', { pk: { S: 'renewals#shop#orders' }, sk: { S: 'x' }, renewedAt: { S: 'soon' } });
    await expect(read()).rejects.toMatchObject({ name: 'UnexpectedAnswerError', message: expect.stringContaining('renewal of shop/orders') });
  });
  test('a server is forgotten only as it was seen, and twice is once', async () => {
    await store().grant(granted);
    renew();
    await store().forget('shop', 'orders', 'app-1', 122);
    expect((await read())?.renewals).toEqual({ 'app-1': 123 });
    await store().forget('shop', 'orders', 'app-1', 123);
    await store().forget('shop', 'orders', 'app-1', 123);
    expect((await read())?.renewals).toEqual({});
  });
  test('a failover that was overtaken neither withdraws nor grants', async () => {
    await store().grant(granted);
    await store().withdraw('shop', 'orders', 3, 1000);
    expect(await store().withdraw('shop', 'orders', 2, 2000)).toBe(false);
    expect(await store().grant({ ...granted, epoch: 2, writer: 'eu-west-1' })).toBe(false);
    expect(await store().grant({ ...granted, epoch: 3, writer: 'eu-west-1' })).toBe(true);
    expect(await store().withdraw('shop', 'orders', 2, 2000)).toBe(false);
  });
  test('a fence that is repeated after its own grant leaves the grant alone', async () => {
    await store().grant({ ...granted, epoch: 2, writer: 'eu-west-1' });
    expect(await store().withdraw('shop', 'orders', 2, 2000)).toBe(true);
    expect((await read())?.withdrawn).toBe(false);
  });
  test('nothing granted: nothing to withdraw, and nothing is invented', async () => {
    expect(await store().withdraw('shop', 'orders', 2, 2000)).toBe(true);
    expect(await read()).toBeUndefined();
  });
  test('an endpoint that does not return the old item is asked for it', async () => {
    await store().grant({ ...granted, epoch: 5 });
    stub.faults.push(() => json({ __type: 'ConditionalCheckFailedException', message: 'no item shown' }, 400));
    expect(await store().withdraw('shop', 'orders', 2, 2000)).toBe(false);
  });
});

describe('fence intent', () => {
  const intent: FenceIntent = { application: 'shop', database: 'orders', region: 'us-east-1', epoch: 2, recordedAt: 1000, execution: 'run-1' };
  const proof = { at: 1500, networkClosed: true, sessionsEnded: 4, detail: 'closed' };
  const store = () => intentStore(items);

  test('the same order twice is one, with the first time and its proof', async () => {
    expect(await store().record(intent)).toBe(true);
    await store().recordProof(intent, proof);
    expect(await store().record({ ...intent, recordedAt: 9000 })).toBe(true);
    expect(await store().read('shop', 'orders', 'us-east-1')).toEqual({ ...intent, enforced: proof });
  });
  test('a newer order replaces an older one and its proof, never the other way round', async () => {
    await store().record(intent);
    await store().recordProof(intent, proof);
    expect(await store().record({ ...intent, epoch: 3 })).toBe(true);
    expect((await store().read('shop', 'orders', 'us-east-1'))?.enforced).toBeUndefined();
    expect(await store().record(intent)).toBe(false);
  });
  test('a proof for a replaced order is not written to the new one', async () => {
    await store().record({ ...intent, epoch: 3 });
    await expect(store().recordProof(intent, proof)).rejects.toMatchObject({ name: 'TryAgainError' });
    expect((await store().read('shop', 'orders', 'us-east-1'))?.enforced).toBeUndefined();
  });
  test('open orders of one region, over several pages, without lifted ones', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    for (const database of names) await store().record({ ...intent, database });
    await store().record({ ...intent, database: 'lifted', liftedAt: 9 });
    await store().record({ ...intent, database: 'elsewhere', region: 'eu-west-1' });
    expect((await store().listOpen('shop', 'us-east-1')).map((entry) => entry.database).sort()).toEqual([...names].sort());
  });
});

describe('incident', () => {
  const store = (now = 5000) => incidentStore(items, { now: () => now });

  test('all who open get one name, also at the same moment', async () => {
    const names = await Promise.all([1000, 1001, 1002].map((at) => store().open('shop', 'us-east-1', at)));
    expect(new Set(names).size).toBe(1);
    expect(names[0]).toMatch(/^shop-us-east-1-19700101T000001\d{3}Z$/);
  });
  test('after it was closed a new one opens; a second close changes nothing', async () => {
    const first = await store().open('shop', 'us-east-1', 1000);
    await store().close('shop', 'us-east-1', first);
    const second = await store().open('shop', 'us-east-1', 7000);
    await store(9000).close('shop', 'us-east-1', first);
    expect(second).not.toBe(first);
    expect(await store().open('shop', 'us-east-1', 8000)).toBe(second);
  });
});

describe('observation', () => {
  const seen: Observation = { application: 'shop', vantagePoint: 'eu-west-1', target: 'us-east-1', at: 2000, result: 'down', reason: 'timed-out', latencyMs: 2000.5, consecutiveFailures: 2, failingSince: 1000, write: 'unknown' };

  test('each vantage point and target has its newest view', async () => {
    const store = observationStore(items);
    for (const target of ['us-east-1', 'eu-west-1']) for (const vantagePoint of ['us-east-1', 'eu-west-1', 'ap-south-1']) await store.put({ ...seen, target, vantagePoint });
    await store.put({ ...seen, at: 3000, result: 'up', consecutiveFailures: 0 });
    const all = await store.list('shop');
    expect(all).toHaveLength(6);
    expect(all.filter((entry) => entry.at === 3000)).toHaveLength(1);
  });
  test('a late older view does not replace a newer one', async () => {
    const store = observationStore(items);
    await store.put(seen);
    await store.put({ ...seen, at: 1999, result: 'up' });
    expect(await store.list('shop')).toEqual([seen]);
  });
});

describe('journal', () => {
  const entry: JournalEntry = { execution: 'run-1', application: 'shop', at: 1700000000000, step: 'Fence writer', kind: 'intent', summary: 'orders', epoch: 2 };

  test('entries come back in order of time, as they were', async () => {
    const gates = [{ gate: 'lag', passed: false, value: '∞', threshold: '30 s' }];
    const later: JournalEntry = { ...entry, at: 1700000000500, step: 'Assess', kind: 'gate', gates, evidence: { lag: [1, { deep: null }] } };
    await journal(items).record(later);
    await journal(items).record(entry);
    await journal(items).record({ ...entry, at: 999 });
    expect(await journal(items).list('run-1')).toEqual([{ ...entry, at: 999 }, entry, later]);
  });
  test('the same entry twice is one', async () => {
    await journal(items).record({ ...entry, evidence: { a: 1 }, gates: [{ gate: 'g', passed: true, value: 'v', threshold: 't' }] });
    await journal(items).record({ ...entry, evidence: { a: 1 }, gates: [{ gate: 'g', passed: true, value: 'v', threshold: 't' }] });
    expect(await journal(items).list('run-1')).toHaveLength(1);
  });
  test('two entries of parallel branches in one millisecond both stay', async () => {
    await Promise.all([journal(items).record(entry), journal(items).record({ ...entry, summary: 'customers' }), journal(items).record({ ...entry, summary: 'stock' })]);
    expect((await journal(items).list('run-1')).map((each) => each.summary).sort()).toEqual(['customers', 'orders', 'stock']);
  });
  test('an infinite figure in the evidence is kept as a word', async () => {
    await journal(items).record({ ...entry, evidence: { lagSeconds: Infinity } });
    expect((await journal(items).list('run-1'))[0]?.evidence).toEqual({ lagSeconds: 'Infinity' });
  });
});

test('a waiting approval keeps its newest token', async () => {
  const store = approvalStore(items, { now: () => 42 });
  await store.ask('run-1', 'shop', 'token-1', 'sure?', { epoch: 3, needed: 1 });
  await store.ask('run-1', 'shop', 'token-2', 'sure?', { epoch: 3, needed: 2 });
  expect(stored('app#shop approval#run-1')).toMatchObject({ taskToken: { S: 'token-2' }, epoch: { N: '3' }, needed: { N: '2' }, askedAt: { N: '42' }, summary: { S: 'sure?' } });
});
