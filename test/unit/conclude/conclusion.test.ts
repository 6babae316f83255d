// What an end leaves behind: the lease, the widest window, the page of the runbook.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TryAgainError } from '../../../domain/errors.ts';
import type { Outcome } from '../../../domain/journal.ts';
import type { FenceIntent, Lease } from '../../../domain/lease.ts';
import { conclude } from '../../../functions/conclude/conclude.ts';
import { released, runbookEntry, widest, type LossWindow } from '../../../functions/conclude/conclusion.ts';
import { failover, Memory, plan, start } from '../ports.ts';

const held: Lease = { application: 'shop', epoch: 3, holder: 'run-1', expiresAt: start + 60_000, acknowledgementDue: false, abortExecution: 'run-1', pausedUntil: start + 9000, pausedBy: 'ana' };

describe('released', () => {
  test.each<[Outcome, boolean]>([['Failed over', true], ['Handed to a human', true], ['Stood down', false]])('%s: a person must acknowledge: %s', (outcome, due) => {
    const free = released(held, 'run-1', outcome, plan, start)!;
    expect(free).toMatchObject({ epoch: 3, expiresAt: start, acknowledgementDue: due, pausedUntil: start + 9000 });
    expect('holder' in free || 'abortExecution' in free).toBe(false);
    expect(free.cooldownUntil).toBe(due ? start + plan.policy.cooldownSeconds * 1000 : undefined);
  });

  test('standing down takes no acknowledgement back that was due before', () => {
    expect(released({ ...held, acknowledgementDue: true, cooldownUntil: start + 5 }, 'run-1', 'Stood down', plan, start)).toMatchObject({ acknowledgementDue: true, cooldownUntil: start + 5 });
  });

  test.each<[string, Partial<Lease>]>([['another execution holds it', { holder: 'run-2' }], ['it was given back already', { holder: undefined } as never]])('%s: it is left alone', (_, change) => {
    expect(released({ ...held, abortExecution: 'run-2', ...change }, 'run-1', 'Failed over', plan, start)).toBeUndefined();
  });

  test.each<[string, Partial<Lease>, string | undefined]>([
    ['its own abort goes, another one stays', { abortExecution: 'run-0 run-1 run-2' }, 'run-0 run-2'],
    ['of one that holds nothing, its abort goes as well', { holder: 'run-2', abortExecution: 'run-1 run-2' }, 'run-2'],
  ])('%s', (_, change, left) => {
    const before = { ...held, ...change };
    const after = released(before, 'run-1', 'Handed to a human', plan, start)!;
    expect(after.abortExecution).toBe(left);
    if (before.holder === 'run-2') expect(after).toEqual({ ...before, abortExecution: left });
  });

  test('a failback that ended well leaves no cooldown behind', () => {
    expect(released({ ...held, failback: true, cooldownUntil: start + 5 }, 'run-1', 'Failed back', plan, start)).not.toHaveProperty('cooldownUntil');
  });

  test('the epoch never changes at an end', () => {
    fc.assert(fc.property(fc.nat(), fc.constantFrom<Outcome>('Failed over', 'Stood down', 'Handed to a human'), (epoch, outcome) => {
      expect(released({ ...held, epoch }, 'run-1', outcome, plan, start)?.epoch).toBe(epoch);
    }));
  });
});

describe('widest', () => {
  const window = fc.tuple(fc.nat(1e6), fc.nat(1e5)).map(([from, long]): LossWindow => ({ from, to: from + long, seconds: long / 1000 }));
  test('holds every window in which something could be lost, and is none when there is none', () => {
    fc.assert(fc.property(fc.array(window, { maxLength: 5 }), (windows) => {
      const found = widest(windows);
      const open = windows.filter(({ from, to }) => to > from);
      expect(found === undefined).toBe(open.length === 0);
      for (const { from, to } of open) {
        expect(found!.from).toBeLessThanOrEqual(from);
        expect(found!.to).toBeGreaterThanOrEqual(to);
      }
    }));
  });
});

