// What a claim tells people when it is refused, and what `hotshift why` shows of each gate.
import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../../../domain/lease.ts';
import { claimable } from '../../../functions/claim/claimable.ts';
import { failover, plan, start } from '../ports.ts';

const free: Lease = { application: 'shop', epoch: 4, expiresAt: start - 600_000, acknowledgementDue: false };
const iso = (at: number): string => new Date(at).toISOString();
const reasonOf = (change: Partial<Lease>): string => {
  const found = claimable({ ...free, ...change }, failover, plan, start);
  return found.kind === 'refuse' ? found.reason : found.kind;
};

describe('a refusal says who or what stands in the way, and until when', () => {
  test.each<[string, Partial<Lease>, string]>([
    ['a person', { pausedUntil: start + 5000, pausedBy: 'ana' }, `paused by ana until ${iso(start + 5000)}`],
    ['a person who gave no name', { pausedUntil: start + 5000 }, `paused by a person until ${iso(start + 5000)}`],
    ['another execution', { holder: 'run-2', incident: 'incident-0', expiresAt: start + 9000 }, `run-2 holds the lease for incident incident-0, expires ${iso(start + 9000)}`],
    ['another execution of an incident that nobody noted', { holder: 'run-2', expiresAt: start + 9000 }, `run-2 holds the lease for incident unknown, expires ${iso(start + 9000)}`],
    ['the cooldown', { cooldownUntil: start + 7000 }, `cooling down until ${iso(start + 7000)} after the last failover`],
    ['the missing acknowledgement, with the command that gives it', { acknowledgementDue: true }, 'the last failover has not been acknowledged by a person (hotshift ack)'],
    ['two things', { acknowledgementDue: true, cooldownUntil: start + 7000 }, `cooling down until ${iso(start + 7000)} after the last failover; the last failover has not been acknowledged by a person (hotshift ack)`],
  ])('%s', (_, change, reason) => {
    expect(reasonOf(change)).toBe(reason);
  });
});

describe('the gates', () => {
  const gatesOf = (change: Partial<Lease>) => Object.fromEntries(claimable({ ...free, ...change }, failover, plan, start).gates.map(({ gate, value, threshold, evidence }) => [gate, [value, threshold, evidence]]));

  test('show what an untouched application looks like', () => {
    expect(gatesOf({})).toEqual({
      pause: ['none', 'not paused', ''], lease: ['free', 'free, expired or ours', `expires ${iso(free.expiresAt)}`],
      cooldown: ['none', 'over', undefined], acknowledgement: ['given', 'the last failover was acknowledged by a person', undefined],
      left: ['none', 'not the region that the last failover left', undefined],
      'planned move': ['none', 'none that ended half-way', undefined],
    });
  });

  test('show what was found, also where it did not stop the claim', () => {
    expect(gatesOf({ pausedUntil: start - 1, pausedBy: 'ana', holder: 'run-0', cooldownUntil: start - 2, acknowledgementDue: true })).toMatchObject({
      pause: [iso(start - 1), 'not paused', 'ana'], lease: ['run-0', 'free, expired or ours', `expires ${iso(free.expiresAt)}`], cooldown: [iso(start - 2), 'over', undefined], acknowledgement: ['due', expect.anything(), undefined],
    });
  });
});

test('a lease that was given back is free at once, without a wait for its end', () => {
  expect(reasonOf({ expiresAt: start })).toBe('grant');
  expect(reasonOf({ expiresAt: start + 60_000 })).toBe('grant');
});

test('a holder that claims again keeps its lease for another full term', () => {
  const found = claimable({ ...free, holder: 'run-1', expiresAt: start + 1 }, failover, plan, start);
  expect(found).toMatchObject({ kind: 'adopt', next: { holder: 'run-1', epoch: 4, expiresAt: start + plan.lease.ttlSeconds * 1000 } });
});
