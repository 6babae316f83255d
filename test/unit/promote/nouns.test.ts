// What to do with a replica next, whether it may be promoted now, and what was lost: at every threshold.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FenceIntent, Permit } from '../../../domain/lease.ts';
import type { DatabaseFacts, InstanceFacts } from '../../../domain/ports.ts';
import { lossWindow } from '../../../functions/promote/loss.ts';
import { permission, type Evidence } from '../../../functions/promote/permission.ts';
import { asksRds, promotion, type Promotion } from '../../../functions/promote/promotion.ts';
import { database, home, plan, seen, start, witness } from '../ports.ts';

const replica: InstanceFacts = { identifier: 'replica', status: 'available', isReplica: true, backupRetentionDays: 7 };
const facts: DatabaseFacts = { inRecovery: true, replayedAt: start - 1000, readAt: start };
const deadline = start + 60_000;

describe('promotion', () => {
  const next = (f: DatabaseFacts | undefined, i: InstanceFacts | undefined, requestedAt?: number, now = start): Promotion['kind'] => promotion(f, i, requestedAt, deadline, database, now).kind;
  test.each<[string, DatabaseFacts | undefined, InstanceFacts | undefined, number | undefined, number, Promotion['kind']]>([
    ['an idle replica', facts, replica, undefined, start, 'start'],
    ['the engine has left recovery, whatever RDS says', { ...facts, inRecovery: false }, replica, undefined, start, 'probe'],
    ['it has left recovery and time is up: its write is still asked for', { ...facts, inRecovery: false }, replica, start, deadline, 'probe'],
    ['the last moment', facts, replica, undefined, deadline - 1, 'start'],
    ['time is up', facts, replica, undefined, deadline, 'stuck'],
    ['time is up and nothing answers', undefined, undefined, undefined, deadline, 'stuck'],
    ['asked for a moment ago', facts, replica, start - 59_999, start, 'wait'],
    ['asked for, and still an idle replica: the answer was lost', facts, replica, start - 60_000, start, 'start'],
    ['asked for, and RDS shows no replica any more', facts, { ...replica, isReplica: false }, start - 999_000, start, 'wait'],
    ['asked for, and RDS gives no answer', facts, undefined, start - 999_000, start, 'wait'],
    ['not asked for, and RDS gives no answer', facts, undefined, undefined, start, 'wait'],
    ['not asked for, and it is no replica, still in recovery', facts, { ...replica, isReplica: false }, undefined, start, 'wait'],
    ['being backed up', facts, { ...replica, status: 'backing-up' }, undefined, start, 'wait'],
    ['the replica gives no answer: what would be lost is not known now', undefined, replica, undefined, start, 'wait'],
  ])('%s', (_, f, i, requestedAt, now, kind) => {
    expect(next(f, i, requestedAt, now)).toBe(kind);
  });

  test('is never asked for without facts, of what is no replica, or after the deadline', () => {
    const anyFacts = fc.option(fc.record({ inRecovery: fc.boolean(), readAt: fc.constant(start) }), { nil: undefined });
    const anyInstance = fc.option(fc.record({ identifier: fc.constant('replica'), status: fc.constantFrom('available', 'backing-up', 'failed', 'modifying'), isReplica: fc.boolean(), backupRetentionDays: fc.constant(1) }), { nil: undefined });
    fc.assert(fc.property(anyFacts, anyInstance, fc.option(fc.integer({ min: start - 120_000, max: start }), { nil: undefined }), fc.integer({ min: start, max: start + 120_000 }), (f, i, requestedAt, now) => {
      if (next(f, i, requestedAt, now) !== 'start') return;
      expect(f?.inRecovery).toBe(true);
      expect(i?.isReplica).toBe(true);
      expect(now).toBeLessThan(deadline);
    }));
  });
});

