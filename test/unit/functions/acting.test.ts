// What must hold before anything is touched: the lease, the fence, the loss, the weights. Thresholds are tried on both sides.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { authority } from '../../../domain/authority.ts';
import { exposureSeconds } from '../../../domain/exposure.ts';
import { permitsEndAt } from '../../../domain/permits.ts';
import type { FenceIntent } from '../../../domain/lease.ts';
import { claimable } from '../../../functions/claim/claimable.ts';
import { released, runbookEntry, widest } from '../../../functions/conclude/conclusion.ts';
import { service } from '../../../functions/confirm/service.ts';
import { locking } from '../../../functions/enforce/locking.ts';
import { fencing } from '../../../functions/fence/fencing.ts';
import { lossWindow } from '../../../functions/promote/loss.ts';
import { sizing } from '../../../functions/scale/sizing.ts';
import { answersOnly, weighting } from '../../../functions/shift/weights.ts';
import { lag } from '../../../functions/watch/lag.ts';
import { A, B, database, failover, lease, NOW, permit, plan, seen, traffic, W } from './plan.ts';

const minutes = (count: number): number => count * 60_000;

describe('the lease', () => {
  const held = lease({ epoch: 3, holder: 'e1', expiresAt: NOW + minutes(1) });
  test.each([
    ['ours', held, 3, 'granted'], ['another epoch', held, 2, 'lost'], ['a newer epoch', { ...held, epoch: 4 }, 3, 'lost'], ['another holder', { ...held, holder: 'e2' }, 3, 'lost'],
    ['given back', lease({ epoch: 3, expiresAt: NOW + minutes(1) }), 3, 'lost'], ['just the margin left', { ...held, expiresAt: NOW + plan.lease.marginSeconds * 1000 }, 3, 'lost'],
    ['a moment more than the margin', { ...held, expiresAt: NOW + plan.lease.marginSeconds * 1000 + 1 }, 3, 'granted'],
    ['paused', { ...held, pausedUntil: NOW + 1 }, 3, 'stopped'], ['a pause that is over', { ...held, pausedUntil: NOW }, 3, 'granted'],
    ['asked to stop', { ...held, abortExecution: 'e1' }, 3, 'stopped'], ['another one asked to stop', { ...held, abortExecution: 'e9' }, 3, 'granted'],
  ] as const)('%s: %s', (_name, given, epoch, kind) => expect(authority(given, 'e1', epoch, plan.lease, NOW).kind).toBe(kind));

  test.each([
    ['free', lease(), 'automatic', 'grant'], ['held by us', held, 'automatic', 'adopt'], ['held by another', { ...held, holder: 'e2' }, 'automatic', 'refuse'],
    ['held by another, expired less than the clock error ago', { ...held, holder: 'e2', expiresAt: NOW - 1 }, 'automatic', 'refuse'],
    ['held by another, long expired', { ...held, holder: 'e2', expiresAt: NOW - minutes(5) }, 'automatic', 'grant'],
    ['paused', lease({ pausedUntil: NOW + 1 }), 'manual', 'refuse'], ['cooling down', lease({ cooldownUntil: NOW + 1 }), 'automatic', 'refuse'],
    ['not acknowledged although cooled down', lease({ cooldownUntil: NOW - 1, acknowledgementDue: true }), 'automatic', 'refuse'],
    ['acknowledged but cooling down', lease({ cooldownUntil: NOW + 1, acknowledgementDue: false }), 'automatic', 'refuse'],
    ['a person may go on in spite of both', lease({ cooldownUntil: NOW + 1, acknowledgementDue: true }), 'manual', 'grant'],
  ] as const)('claim: %s', (_name, given, mode, kind) => expect(claimable(given, { ...failover, mode }, plan, NOW).kind).toBe(kind));

  test('an epoch only grows, by one, and only with a new grant', () => {
    fc.assert(fc.property(fc.nat(1000), fc.constantFrom('e1', 'e2', undefined), fc.integer({ min: -300, max: 300 }), (epoch, holder, seconds) => {
      const found = claimable(lease({ epoch, expiresAt: NOW + seconds * 1000, ...(holder === undefined ? {} : { holder }) }), failover, plan, NOW);
      if (found.kind !== 'refuse') expect(found.next.epoch).toBe(found.kind === 'grant' ? epoch + 1 : epoch);
    }));
  });

  test('after it acted, cooldown and acknowledgement block; after standing down nothing does; a stranger\'s lease stays', () => {
    expect(released(held, 'e1', 'Failed over', plan, NOW)).toMatchObject({ acknowledgementDue: true, cooldownUntil: NOW + plan.policy.cooldownSeconds * 1000 });
    expect(released(held, 'e1', 'Handed to a human', plan, NOW)).toMatchObject({ acknowledgementDue: true });
    expect(released(held, 'e1', 'Stood down', plan, NOW)).toEqual(lease({ epoch: 3, expiresAt: NOW }));
    expect(released(held, 'e2', 'Failed over', plan, NOW)).toBeUndefined();
  });
});

