// The verb of promotion: it asks once, resumes from what it finds, refuses without a fence, and measures what may be lost.
import { describe, expect, test } from '@jest/globals';
import { InvalidInputError, LeaseLostError, TryAgainError } from '../../../domain/errors.ts';
import type { Ports } from '../../../domain/ports.ts';
import { fence } from '../../../functions/fence/fence.ts';
import { promote, type PromoteResult } from '../../../functions/promote/promote.ts';
import { database, failover, home, Memory, plan, start, survivor } from '../ports.ts';

const replicaKey = `orders#${survivor}`;
/** A world whose old writer is fenced under epoch 1. */
async function fenced(memory = new Memory()): Promise<Memory> {
  memory.held();
  await fence(memory.ports(), memory.plan)({ failover, epoch: 1, database: 'orders' });
  return memory;
}
const run = (memory: Memory, ports: Ports = memory.ports(), epoch = 1, who = failover): Promise<PromoteResult> => promote(ports, memory.plan)({ failover: who, epoch, database: 'orders' });
const database_ = (ports: Ports, change: Partial<Ports['database']>): Ports => ({ ...ports, database: { ...ports.database, ...change } });

test('asks RDS, waits, proves a write and tells the window', async () => {
  const memory = await fenced();
  const fencedAt = memory.now;
  expect(await run(memory)).toMatchObject({ promotion: 'waiting', nextCheckAt: new Date(memory.now + database.pollSeconds * 1000).toISOString() });
  memory.now += 30_000;
  const done = await run(memory);
  expect(done).toMatchObject({ promotion: 'writable', lossWindow: { from: start - 13_500, to: fencedAt } });
  expect(memory.promotions).toEqual(['orders']);
  expect(memory.writeProbes).toEqual(['orders']);
});

test('without a fence it refuses, and says which gate', async () => {
  const memory = new Memory().held();
  const found = await run(memory);
  expect(found).toMatchObject({ promotion: 'refused', reason: expect.stringMatching(/^orders: fence intent is missing.*fence is not proven/) });
  expect(memory.promotions).toEqual([]);
});

test.each<[string, (memory: Memory) => void, RegExp]>([
  ['somebody grants permits again', (memory) => void memory.permits.set('orders', { ...memory.permits.get('orders')!, withdrawn: false }), /fence is not proven/],
  ['the order is lifted', (memory) => void memory.intents.set(`orders#${home}`, { ...memory.intents.get(`orders#${home}`)!, liftedAt: start }), /fence intent/],
  ['more writes are seen than the replica holds', (memory) => void memory.see({ ...memory.observations.get(`eu-west-2#${home}`)!, lastWriteAt: start + 60_000 }), /RPO is 72\.2 s could be lost/],
])('between the fence and the promotion %s: it refuses', async (_, change, reason) => {
  const memory = await fenced();
  change(memory);
  const found = await run(memory);
  expect(found).toMatchObject({ promotion: 'refused', reason: expect.stringMatching(reason) });
  expect(memory.promotions).toEqual([]);
});

test('a lease that is lost while the intent is journaled stops the one call that cannot be undone', async () => {
  const memory = await fenced();
  const ports = memory.ports();
  const robbed: Ports = { ...ports, journal: { ...ports.journal, record: async (entry) => { await ports.journal.record(entry); if (entry.kind === 'intent') memory.held(2, 'run-2'); } } };
  await expect(run(memory, robbed)).rejects.toBeInstanceOf(LeaseLostError);
  expect(memory.promotions).toEqual([]);
});

describe('time', () => {
  test('a replica that gives no answer is looked at again, until the deadline that counts from the fence', async () => {
    const memory = await fenced();
    const silent = database_(memory.ports(), { facts: async () => Promise.reject(new TryAgainError('timed out')), describe: async () => Promise.reject(new TryAgainError('timed out')) });
    expect(await run(memory, silent)).toMatchObject({ promotion: 'waiting' });
    memory.now = start + database.promoteTimeoutSeconds * 1000;
    memory.held();
    expect(await run(memory, silent)).toMatchObject({ promotion: 'refused', reason: expect.stringMatching(/not writable after 900 s/) });
  });

  test('a promoted database that takes no write is waited for, then handed over', async () => {
    const memory = await fenced();
    await run(memory);
    const readOnly = database_(memory.ports(), { writeProbe: async () => Promise.reject(new Error('read-only')) });
    expect(await run(memory, readOnly)).toMatchObject({ promotion: 'waiting', reason: expect.stringContaining('read-only') });
    memory.now = start + database.promoteTimeoutSeconds * 1000;
    memory.held();
    expect(await run(memory, readOnly)).toMatchObject({ promotion: 'refused', reason: expect.stringContaining('not writable in time') });
  });
});

describe('the loss window', () => {
  test('nothing can be lost where the writer was in the survivor already', async () => {
    const memory = new Memory();
    memory.permits.set('orders', { ...memory.permits.get('orders')!, writer: survivor });
    memory.facts.set(replicaKey, { inRecovery: false, readAt: start });
    await fenced(memory);
    expect(await run(memory)).toMatchObject({ promotion: 'writable', lossWindow: { seconds: 0 } });
    expect(memory.promotions).toEqual([]);
  });

  test('an engine that forgot what it replayed last: what was read before it was asked stands', async () => {
    const memory = await fenced();
    await run(memory);
    memory.facts.set(replicaKey, { inRecovery: false, readAt: start });
    expect(await run(memory)).toMatchObject({ lossWindow: { from: start - 13_500 } });
  });

  test('nobody knows what it replayed last: the window has no beginning', async () => {
    const memory = await fenced();
    memory.facts.set(replicaKey, { inRecovery: false, heartbeatAt: start - 1000, readAt: start });
    expect(await run(memory)).toMatchObject({ promotion: 'writable', lossWindow: { from: 0, to: start } });
  });

  test('a replica that somebody promoted long ago is no replica of this database any more', async () => {
    const memory = await fenced();
    memory.facts.set(replicaKey, { inRecovery: false, heartbeatAt: start - 300_000, readAt: start });
    expect(await run(memory)).toMatchObject({ promotion: 'refused', reason: expect.stringMatching(/it left recovery, and no failover asked for that: RPO is .* could be lost/) });
    expect(memory.writeProbes).toEqual([]);
  });

  test('an execution that died after its proof has not told anybody: the one that resumes tells the same window', async () => {
    const memory = await fenced();
    await run(memory);
    const first = await run(memory);
    await memory.ports().permits.grant({ application: 'shop', database: 'orders', epoch: 1, writer: survivor });
    memory.now += 300_000;
    memory.held(2, 'run-2');
    const who = { ...failover, execution: 'run-2' };
    expect(await fence(memory.ports(), plan)({ failover: who, epoch: 2, database: 'orders' })).toMatchObject({ fence: 'fenced' });
    const resumed = await run(memory, memory.ports(), 2, who);
    expect(first.promotion === 'writable' && first.lossWindow.seconds > 0).toBe(true);
    expect(resumed).toMatchObject({ promotion: 'writable', lossWindow: (first as { lossWindow: object }).lossWindow });
  });
});

test('an unknown database is named with the known ones', async () => {
  await expect(promote(new Memory().held().ports(), plan)({ failover, epoch: 1, database: 'bills' })).rejects.toThrow(new InvalidInputError('database: bills is not in the plan of shop; known: orders'));
});
