// The fence: which proofs count and from which moment, what is ordered and in which order, and what a stale execution may not do.
import { describe, expect, test } from '@jest/globals';
import { LeaseLostError, StoppedByOperatorError } from '../../../domain/errors.ts';
import type { FenceIntent, Permit } from '../../../domain/lease.ts';
import { fence } from '../../../functions/fence/fence.ts';
import { fencing } from '../../../functions/fence/fencing.ts';
import { failover, home, Memory, plan, start, survivor, twoDatabases } from '../ports.ts';

const lifeMs = (plan.permit.ttlSeconds + plan.permit.clockErrorSeconds) * 1000;
const withdrawn: Permit = { application: 'shop', database: 'orders', epoch: 0, writer: home, withdrawn: true, withdrawnAt: start, renewals: { a: start - 500 }, surrenders: {} };
const intent: FenceIntent = { application: 'shop', database: 'orders', region: home, epoch: 1, recordedAt: start, execution: 'run-1' };
const closed = { at: start + 100, networkClosed: true, sessionsEnded: 3, detail: 'closed' };
const unguarded = { ...plan, permit: { ...plan.permit, enforced: false } };

describe('fencing', () => {
  const { withdrawnAt: _, ...untimed } = withdrawn;
  test.each<[string, Permit | undefined, FenceIntent, typeof plan, number, string]>([
    ['a permit lives', withdrawn, intent, plan, start, 'wait'],
    ['a millisecond before the last permit ends', withdrawn, intent, plan, start - 500 + lifeMs - 1, 'wait'],
    ['the last permit ends now', withdrawn, intent, plan, start - 500 + lifeMs, 'fenced'],
    ['every server surrendered', { ...withdrawn, surrenders: { a: 0 } }, intent, plan, start, 'fenced'],
    ['nobody ever held one', { ...withdrawn, renewals: {} }, intent, plan, start, 'fenced'],
    ['the agent read back a closed network', withdrawn, { ...intent, enforced: closed }, plan, start, 'fenced'],
    ['the agent read back an open one: permits still count', withdrawn, { ...intent, enforced: { ...closed, networkClosed: false } }, plan, start, 'wait'],
    ['nothing was ever granted', undefined, intent, plan, start + 9e9, 'unproven'],
    ['the withdrawal cannot be read back', { ...withdrawn, withdrawn: false }, intent, plan, start + 9e9, 'unproven'],
    ['the withdrawal has no time', untimed, intent, plan, start + 9e9, 'unproven'],
    ['no permits are checked: the agent is waited for', withdrawn, intent, unguarded, start + 29_999, 'wait'],
    ['no permits are checked: a tenth of the RTO, then a person', withdrawn, intent, unguarded, start + 30_000, 'unproven'],
    ['no permits are checked, and who was logging in is waited for', withdrawn, { ...intent, enforced: { ...closed, networkClosed: false, settlesAt: start + 120_000 } }, unguarded, start + 130_000, 'wait'],
    ['no permits are checked, and the agent does not come back after that', withdrawn, { ...intent, enforced: { ...closed, networkClosed: false, settlesAt: start + 120_000 } }, unguarded, start + 135_000, 'unproven'],
    ['no permits are checked, and the agent proved it', withdrawn, { ...intent, enforced: closed }, unguarded, start, 'fenced'],
    ['no permits are checked: that they ended proves nothing', { ...withdrawn, renewals: {} }, intent, unguarded, start, 'wait'],
  ])('%s', (_name, permit, order, rule, now, kind) => {
    expect(fencing(permit, order, rule, now, order.recordedAt).kind).toBe(kind);
  });

  test('a wait always ends later than now, and at the latest with the permit', () => {
    const found = fencing(withdrawn, intent, plan, start - 500 + lifeMs - 100, start);
    expect(found).toMatchObject({ kind: 'wait', until: start - 500 + lifeMs });
  });
});

describe('fence', () => {
  const run = (memory: Memory, epoch = 1, database = 'orders') => fence(memory.ports(), memory.plan)({ failover, epoch, database });

  test('withdraws, orders, waits for the last permit and proves it', async () => {
    const memory = new Memory().held();
    memory.permits.set('orders', { ...memory.permits.get('orders')!, renewals: { a: start - 100 } });
    const first = await run(memory);
    expect(first).toMatchObject({ fence: 'waiting' });
    memory.now = start - 100 + lifeMs;
    expect(await run(memory)).toMatchObject({ fence: 'fenced' });
    expect(memory.permits.get('orders')).toMatchObject({ withdrawn: true, withdrawnAt: start });
    expect(memory.intents.get(`orders#${home}`)).toMatchObject({ epoch: 1, recordedAt: start });
    expect(memory.journal.map((entry) => entry.kind)).toEqual(['intent', 'gate']);
  });

  test('the writer is in the survivor already: its permits are left alone, and nothing is ordered', async () => {
    const memory = new Memory().held();
    memory.permits.set('orders', { ...memory.permits.get('orders')!, writer: survivor, renewals: { a: start } });
    expect(await run(memory)).toMatchObject({ fence: 'fenced', proof: expect.stringContaining('nothing to fence') });
    expect(memory.permits.get('orders')?.withdrawn).toBe(false);
    expect(memory.intents.size).toBe(0);
  });

  test('one database does not touch the permits of the other', async () => {
    const memory = new Memory(twoDatabases).held();
    await run(memory, 1, 'stock');
    expect([memory.permits.get('orders')?.withdrawn, memory.permits.get('stock')?.withdrawn]).toEqual([false, true]);
  });

  test('an execution that resumes an older one orders anew under its own epoch, and keeps the time of the withdrawal', async () => {
    const memory = new Memory().held();
    await run(memory);
    memory.now += 200_000;
    memory.held(2, 'run-2');
    expect(await fence(memory.ports(), plan)({ failover: { ...failover, execution: 'run-2' }, epoch: 2, database: 'orders' })).toMatchObject({ fence: 'fenced' });
    expect(memory.permits.get('orders')?.withdrawnAt).toBe(start);
    expect(memory.intents.get(`orders#${home}`)).toMatchObject({ epoch: 2, execution: 'run-2' });
  });

  test.each<[string, (memory: Memory) => void, unknown]>([
    ['a newer epoch holds the lease', (memory) => void memory.held(2, 'run-2'), LeaseLostError],
    ['paused in the meantime', (memory) => { memory.lease = { ...memory.lease, pausedUntil: start + 9000 }; }, StoppedByOperatorError],
    ['a newer order stands', (memory) => void memory.intents.set(`orders#${home}`, { ...intent, epoch: 2 }), LeaseLostError],
    ['a newer grant stands', (memory) => void memory.permits.set('orders', { ...withdrawn, withdrawn: false, epoch: 2 }), LeaseLostError],
  ])('%s: nothing is withdrawn that was not', async (_, change, error) => {
    const memory = new Memory().held();
    change(memory);
    await expect(run(memory)).rejects.toBeInstanceOf(error);
    expect(memory.intents.get(`orders#${home}`)?.epoch).not.toBe(1);
  });

  test.each<['hand-over' | 'proceed', string]>([['hand-over', 'unproven'], ['proceed', 'fenced']])('an unproven fence under the policy %s', async (unprovenFence, result) => {
    const memory = new Memory({ ...plan, policy: { ...plan.policy, unprovenFence } }).held();
    memory.permits.delete('orders');
    const found = await run(memory);
    expect(found.fence).toBe(result);
    if (found.fence === 'fenced') expect(found.proof).toMatch(/^UNPROVEN/);
    expect(memory.gates()).toEqual(['orders: fence']);
  });
});