describe('the fence', () => {
  const intent: FenceIntent = { application: 'shop', database: 'orders', region: A, epoch: 1, recordedAt: NOW - 1000, execution: 'e1' };
  const lifeMs = (plan.permit.ttlSeconds + plan.permit.clockErrorSeconds) * 1000;
  const proof = { at: NOW, networkClosed: true, sessionsEnded: 2, detail: 'closed' };
  const decide = (given: Parameters<typeof fencing>[0], order = intent, rules = plan) => fencing(given, order, rules, NOW, order.recordedAt).kind;

  test.each([
    ['a permit that is alive', permit({ renewals: { s: NOW - lifeMs + 1 }, withdrawnAt: NOW }), 'wait'],
    ['a permit that has just ended', permit({ renewals: { s: NOW - lifeMs } }), 'fenced'],
    ['alive, but surrendered', permit({ renewals: { s: NOW - 1 }, withdrawnAt: NOW, surrenders: { s: 0 } }), 'fenced'],
    ['surrendered under another epoch', permit({ renewals: { s: NOW - 1 }, withdrawnAt: NOW, surrenders: { s: 7 } }), 'wait'],
    ['nobody ever renewed', permit(), 'fenced'], ['no permit at all', undefined, 'unproven'], ['the withdrawal cannot be read back', permit({ withdrawn: false }), 'unproven'],
  ] as const)('%s: %s', (_name, given, kind) => expect(decide(given)).toBe(kind));

  test('the agent\'s proof is enough; an open network is none', () => {
    expect(decide(undefined, { ...intent, enforced: proof })).toBe('fenced');
    expect(decide(undefined, { ...intent, enforced: { ...proof, networkClosed: false } })).toBe('unproven');
  });

  test('without permits only the agent counts, for a while, and then a person', () => {
    const unguarded = { ...plan, permit: { ...plan.permit, enforced: false } };
    expect(decide(permit(), intent, unguarded)).toBe('wait');
    expect(decide(permit(), { ...intent, recordedAt: NOW - minutes(10) }, unguarded)).toBe('unproven');
  });

  test('permits never end before any unsurrendered renewal plus its life, whenever the withdrawal was meant', () => {
    fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.integer({ min: NOW - 60_000, max: NOW + 60_000 })), (renewals) => {
      const given = permit({ renewals, withdrawnAt: NOW });
      const ends = permitsEndAt(given, plan.permit);
      for (const at of Object.values(given.renewals)) expect(ends).toBeGreaterThanOrEqual(at + lifeMs);
    }));
  });

  test('the agent trusts the lock, not its own record', () => {
    expect(locking(intent, true).kind).toBe('close');
    expect(locking({ ...intent, enforced: proof }, true).kind).toBe('leave');
    expect(locking({ ...intent, enforced: proof }, false).kind).toBe('close');
    expect(locking({ ...intent, liftedAt: NOW }, false).kind).toBe('leave');
  });
});

