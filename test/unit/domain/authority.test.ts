// May an execution act now: every way to lose the right, at the very threshold, and the races of the extension.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { authority, holdLease } from '../../../domain/authority.ts';
import { LeaseLostError, StoppedByOperatorError } from '../../../domain/errors.ts';
import type { Lease } from '../../../domain/lease.ts';
import { failover, Memory, plan, start } from '../ports.ts';

const mine: Lease = { application: 'shop', epoch: 3, holder: 'run-1', expiresAt: start + 60_000, acknowledgementDue: false };
const marginMs = plan.lease.marginSeconds * 1000;
const ask = (lease: Lease, epoch = 3, now = start) => authority(lease, 'run-1', epoch, plan.lease, now);

describe('authority', () => {
  test.each<[string, Partial<Lease>, string]>([
    ['holder, epoch and time hold', {}, 'granted'],
    ['a newer epoch', { epoch: 4 }, 'lost'],
    ['an older epoch than ours: the table went back', { epoch: 2 }, 'lost'],
    ['another holder under our epoch', { holder: 'run-2' }, 'lost'],
    ['exactly the margin is left', { expiresAt: start + marginMs }, 'lost'],
    ['a millisecond more than the margin is left', { expiresAt: start + marginMs + 1 }, 'granted'],
    ['it has expired', { expiresAt: start - 1 }, 'lost'],
    ['a person asked for this execution to stop', { abortExecution: 'run-1' }, 'stopped'],
    ['a person asked for another one to stop', { abortExecution: 'run-2' }, 'granted'],
    ['a person asked for two to stop, this one first', { abortExecution: 'run-1 run-2' }, 'stopped'],
    ['a person asked for one with a longer name to stop', { abortExecution: 'run-10 run-2' }, 'granted'],
    ['paused', { pausedUntil: start + 1 }, 'stopped'],
    ['the pause ends at this very moment', { pausedUntil: start }, 'granted'],
    ['paused and lost: nothing of ours is left to stop', { pausedUntil: start + 1, epoch: 4 }, 'lost'],
    ['an acknowledgement that is due stops claims, not a holder', { acknowledgementDue: true }, 'granted'],
  ])('%s', (_, change, kind) => {
    expect(ask({ ...mine, ...change }).kind).toBe(kind);
  });

  test('nobody holds it', () => {
    const { holder: _, ...free } = mine;
    expect(ask(free)).toEqual({ kind: 'lost', reason: 'the lease is held by nobody, not by run-1' });
  });

  test('is granted for no other epoch than the stored one, whatever else holds', () => {
    fc.assert(fc.property(fc.nat(20), fc.nat(20), fc.integer({ min: -100_000, max: 100_000 }), (stored, epoch, leftMs) => {
      const found = ask({ ...mine, epoch: stored, expiresAt: start + leftMs }, epoch);
      expect(found.kind === 'granted').toBe(stored === epoch && leftMs > marginMs);
    }));
  });
});

describe('holdLease', () => {
  test('extends, so that a long failover keeps it', async () => {
    const memory = new Memory().held(3);
    memory.now += 90_000;
    const lease = await holdLease(memory.ports(), failover, 3, plan.lease);
    expect(lease.expiresAt).toBe(memory.now + plan.lease.ttlSeconds * 1000);
    expect(memory.lease).toEqual(lease);
  });

  test('who stood still until the extension was answered has outlived it', async () => {
    const memory = new Memory().held(3);
    const ports = memory.ports();
    const late = { ...ports, leases: { ...ports.leases, replace: async (before: Lease, after: Lease) => { const done = await ports.leases.replace(before, after); memory.now += plan.lease.ttlSeconds * 1000 - marginMs; return done; } } };
    await expect(holdLease(late, failover, 3, plan.lease)).rejects.toThrow(/left of the lease/);
  });

  test.each<[string, Partial<Lease>, unknown]>([
    ['a sibling branch extended it: still ours', { expiresAt: start + 119_000 }, undefined],
    ['another execution took it', { epoch: 4, holder: 'run-2' }, LeaseLostError],
    ['a person paused it', { pausedUntil: start + 5000 }, StoppedByOperatorError],
    ['a person aborted it', { abortExecution: 'run-1' }, StoppedByOperatorError],
  ])('between the reading and the writing %s', async (_, change, error) => {
    const memory = new Memory().held(3);
    const ports = memory.ports();
    const overtaken = { ...ports, leases: { ...ports.leases, replace: async () => { memory.lease = { ...memory.lease, ...change }; return false; } } };
    const holding = holdLease(overtaken, failover, 3, plan.lease);
    if (error === undefined) await expect(holding).resolves.toMatchObject(change);
    else await expect(holding).rejects.toBeInstanceOf(error);
    expect(memory.lease).toMatchObject(change);
  });
});
