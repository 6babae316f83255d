// What was claimed for an exercise or for the way home moves nothing else: the lease says what it is held for, and so does whoever acts.
import { describe, expect, test } from '@jest/globals';
import { authority, holdLease } from '../../../domain/authority.ts';
import { LeaseLostError } from '../../../domain/errors.ts';
import type { Failover, FailoverMode } from '../../../domain/journal.ts';
import type { Lease } from '../../../domain/lease.ts';
import { failover, Memory, plan, start } from '../ports.ts';

const held: Lease = { application: 'shop', epoch: 3, holder: 'run-1', expiresAt: start + 60_000, acknowledgementDue: false };
const ask = (lease: Partial<Lease>, of?: Pick<Failover, 'mode' | 'returning'>) => authority({ ...held, ...lease }, 'run-1', 3, plan.lease, start, of);

describe('a lease', () => {
  test.each<[string, Partial<Lease>, FailoverMode, string | undefined]>([
    ['of a failover is for a failover', {}, 'automatic', undefined],
    ['of a failover is for one that a person started', {}, 'manual', undefined],
    ['of a failover is not for a drill', {}, 'drill', 'the lease is held for a failover, not for a drill'],
    ['of a failover is not for a failback', {}, 'failback', 'the lease is not held for a failback'],
    ['of a drill is for a drill', { drill: true }, 'drill', undefined],
    ['of a drill is not for a failover', { drill: true }, 'automatic', 'the lease is held for a drill, which moves no databases'],
    ['of a drill is not for a person either', { drill: true }, 'manual', 'the lease is held for a drill, which moves no databases'],
    ['of a drill that was called off is a failover\'s', { drill: false }, 'automatic', undefined],
    ['of a failback is for a failback', { failback: true }, 'failback', undefined],
    ['of a failback is not for a failover', { failback: true }, 'automatic', 'the lease is held for a failback'],
  ])('%s', (_, lease, mode, reason) => {
    const found = ask(lease, { mode });
    expect(found.kind === 'lost' ? found.reason : found.kind === 'granted' ? undefined : found).toBe(reason);
  });

  test('is taken for a failover\'s by whoever does not say what for', () => {
    expect(ask({}).kind).toBe('granted');
    expect(ask({ drill: true }).kind).toBe('lost');
    expect(ask({ failback: true }).kind).toBe('lost');
  });
});

describe('an abort of a drill', () => {
  const aborted: Partial<Lease> = { drill: true, abortExecution: 'run-1' };
  test('stops it on its way there', () => {
    expect(ask(aborted, { mode: 'drill' }).kind).toBe('stopped');
    expect(ask(aborted, { mode: 'drill', returning: false }).kind).toBe('stopped');
  });

  test('does not stop it on its way back, which is just what was asked for; a pause does', () => {
    expect(ask(aborted, { mode: 'drill', returning: true }).kind).toBe('granted');
    expect(ask({ ...aborted, pausedUntil: start + 1 }, { mode: 'drill', returning: true }).kind).toBe('stopped');
  });
});

test('holding the lease asks for what the execution is, at the first reading and after a lost race', async () => {
  const memory = new Memory().held(3);
  memory.lease = { ...memory.lease, drill: true };
  await expect(holdLease(memory.ports(), failover, 3, plan.lease)).rejects.toBeInstanceOf(LeaseLostError);
  await expect(holdLease(memory.ports(), { ...failover, mode: 'drill' }, 3, plan.lease)).resolves.toMatchObject({ drill: true });
  const ports = memory.ports();
  const overtaken = { ...ports, leases: { ...ports.leases, replace: async () => false } };
  await expect(holdLease(overtaken, { ...failover, mode: 'drill' }, 3, plan.lease)).resolves.toMatchObject({ drill: true });
  await expect(holdLease(overtaken, failover, 3, plan.lease)).rejects.toThrow('held for a drill');
});
