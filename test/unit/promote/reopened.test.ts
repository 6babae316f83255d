// A fence that only the agent keeps: what others open again is waited for, and the loss window reaches to the last time at which it was closed.
import { describe, expect, test } from '@jest/globals';
import type { FenceIntent, FenceProof } from '../../../domain/lease.ts';
import { fence } from '../../../functions/fence/fence.ts';
import { writesEndedAt, type Fenced } from '../../../functions/promote/loss.ts';
import { promote, type PromoteResult } from '../../../functions/promote/promote.ts';
import { database, failover, home, Memory, plan, start, survivor } from '../ports.ts';

const unguarded = { ...plan, permit: { ...plan.permit, enforced: false } };
const KEY = `orders#${home}`;
const closed: FenceProof = { at: start, networkClosed: true, sessionsEnded: 2, detail: 'closed' };
const order: FenceIntent = { application: 'shop', database: 'orders', region: home, epoch: 1, recordedAt: start, execution: 'run-1' };

describe('since when the old writer has taken no write', () => {
  const lapseMs = (plan.permit.ttlSeconds + plan.permit.clockErrorSeconds) * 1000;
  const by = (byAgent: boolean, afterMs = 1000): Fenced => ({ at: start + afterMs, byAgent });
  const proven = (afterMs: number, networkClosed = true) => ({ ...order, enforced: { ...closed, networkClosed, at: start + afterMs } });
  test.each<[string, FenceIntent, Fenced | undefined, boolean, number]>([
    ['without permits, when the agent closed it', proven(500), by(true), false, 500],
    ['without permits, when the agent closed it again', proven(20_000), by(true), false, 20_000],
    ['without permits, not yet while it is open', proven(20_000, false), by(true), false, 60_000],
    ['with permits, when the agent closed it', proven(500), by(true), true, 500],
    ['with permits, when they had ended, whenever the agent comes', proven(20_000), by(false), true, 1000],
    ['with permits, when they had ended and no agent came', order, by(false), true, 1000],
    ['with permits, once they have ended when the agent closed it again', proven(20_000), by(true), true, lapseMs],
    ['with permits, when the agent closed it again before they had ended', proven(2000), by(true), true, 2000],
    ['with permits that had ended before the agent closed it for the first time', proven(40_000), by(true, 30_000), true, 30_000],
    ['when nobody has called it fenced, when the agent closed it', proven(500), undefined, true, 500],
    ['when nobody has proven anything, not yet', order, undefined, true, 60_000],
  ])('%s', (_, intent, fenced, enforced, afterMs) => {
    expect(writesEndedAt(intent, fenced, { ...plan.permit, enforced }, start + 60_000) - start).toBe(afterMs);
  });
});

describe('without permits', () => {
  const prove = (memory: Memory, change: Partial<FenceProof> = {}): void => void memory.intents.set(KEY, { ...memory.intents.get(KEY)!, enforced: { ...closed, at: memory.now, ...change } });
  /** Fenced by the agent, asked for, and out of recovery half a minute later. */
  async function promoted(used = unguarded): Promise<Memory> {
    const memory = new Memory(used).held();
    await fence(memory.ports(), used)({ failover, epoch: 1, database: 'orders' });
    prove(memory);
    await fence(memory.ports(), used)({ failover, epoch: 1, database: 'orders' });
    await run(memory);
    memory.now += 30_000;
    expect(memory.facts.get(`orders#${survivor}`)?.inRecovery).toBe(false);
    return memory;
  }
  const run = (memory: Memory): Promise<PromoteResult> => promote(memory.ports(), memory.plan)({ failover, epoch: 1, database: 'orders' });

  test('an old writer that the agent says is open keeps writes from the new one until it is closed again, and the window reaches to then', async () => {
    const memory = await promoted();
    prove(memory, { networkClosed: false, detail: 'about to revoke 1 rules' });
    expect(await run(memory)).toMatchObject({ promotion: 'waiting', reason: expect.stringContaining('is not closed any more: about to revoke 1 rules') });
    expect(memory.writeProbes).toEqual([]);
    memory.now += 5000;
    prove(memory);
    const closedAt = memory.now;
    memory.now += 5000;
    expect(await run(memory)).toMatchObject({ promotion: 'writable', lossWindow: { to: closedAt } });
  });

  test('one that stays open until the time is up is handed to a person', async () => {
    const memory = await promoted();
    prove(memory, { networkClosed: false });
    memory.now += database.promoteTimeoutSeconds * 1000;
    memory.held();
    expect(await run(memory)).toMatchObject({ promotion: 'refused', reason: expect.stringContaining('is not closed any more') });
  });

  test('a policy that goes on without a proof does not wait for one', async () => {
    const memory = await promoted({ ...unguarded, policy: { ...plan.policy, unprovenFence: 'proceed' } });
    prove(memory, { networkClosed: false });
    expect(await run(memory)).toMatchObject({ promotion: 'writable', lossWindow: { to: memory.now } });
  });

  test('nor do permits, which stop servers wherever they can connect', async () => {
    const memory = await promoted(plan);
    prove(memory, { networkClosed: false });
    expect(await run(memory)).toMatchObject({ promotion: 'writable' });
  });
});