test.each<[Outcome, string, string]>([
  ['Failed over', 'Confirm service', 'docs/runbook.md#failed-over'], ['Stood down', 'Claim lease', 'docs/runbook.md#stood-down'],
  ['Handed to a human', 'Fence writer', 'docs/runbook.md#handed-over-at-fence-writer'], ['Handed to a human', '', 'docs/runbook.md#handed-over-at-'],
])('the runbook for %s at "%s"', (outcome, step, entry) => {
  expect(runbookEntry(outcome, step)).toBe(entry);
});

describe('conclude', () => {
  const run = (memory: Memory, ports = memory.ports()) => conclude(ports, plan)({ failover, epoch: 1, outcome: 'Failed over', step: 'Confirm service', reason: 'seen', lossWindows: [] });
  test('gives the lease back and journals the end', async () => {
    const memory = new Memory().held();
    memory.now += 42_340;
    expect(await run(memory)).toEqual({ outcome: 'Failed over', step: 'Confirm service', reason: 'seen', epoch: 1, seconds: 42.3, runbook: 'docs/runbook.md#failed-over' });
    expect(memory.lease.holder).toBeUndefined();
    expect(memory.journal).toHaveLength(1);
  });

  test('an execution that lost its lease ends without touching the new holder', async () => {
    const memory = new Memory().held(2, 'run-2');
    const before = memory.lease;
    await run(memory);
    expect(memory.lease).toBe(before);
  });

  test('a person writes at the same moment: it is tried again, and the person\'s word is not lost', async () => {
    const memory = new Memory().held();
    const ports = memory.ports();
    const raced = { ...ports, leases: { ...ports.leases, read: async () => { const lease = memory.lease; memory.lease = { ...lease, pausedUntil: start + 5 }; return lease; } } };
    await expect(run(memory, raced)).rejects.toBeInstanceOf(TryAgainError);
    await run(memory);
    expect(memory.lease).toMatchObject({ pausedUntil: start + 5, acknowledgementDue: true });
  });
});

describe('the window of a fence that only the agent keeps', () => {
  const unguarded = { ...plan, permit: { ...plan.permit, enforced: false } };
  const measured = { from: start, to: start + 2000, seconds: 2 };
  const order: FenceIntent = { application: 'shop', database: 'orders', region: failover.evacuated, epoch: 1, recordedAt: start, execution: 'run-1' };
  const closed = { at: start + 9000, networkClosed: true, sessionsEnded: 1, detail: 'closed' };
  test.each<[string, FenceIntent | undefined, typeof plan, number]>([
    ['reaches to the time at which it was closed again', { ...order, enforced: closed }, unguarded, 9],
    ['reaches to now while it is open', { ...order, enforced: { ...closed, networkClosed: false } }, unguarded, 60],
    ['stays when it was closed before', { ...order, enforced: { ...closed, at: start + 1000 } }, unguarded, 2],
    ['stays without an order', undefined, unguarded, 2],
    ['stays when the order is of another epoch', { ...order, epoch: 2, enforced: closed }, unguarded, 2],
    ['stays when the order was lifted', { ...order, liftedAt: start, enforced: closed }, unguarded, 2],
    ['stays where permits stop the servers', { ...order, enforced: closed }, plan, 2],
  ])('%s', async (_, intent, used, seconds) => {
    const memory = new Memory(used).held();
    if (intent !== undefined) memory.intents.set(`orders#${failover.evacuated}`, intent);
    memory.now += 60_000;
    const found = await conclude(memory.ports(), used)({ failover, epoch: 1, outcome: 'Failed over', step: 'Confirm service', reason: 'seen', lossWindows: [measured] });
    expect(found.lossWindow).toEqual({ from: start, to: start + seconds * 1000, seconds });
    expect(memory.journal.at(-1)).toMatchObject({ evidence: { lossWindow: found.lossWindow } });
  });
});
