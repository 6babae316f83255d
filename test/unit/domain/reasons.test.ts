// Why an execution may not act any more, in words; who takes over from whom; and what a repeated reading of the lease finds.
import { describe, expect, test } from '@jest/globals';
import { authority, holdLease } from '../../../domain/authority.ts';
import { LeaseLostError, StoppedByOperatorError } from '../../../domain/errors.ts';
import { exposureSeconds } from '../../../domain/exposure.ts';
import type { Lease } from '../../../domain/lease.ts';
import { survivorOf, vantagePointsOf } from '../../../domain/plan.ts';
import { failover, home, Memory, plan, seen, start, survivor, witness } from '../ports.ts';

const mine: Lease = { application: 'shop', epoch: 3, holder: 'run-1', expiresAt: start + 60_000, acknowledgementDue: false };
const iso = (at: number): string => new Date(at).toISOString();

describe('who lost the right is told how', () => {
  test.each<[string, Partial<Lease>, string]>([
    ['another epoch', { epoch: 4 }, 'the epoch is 4, this execution has epoch 3'],
    ['another holder', { holder: 'run-2' }, 'the lease is held by run-2, not by run-1'],
    ['too little is left', { expiresAt: start + 1500 }, `1.5 s are left of the lease; ${plan.lease.marginSeconds} s must be`],
    ['it expired', { expiresAt: start - 2500 }, `-2.5 s are left of the lease; ${plan.lease.marginSeconds} s must be`],
    ['a person asked it to stop', { abortExecution: 'run-1' }, 'a person asked run-1 to stop'],
    ['a person paused it', { pausedUntil: start + 9000, pausedBy: 'ana' }, `paused by ana until ${iso(start + 9000)}`],
    ['somebody paused it', { pausedUntil: start + 9000 }, `paused by a person until ${iso(start + 9000)}`],
  ])('%s', (_, change, reason) => {
    expect(authority({ ...mine, ...change }, 'run-1', 3, plan.lease, start)).toMatchObject({ reason });
  });
});

describe('holding the lease', () => {
  test.each<[string, Partial<Lease>, unknown, string]>([
    ['another execution holds it', { epoch: 4, holder: 'run-2' }, LeaseLostError, 'the epoch is 4, this execution has epoch 3'],
    ['it is paused', { pausedUntil: start + 9000, pausedBy: 'ana' }, StoppedByOperatorError, `paused by ana until ${iso(start + 9000)}`],
    ['it is to stop', { abortExecution: 'run-1' }, StoppedByOperatorError, 'a person asked run-1 to stop'],
  ])('is refused by name, and writes nothing, when %s', async (_, change, kind, message) => {
    const memory = new Memory().held(3);
    memory.lease = { ...memory.lease, ...change };
    const before = memory.lease;
    const holding = holdLease(memory.ports(), failover, 3, plan.lease);
    await expect(holding).rejects.toBeInstanceOf(kind);
    await expect(holding).rejects.toThrow(message);
    expect(memory.lease).toBe(before);
  });

  test('reads the lease of the application that it belongs to, each time', async () => {
    const memory = new Memory().held(3);
    const asked: string[] = [];
    const ports = memory.ports();
    const leases = { read: async (application: string) => { asked.push(application); return memory.lease; }, replace: async () => false };
    expect(await holdLease({ ...ports, leases }, failover, 3, plan.lease)).toBe(memory.lease);
    expect(asked).toEqual(['shop', 'shop']);
  });

  test('after a lost race is judged at the time of the second reading', async () => {
    const memory = new Memory().held(3);
    const ports = memory.ports();
    const slow = { ...ports, leases: { ...ports.leases, replace: async () => { memory.now = memory.lease.expiresAt; return false; } } };
    await expect(holdLease(slow, failover, 3, plan.lease)).rejects.toThrow(/^0\.0 s are left of the lease/);
  });
});

describe('the pair and its witness', () => {
  test('each region of the pair is the survivor of the other', () => {
    expect([survivorOf(plan, home), survivorOf(plan, survivor)]).toEqual([survivor, home]);
  });

  test('all three look, the witness last', () => {
    expect(vantagePointsOf(plan)).toEqual([home, survivor, witness]);
  });
});

test('a write in the evacuated region counts also when the application there named no writer', () => {
  const { writer: _, ...anonymous } = seen(witness, home, 'down', { lastWriteAt: start });
  expect(exposureSeconds({ inRecovery: true, replayedAt: start - 2000, readAt: start }, [anonymous], home)).toBe(2);
});

test('what is exposed is seconds between two commits: views that saw no write, and writes to the survivor itself, count for nothing', () => {
  const observations = [seen(witness, home, 'down'), seen(home, survivor, 'up', { writer: survivor, lastWriteAt: start }), seen(survivor, home, 'down', { lastWriteAt: start - 500 })];
  expect(exposureSeconds({ inRecovery: true, replayedAt: start - 2000, readAt: start }, observations, home)).toBe(1.5);
  expect(exposureSeconds({ inRecovery: true, heartbeatAt: start - 3000, readAt: start }, observations, home)).toBe(2.5);
});
