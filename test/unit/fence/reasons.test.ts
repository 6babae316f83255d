// What the fence tells: which proof it rests on, or what it waits for and until when it is looked at again.
import { describe, expect, test } from '@jest/globals';
import type { FenceIntent, Permit } from '../../../domain/lease.ts';
import { fencing } from '../../../functions/fence/fencing.ts';
import { home, plan, start } from '../ports.ts';

const lifeMs = (plan.permit.ttlSeconds + plan.permit.clockErrorSeconds) * 1000;
const permit: Permit = { application: 'shop', database: 'orders', epoch: 0, writer: home, withdrawn: true, withdrawnAt: start, renewals: { a: start - 500, b: start - 900 }, surrenders: {} };
const order: FenceIntent = { application: 'shop', database: 'orders', region: home, epoch: 1, recordedAt: start, execution: 'run-1' };
const unguarded = (rtoSeconds = plan.budgets.rtoSeconds) => ({ ...plan, permit: { ...plan.permit, enforced: false }, budgets: { ...plan.budgets, rtoSeconds } });
const iso = (at: number): string => new Date(at).toISOString();

describe('a proof', () => {
  test('by the agent names the region, the moment and what it saw', () => {
    const enforced = { at: start + 100, networkClosed: true, sessionsEnded: 3, detail: 'security group closed, 3 sessions ended' };
    expect(fencing(permit, { ...order, enforced }, plan, start + 200, start)).toEqual({ kind: 'fenced', proof: `the agent in eu-west-1 read back a closed network at ${iso(start + 100)}: security group closed, 3 sessions ended` });
  });

  test('by the permits says how many there were, of which epoch, and when they had ended', () => {
    expect(fencing(permit, order, plan, start + lifeMs, start)).toEqual({ kind: 'fenced', proof: `all 2 permits of epoch 0 lapsed or were surrendered by ${iso(start + lifeMs)}` });
  });
});

describe('a wait', () => {
  const endsAt = start - 500 + lifeMs;
  test('says when the last permit lapses, and looks again twice a second, since a surrender may come sooner', () => {
    expect(fencing(permit, order, plan, start, start)).toEqual({ kind: 'wait', until: start + 500, reason: `the last of 2 permits lapses at ${iso(endsAt)}` });
  });

  test('does not outlast the last permit', () => {
    expect(fencing(permit, order, plan, endsAt - 30, start)).toMatchObject({ kind: 'wait', until: endsAt });
  });

  test('without permits is for the agent, and is looked at as often', () => {
    expect(fencing(permit, order, unguarded(), start, start)).toEqual({ kind: 'wait', until: start + 500, reason: 'waiting for the agent in eu-west-1 to close its database' });
  });

  test.each([[300, 30], [1000, 100], [40, 10], [10, 10]])('without permits and with an RTO of %i s lasts %i s', (rtoSeconds, waitSeconds) => {
    const at = (afterMs: number) => fencing(permit, order, unguarded(rtoSeconds), start + afterMs, start).kind;
    expect([at(waitSeconds * 1000 - 1), at(waitSeconds * 1000)]).toEqual(['wait', 'unproven']);
  });
});

describe('an unproven fence names what is missing', () => {
  const { withdrawnAt: _, ...untimed } = permit;
  test.each<[string, Permit | undefined, typeof plan, string]>([
    ['nobody ever got a permit', undefined, plan, 'no permit was ever granted for orders: nothing says who writes'],
    ['the permits look as if nobody had withdrawn them', { ...permit, withdrawn: false }, plan, 'the withdrawal of the permits cannot be read back'],
    ['the withdrawal has no time', untimed, plan, 'the withdrawal of the permits cannot be read back'],
    ['the agent is silent', permit, unguarded(), 'the agent in eu-west-1 has not answered and the application does not check write permits'],
  ])('%s', (__, given, rule, reason) => {
    expect(fencing(given, order, rule, start + 3_600_000, start)).toEqual({ kind: 'unproven', reason });
  });
});

test('a server clock that is far ahead does not make the wait longer than a permit lives after the withdrawal', () => {
  const ahead = { ...permit, renewals: { a: start + 3_600_000 } };
  expect(fencing(ahead, order, plan, start + lifeMs - 1, start).kind).toBe('wait');
  expect(fencing(ahead, order, plan, start + lifeMs, start).kind).toBe('fenced');
});
