// A global database: whose move is adopted, whose is not, and what may go before the one call that allows a loss.
import { describe, expect, test } from '@jest/globals';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import type { PendingMove, PromotionManner } from '../../../domain/ports.ts';
import { fence } from '../../../functions/fence/fence.ts';
import { dependencies } from '../../../functions/promote/dependencies.ts';
import { promotion } from '../../../functions/promote/promotion.ts';
import { promote, type PromoteResult } from '../../../functions/promote/promote.ts';
import { database, failover, Memory, plan, start, survivor } from '../ports.ts';

const aurora: ApplicationPlan = { ...plan, databases: [{ ...database, kind: 'aurora-global', globalCluster: 'orders-global' }] };
const replica = { identifier: 'orders-west', status: 'available', isReplica: true, backupRetentionDays: 7 };
const facts = { inRecovery: true, readAt: start, replayedAt: start - 12_500 };
const ours: PendingMove = { towardsThis: true, target: 'arn:west', losesData: true, status: 'failing-over' };
const foreign: PendingMove = { ...ours, towardsThis: false, target: 'arn:third' };
const next = (pending: PendingMove | undefined, asked?: number, more: Partial<typeof facts> = {}) =>
  promotion({ ...facts, ...more }, { ...replica, ...(pending === undefined ? {} : { pending }) }, asked, start + 900_000, database, start);

describe('a move that is under way', () => {
  test.each<[string, ReturnType<typeof next>, string, string]>([
    ['to another target is never adopted', next(foreign), 'stuck', 'arn:third'],
    ['to another target stops us even when this side says that it writes', next(foreign, undefined, { inRecovery: false }), 'stuck', 'not ours'],
    ['to another target stops us after our own request as well', next(foreign, start - 1000), 'stuck', 'not ours'],
    ['to this side, which nobody of us asked for, is adopted', next(ours), 'adopt', 'failover to this side is failing-over'],
    ['to this side by a switchover is adopted, too', next({ ...ours, losesData: false, status: 'switching-over' }), 'adopt', 'switchover'],
    ['to this side that we asked for is waited for', next(ours, start - 70_000), 'wait', 'failing-over'],
    ['that is being cancelled is waited for and not adopted', next({ ...ours, status: 'cancelling' }), 'wait', 'cancelling'],
  ])('%s', (_, found, kind, reason) => {
    expect(found).toMatchObject({ kind, reason: expect.stringContaining(reason) });
  });
});

describe('promote', () => {
  const world = async (pending?: PendingMove, mode: 'automatic' | 'failback' = 'automatic') => {
    const memory = new Memory(aurora).held();
    memory.instances.set(`orders#${survivor}`, { ...replica, ...(pending === undefined ? {} : { pending }) });
    const manners: PromotionManner[] = [];
    const ports = memory.ports();
    const counted = { ...ports, database: { ...ports.database, promote: async (_: unknown, __: unknown, manner: PromotionManner) => { manners.push(manner); } } };
    const run = (): Promise<PromoteResult> => promote(counted, aurora)({ failover: { ...failover, mode }, epoch: 1, database: 'orders' });
    return { memory, ports, manners, run };
  };

  test('asks for nothing before the fence, in whatever state the database is', async () => {
    const { manners, run } = await world();
    expect(await run()).toMatchObject({ promotion: 'refused', reason: expect.stringContaining('fence') });
    expect(manners).toEqual([]);
  });
  test('asks for a failover after the fence, and for a switchover in a failback', async () => {
    for (const [mode, manner] of [['automatic', 'unplanned'], ['failback', 'planned']] as const) {
      const { memory, ports, manners, run } = await world(undefined, mode);
      if (mode === 'failback') memory.lease = { ...memory.lease, failback: true };
      await fence(ports, aurora)({ failover: { ...failover, mode }, epoch: 1, database: 'orders' });
      expect(await run()).toMatchObject({ promotion: 'waiting' });
      expect(manners).toEqual([manner]);
    }
  });
  test('allows no loss beyond the RPO', async () => {
    const { memory, ports, manners, run } = await world();
    await fence(ports, aurora)({ failover, epoch: 1, database: 'orders' });
    memory.facts.set(`orders#${survivor}`, { inRecovery: true, readAt: start, replayedAt: start - 90_000 });
    expect(await run()).toMatchObject({ promotion: 'refused', reason: expect.stringContaining('RPO') });
    expect(manners).toEqual([]);
  });
  test('an adopted move is journaled once and never asked for', async () => {
    const { memory, manners, run } = await world(ours);
    await run();
    await run();
    expect(manners).toEqual([]);
    expect(memory.journal.filter(({ kind, summary }) => kind === 'intent' && summary.startsWith('orders: adopt: '))).toHaveLength(1);
  });
});

describe('what comes before', () => {
  const [first, second] = [{ ...database, name: 'settings' }, { ...database, name: 'users', after: ['settings'] }];
  const both: ApplicationPlan = { ...plan, databases: [first, second] };
  const line = (step: string, kind: 'gate' | 'result', summary: string, epoch = 1) => ({ execution: 'run-1', application: 'shop', at: start + 5000, step, kind, epoch, summary } as const);
  const state = (entries: readonly ReturnType<typeof line>[], now = start) => dependencies(entries, second, both, 1, start, now);

  test('nothing, for a database that comes after none', () => {
    expect(dependencies([], first, both, 1, start, start)).toEqual({ kind: 'free', since: undefined });
  });
  test('waits until a write was committed under this epoch', () => {
    const proven = line('Promote replica', 'result', 'settings: a write was committed and read back');
    expect(state([])).toMatchObject({ kind: 'wait' });
    expect(state([{ ...proven, epoch: 2 as never }])).toMatchObject({ kind: 'wait' });
    expect(state([proven])).toEqual({ kind: 'free', since: start + 5000 });
  });
  test('is stuck with what it waits for, and never waits for good', () => {
    expect(state([line('Promote replica', 'gate', 'settings: refused: no')])).toMatchObject({ kind: 'stuck', reason: expect.stringContaining('settings') });
    expect(state([line('Fence writer', 'gate', 'settings: unproven: no')])).toMatchObject({ kind: 'stuck' });
    expect(state([], start + (plan.budgets.rtoSeconds + database.promoteTimeoutSeconds + 1) * 1000)).toMatchObject({ kind: 'stuck', reason: expect.stringContaining('nothing was heard') });
  });
  test('a shard that stays is not waited for', () => {
    expect(dependencies([{ ...line('Assess survivor', 'gate', 'safe'), evidence: { staying: ['settings'] } }], second, both, 1, start, start)).toMatchObject({ kind: 'free' });
  });
});