describe('the loss', () => {
  const facts = { inRecovery: true, replayedAt: NOW - 5000, heartbeatAt: NOW - 4000, readAt: NOW };
  test('from the newest commit that the replica holds to the last write that anybody saw; unknown is infinite', () => {
    expect(exposureSeconds(facts, [seen(B, A, { lastWriteAt: NOW - 1000 })], A)).toBe(3);
    expect(exposureSeconds(undefined, [seen(B, A)], A)).toBe(Infinity);
    expect(exposureSeconds({ inRecovery: true, readAt: NOW }, [seen(B, A)], A)).toBe(Infinity);
    expect(exposureSeconds(facts, [], A)).toBe(Infinity);
  });
  test('the window begins before the newest replayed commit and never ends before it begins', () => {
    expect(lossWindow(NOW, NOW + 4000)).toEqual({ from: NOW - 1000, to: NOW + 4000, seconds: 5 });
    expect(lossWindow(NOW, NOW - 9000)).toEqual({ from: NOW - 1000, to: NOW - 1000, seconds: 0 });
    expect(lossWindow(undefined, NOW)).toBeUndefined();
    expect(widest([{ from: 5, to: 9, seconds: 0 }, { from: 2, to: 4, seconds: 0 }, { from: 7, to: 7, seconds: 0 }])).toMatchObject({ from: 2, to: 9 });
    expect(widest([])).toBeUndefined();
  });
  test.each([
    ['near', facts, [seen(A, A)], 'near'], ['further than the RPO', { ...facts, replayedAt: NOW - 60_000, heartbeatAt: NOW - 60_000 }, [seen(A, A)], 'behind'],
    ['a replica that does not answer', undefined, [seen(A, A)], 'behind'], ['an idle writer', { ...facts, replayedAt: NOW - 60_000, heartbeatAt: NOW - 60_000 }, [seen(A, A, { lastWriteAt: NOW - 60_000 })], 'near'],
    ['the writer itself', { ...facts, inRecovery: false }, [seen(A, A)], 'writer'],
  ] as const)('lag: %s', (_name, given, observations, kind) => expect(lag(given, observations, database, B, plan).kind).toBe(kind));
});

describe('the traffic, the capacity, the end', () => {
  test('all to the survivor; done when it is so; refused when nothing would serve', () => {
    expect(weighting(traffic, { [A]: 50, [B]: 50 }, B)).toMatchObject({ kind: 'set', weights: { [A]: 0, [B]: 100 } });
    expect(weighting(traffic, { [A]: 0, [B]: 100 }, B).kind).toBe('done');
    expect(weighting({ ...traffic, endpoints: { [A]: traffic.endpoints[A]!, [B]: { ...traffic.endpoints[B]!, ipv4: [] } } }, {}, B).kind).toBe('refuse');
    expect(weighting(traffic, { [A]: 1 }, 'eu-west-1').kind).toBe('refuse');
  });
  test('weights are never all zero', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.constantFrom(A, B), (a, b, survivor) => {
      const endpoints = { [A]: { ...traffic.endpoints[A]!, weight: a }, [B]: { ...traffic.endpoints[B]!, weight: b } };
      const found = weighting({ ...traffic, endpoints }, { [A]: a, [B]: b }, survivor);
      if (found.kind === 'set') expect(Math.max(...Object.values(found.weights))).toBeGreaterThan(0);
      if (found.kind === 'set') expect(found.weights[survivor]).toBeGreaterThan(0);
    }));
  });
  test('an answer counts only when it is the survivor and nothing else', () => {
    expect(answersOnly(['192.0.2.2'], traffic, B)).toBe(true);
    expect(answersOnly(['192.0.2.2', '192.0.2.1'], traffic, B)).toBe(false);
    expect(answersOnly([], traffic, B)).toBe(false);
  });
  test.each([[1, 1, 2], [2, 2, 2], [3, 5, 5], [9, 9, 9]])('capacity: desired %s, running %s -> %s', (desired, running, to) => {
    expect(sizing(plan.capacity[0]!, B, { desired, running }).to).toBe(to);
  });
  test('scaled twice is scaled once', () => {
    const once = sizing(plan.capacity[0]!, B, { desired: 1, running: 1 }).to;
    expect(sizing(plan.capacity[0]!, B, { desired: once, running: once }).to).toBe(once);
  });
  const wrote = (place: string, changes = {}) => seen(place, B, { epoch: 1, writer: B, ...changes });
  test.each([
    ['two that see it write under the new epoch', [wrote(B), wrote(W)], 'confirmed'], ['one only', [wrote(B)], 'unconfirmed'], ['the old epoch', [wrote(B, { epoch: 0 }), wrote(W, { epoch: 0 })], 'unconfirmed'],
    ['the evacuated region has no say', [wrote(A), wrote(B)], 'unconfirmed'], ['old news', [wrote(B, { at: NOW - 60_000 }), wrote(W)], 'unconfirmed'], ['reads only', [wrote(B, { write: 'refused' }), wrote(W)], 'unconfirmed'],
  ])('service: %s', (_name, observations, kind) => expect(service(observations, plan, B, A, 1, NOW, NOW).kind).toBe(kind));
  test('each end has its page', () => {
    expect(runbookEntry('Failed over', 'Confirm service')).toBe('docs/runbook.md#failed-over');
    expect(runbookEntry('Handed to a human', 'Promote replica')).toBe('docs/runbook.md#handed-over-at-promote-replica');
  });
});