describe('permission', () => {
  const permit: Permit = { application: 'shop', database: 'orders', epoch: 0, writer: home, withdrawn: true, withdrawnAt: start - 9000, renewals: { a: start - 9000 }, surrenders: {} };
  const intent: FenceIntent = { application: 'shop', database: 'orders', region: home, epoch: 3, recordedAt: start - 9000, execution: 'run-1' };
  const evidence: Evidence = { permit, intent, facts, observations: [seen(witness, home, 'down', { lastWriteAt: start })] };
  const closed = { at: start, networkClosed: true, sessionsEnded: 0, detail: 'closed' };
  const lifeMs = (plan.permit.ttlSeconds + plan.permit.clockErrorSeconds) * 1000;
  const failed = (change: Partial<Evidence>, of = plan) => permission({ ...evidence, ...change }, of, home, 3, start).filter((gate) => !gate.passed).map((gate) => gate.gate);
  const unguarded = { ...plan, permit: { ...plan.permit, enforced: false } };

  test.each<[string, Partial<Evidence>, typeof plan, readonly string[]]>([
    ['fenced and close', {}, plan, []],
    ['no order', { intent: undefined }, plan, ['fence intent']],
    ['an order of an older epoch', { intent: { ...intent, epoch: 2 } }, plan, ['fence intent']],
    ['an order of a newer epoch', { intent: { ...intent, epoch: 4 } }, plan, ['fence intent']],
    ['an order that was lifted', { intent: { ...intent, liftedAt: start } }, plan, ['fence intent']],
    ['a permit ends this moment', { permit: { ...permit, renewals: { a: start - lifeMs } } }, plan, []],
    ['a permit lives a millisecond longer', { intent: { ...intent, recordedAt: start }, permit: { ...permit, withdrawnAt: start, renewals: { a: start - lifeMs + 1 } } }, plan, ['fence']],
    ['somebody granted again', { permit: { ...permit, withdrawn: false } }, plan, ['fence']],
    ['no permit can be read', { permit: undefined }, plan, ['fence']],
    ['a living permit, but the network is closed', { permit: { ...permit, renewals: { a: start } }, intent: { ...intent, enforced: closed } }, plan, []],
    ['permits are not checked: that they ended proves nothing', {}, unguarded, ['fence']],
    ['the policy lets an unproven fence go', {}, { ...unguarded, policy: { ...plan.policy, unprovenFence: 'proceed' } }, []],
    ['more would be lost than is allowed', { facts: { ...facts, replayedAt: start - plan.budgets.rpoSeconds * 1000 - 1 } }, plan, ['RPO']],
    ['exactly so much', { facts: { ...facts, replayedAt: start - plan.budgets.rpoSeconds * 1000 } }, plan, []],
    ['the replica fell silent', { facts: undefined }, plan, ['RPO']],
  ])('%s', (_, change, of, gates) => {
    expect(failed(change, of)).toEqual(gates);
  });
});

describe('lossWindow', () => {
  test('starts a second before the newest commit, since commits may stand in the other order', () => {
    expect(lossWindow(start - 5000, start)).toEqual({ from: start - 6000, to: start, seconds: 6 });
  });

  test('without a newest commit it has no beginning', () => {
    expect(lossWindow(undefined, start)).toBeUndefined();
  });

  test('is never negative, in whole milliseconds, and holds everything between commit and fence', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 2e12, noNaN: true }), fc.double({ min: 0, max: 2e12, noNaN: true }), (replayedAt, fencedAt) => {
      const window = lossWindow(replayedAt, fencedAt)!;
      expect(Number.isInteger(window.from) && Number.isInteger(window.to)).toBe(true);
      expect(window.seconds).toBeGreaterThanOrEqual(0);
      expect(window.from).toBeLessThanOrEqual(replayedAt);
      expect(window.to).toBeGreaterThanOrEqual(Math.floor(fencedAt));
    }));
  });
});

describe('asking RDS as well', () => {
  const at = 1_000_000_000_000;
  const [idle, done] = [{ inRecovery: true, readAt: at }, { inRecovery: false, readAt: at }];
  test.each<[string, Parameters<typeof asksRds>, boolean]>([
    ['before anything was asked for', [idle, undefined, false, at + 900_000, at], true],
    ['the engine has left recovery', [done, at - 90_000, true, at - 1, at], false],
    ['time is up', [idle, at - 90_000, true, at, at], true],
    ['accepted: the engine will say', [undefined, at - 90_000, true, at + 900_000, at], false],
    ['accepted, five minutes ago', [undefined, at - 304_000, true, at + 900_000, at], true],
    ['not known to be accepted, just now', [idle, at - 59_000, false, at + 900_000, at], false],
    ['not known to be accepted, a minute ago', [idle, at - 61_000, false, at + 900_000, at], true],
    ['and not all the time after that', [idle, at - 75_000, false, at + 900_000, at], false],
  ])('%s', (_, given, wanted) => expect(asksRds(...given)).toBe(wanted));
});
