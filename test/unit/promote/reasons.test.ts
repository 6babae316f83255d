// What is said of a replica on its way to becoming the writer, which states RDS ends by itself, and what each gate shows.
import { describe, expect, test } from '@jest/globals';
import type { FenceIntent, Permit } from '../../../domain/lease.ts';
import type { DatabaseFacts, InstanceFacts } from '../../../domain/ports.ts';
import { permission, type Evidence } from '../../../functions/promote/permission.ts';
import { promotion, type Promotion } from '../../../functions/promote/promotion.ts';
import { database, home, plan, seen, start, witness } from '../ports.ts';

const replica: InstanceFacts = { identifier: 'replica', status: 'available', isReplica: true, backupRetentionDays: 7 };
const facts: DatabaseFacts = { inRecovery: true, replayedAt: start - 1000, readAt: start };
const deadline = start + 60_000;
const iso = (at: number): string => new Date(at).toISOString();

describe('the next thing to do', () => {
  const next = (f: DatabaseFacts | undefined, i: InstanceFacts | undefined, requestedAt?: number, now = start): Promotion => promotion(f, i, requestedAt, deadline, database, now);
  test.each<[string, Promotion, Promotion]>([
    ['it has left recovery', next({ ...facts, inRecovery: false }, replica), { kind: 'probe', reason: 'the engine says that it has left recovery' }],
    ['time is up before it was asked for', next(facts, replica, undefined, deadline), { kind: 'stuck', reason: 'not writable after 900 s; RDS says available, promotion was never accepted' }],
    ['time is up after it was asked for, and nothing answers', next(undefined, undefined, start, deadline), { kind: 'stuck', reason: 'not writable after 900 s; RDS says nothing, promotion was asked for' }],
    ['under way', next(facts, { ...replica, isReplica: false, status: 'modifying' }, start - 999_000), { kind: 'wait', reason: 'promotion is under way, RDS says modifying' }],
    ['under way, and RDS is silent', next(facts, undefined, start - 999_000), { kind: 'wait', reason: 'promotion is under way' }],
    ['asked for a moment ago', next(facts, replica, start - 1000), { kind: 'wait', reason: 'promotion was asked for' }],
    ['RDS is silent', next(facts, undefined), { kind: 'wait', reason: 'RDS does not answer for this instance' }],
    ['it was promoted by somebody, the engine lags behind', next(facts, { ...replica, isReplica: false }), { kind: 'wait', reason: 'RDS says it is no replica any more, the engine is still in recovery (available)' }],
    ['the engine is silent', next(undefined, replica), { kind: 'wait', reason: 'the replica gives no answer' }],
    ['the answer to the request was lost', next(facts, replica, start - 60_000), { kind: 'start', reason: 'promotion was asked for, but RDS still shows an idle replica: ask again' }],
    ['an idle replica', next(facts, replica), { kind: 'start', reason: 'RDS shows an available replica' }],
  ])('%s', (_, found, wanted) => {
    expect(found).toEqual(wanted);
  });

  // The states of https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html that end by themselves.
  test.each(['backing-up', 'modifying', 'rebooting', 'maintenance', 'upgrading', 'configuring-enhanced-monitoring', 'configuring-log-exports', 'renaming', 'resetting-master-credentials', 'starting', 'storage-optimization'])(
    'while RDS says %s it is waited for, not asked', (status) => {
      expect(next(facts, { ...replica, status })).toEqual({ kind: 'wait', reason: `RDS refuses to promote while the instance is ${status}` });
    });
});

describe('what the gates of a promotion show', () => {
  const permit: Permit = { application: 'shop', database: 'orders', epoch: 0, writer: home, withdrawn: true, withdrawnAt: start - 9000, renewals: { a: start - 9000 }, surrenders: {} };
  const intent: FenceIntent = { application: 'shop', database: 'orders', region: home, epoch: 3, recordedAt: start - 9000, execution: 'run-1' };
  const evidence: Evidence = { permit, intent, facts, observations: [seen(witness, home, 'down', { lastWriteAt: start })] };
  const gates = (change: Partial<Evidence> = {}, of = plan) => permission({ ...evidence, ...change }, of, home, 3, start);

  test('all three, when all is well', () => {
    expect(gates()).toEqual([
      { gate: 'fence intent', passed: true, value: 'of epoch 3', threshold: 'open, of epoch 3' },
      { gate: 'fence', passed: true, value: 'all permits ended', threshold: 'proven: permits ended or network closed' },
      { gate: 'RPO', passed: true, value: '1.0 s could be lost', threshold: `at most ${plan.budgets.rpoSeconds} s` },
    ]);
  });

  test('that the order is missing, or of which epoch it is', () => {
    expect(gates({ intent: undefined })[0]).toEqual({ gate: 'fence intent', passed: false, value: 'missing', threshold: 'open, of epoch 3' });
    expect(gates({ intent: { ...intent, epoch: 2 } })[0]?.value).toBe('of epoch 2');
  });

  const proof = { at: start, networkClosed: true, sessionsEnded: 2, detail: 'security group closed, 2 sessions ended' };
  const lives = start - 1000 + (plan.permit.ttlSeconds + plan.permit.clockErrorSeconds) * 1000;
  const living: Partial<Evidence> = { permit: { ...permit, renewals: { a: start - 1000 } }, intent: { ...intent, recordedAt: start } };
  test.each<[string, Partial<Evidence>, typeof plan, boolean, string]>([
    ['by what the agent read back', { intent: { ...intent, enforced: proof } }, plan, true, 'security group closed, 2 sessions ended'],
    ['by nothing, which the policy accepts', { permit: undefined }, { ...plan, policy: { ...plan.policy, unprovenFence: 'proceed' } }, true, 'unproven, accepted by policy'],
    ['by nothing', { permit: undefined }, plan, false, 'not proven'],
    ['not yet, and until when a permit lives', living, plan, false, `a permit lives until ${iso(lives)}`],
    ['not by an order without permits to count', { permit: { ...permit, renewals: { a: start } }, intent: undefined }, plan, false, `a permit lives until ${iso(lives + 1000)}`],
    ['not by a network that the agent found open', { ...living, intent: { ...intent, recordedAt: start, enforced: { ...proof, networkClosed: false } } }, plan, false, `a permit lives until ${iso(lives)}`],
  ])('fenced %s', (_, change, of, passed, value) => {
    expect(gates(change, of)[1]).toEqual({ gate: 'fence', passed, value, threshold: 'proven: permits ended or network closed' });
  });

  test('that a permit which ends at this very moment has ended', () => {
    const lifeMs = (plan.permit.ttlSeconds + plan.permit.clockErrorSeconds) * 1000;
    const ending = (offMs: number) => gates({ permit: { ...permit, renewals: { a: start - lifeMs + offMs } }, intent: { ...intent, recordedAt: start } })[1];
    expect(ending(0)).toMatchObject({ passed: true, value: 'all permits ended' });
    expect(ending(1)).toMatchObject({ passed: false, value: `a permit lives until ${iso(start + 1)}` });
  });

  test('that an unknown loss is no small loss', () => {
    expect(gates({ facts: undefined })[2]).toEqual({ gate: 'RPO', passed: false, value: 'unknown, which counts as infinite', threshold: `at most ${plan.budgets.rpoSeconds} s` });
  });
});
