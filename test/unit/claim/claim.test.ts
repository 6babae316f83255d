// Claiming: each gate alone and at its threshold, who holds what afterwards, and that an epoch only grows.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { StoppedByOperatorError, TryAgainError } from '../../../domain/errors.ts';
import type { Failover } from '../../../domain/journal.ts';
import type { Lease } from '../../../domain/lease.ts';
import { claim } from '../../../functions/claim/claim.ts';
import { claimable, type Claim } from '../../../functions/claim/claimable.ts';
import { failover, home, Memory, permitOf, plan, start, survivor } from '../ports.ts';

const free: Lease = { application: 'shop', epoch: 4, expiresAt: 0, acknowledgementDue: false };
const errorMs = plan.permit.clockErrorSeconds * 1000;
const manual: Failover = { ...failover, mode: 'manual' };

describe('claimable', () => {
  test.each<[string, Partial<Lease>, Failover, string, readonly string[]]>([
    ['free', {}, failover, 'grant', []],
    ['never had a lease', { epoch: 0 }, failover, 'grant', []],
    ['held by another one', { holder: 'run-2', expiresAt: start + 1 }, failover, 'refuse', ['lease']],
    ['expired, but within the clock error', { holder: 'run-2', expiresAt: start - errorMs + 1 }, failover, 'refuse', ['lease']],
    ['expired by the clock error', { holder: 'run-2', expiresAt: start - errorMs }, failover, 'grant', []],
    ['ours already: a repeat', { holder: 'run-1', expiresAt: start + 1 }, failover, 'adopt', []],
    ['ours and expired, claimed by nobody else', { holder: 'run-1', expiresAt: start - 99_000 }, failover, 'adopt', []],
    ['paused', { pausedUntil: start + 1, pausedBy: 'ana' }, failover, 'refuse', ['pause']],
    ['the pause is over', { pausedUntil: start }, failover, 'grant', []],
    ['ours: neither cooldown nor acknowledgement stops who holds it', { holder: 'run-1', expiresAt: start + 1, acknowledgementDue: true, cooldownUntil: start + 9 }, failover, 'adopt', []],
    ['a pause stops the holder as well', { holder: 'run-1', expiresAt: start + 1, pausedUntil: start + 1 }, failover, 'refuse', ['pause']],
    ['a pause stops a person as well', { pausedUntil: start + 1 }, manual, 'refuse', ['pause']],
    ['cooling down', { cooldownUntil: start + 1 }, failover, 'refuse', ['cooldown']],
    ['cooled down', { cooldownUntil: start }, failover, 'grant', []],
    ['not acknowledged', { acknowledgementDue: true }, failover, 'refuse', ['acknowledgement']],
    ['a person may go on in both', { acknowledgementDue: true, cooldownUntil: start + 1 }, manual, 'grant', []],
    ['both at once: both are told', { acknowledgementDue: true, cooldownUntil: start + 1 }, failover, 'refuse', ['cooldown', 'acknowledgement']],
  ])('%s', (_, change, who, kind, failed) => {
    const found = claimable({ ...free, ...change }, who, plan, start);
    expect(found.kind).toBe(kind);
    expect(found.gates.filter((gate) => !gate.passed).map((gate) => gate.gate)).toEqual(failed);
    if (found.kind === 'refuse') expect(found.reason).not.toContain('undefined');
  });

  test.each<[string, Partial<Lease>, Failover, readonly (string | undefined)[], Claim['kind']]>([
    ['left, and every writer is elsewhere', { left: home }, failover, [survivor, survivor], 'refuse'],
    ['left, but one writer is there again', { left: home }, failover, [survivor, home], 'grant'],
    ['left, but one permit was never granted', { left: home }, failover, [survivor, undefined], 'grant'],
    ['left, but nothing says where the writer is', { left: home }, failover, [], 'grant'],
    ['the other region was left', { left: survivor }, failover, [survivor], 'grant'],
    ['left, and a person wants it all the same', { left: home }, manual, [survivor], 'grant'],
    ['left, and ours already', { left: home, holder: 'run-1', expiresAt: start + 1 }, failover, [survivor], 'adopt'],
  ])('%s', (_, change, who, writers, kind) => {
    const found = claimable({ ...free, ...change }, who, plan, start, writers.map((writer) => (writer === undefined ? undefined : permitOf(writer))));
    expect(found.kind).toBe(kind);
    if (found.kind === 'refuse') expect(found.reason).toBe(`${home} was left by the last failover and has not been brought back (hotshift failback): neither writer nor users are there`);
    else expect(found.next.left).toBe(change.left);
  });

  test.each<[string, Partial<Lease>, Failover, boolean, Claim['kind']]>([
    ['the writes are withdrawn', {}, failover, true, 'refuse'],
    ['nothing was withdrawn yet', {}, failover, false, 'grant'],
    ['out of the other region', { evacuated: survivor }, failover, true, 'grant'],
    ['and a person takes it by hand', {}, manual, true, 'grant'],
    ['and another failback goes on', {}, { ...failover, mode: 'failback' }, true, 'grant'],
    ['and it is its own', { holder: 'run-1', expiresAt: start + 1 }, failover, true, 'adopt'],
  ])('a failback ended half-way, %s', (_, change, who, withdrawn, kind) => {
    const found = claimable({ ...free, failback: true, holder: 'back-1', evacuated: home, expiresAt: start - 3_600_000, ...change }, who, plan, start, [permitOf(survivor), { ...permitOf(home), withdrawn }]);
    expect(found.kind).toBe(kind);
    if (found.kind === 'refuse') expect(found.reason).toMatch(/^back-1 was moving the writes out of .* by plan and ended half-way: go on with hotshift failback/);
  });

  test('a grant names everything anew and forgets no pause, cooldown or missing acknowledgement, nor that another one shall stop', () => {
    const found = claimable({ ...free, abortExecution: 'run-0', acknowledgementDue: true, cooldownUntil: start + 5 }, manual, plan, start);
    expect(found).toMatchObject({ kind: 'grant', next: { epoch: 5, holder: 'run-1', incident: 'incident-1', evacuated: home, acknowledgementDue: true, cooldownUntil: start + 5, expiresAt: start + plan.lease.ttlSeconds * 1000 } });
    expect(found.kind === 'grant' && found.next.abortExecution).toBe('run-0');
  });

  const leases = fc.record({
    application: fc.constant('shop'), epoch: fc.nat(50), holder: fc.constantFrom('run-1', 'run-2'), expiresAt: fc.integer({ min: start - 10_000, max: start + 10_000 }), acknowledgementDue: fc.boolean(),
    pausedUntil: fc.integer({ min: start - 10, max: start + 10 }), cooldownUntil: fc.integer({ min: start - 10, max: start + 10 }),
  }, { requiredKeys: ['application', 'epoch', 'expiresAt', 'acknowledgementDue'] }) as fc.Arbitrary<Lease>;
  test('the epoch grows by one with each grant and stays with each repeat, never anything else', () => {
    fc.assert(fc.property(leases, fc.boolean(), (lease, byHand) => {
      const found = claimable(lease, byHand ? manual : failover, plan, start);
      if (found.kind === 'grant') expect(found.next.epoch).toBe(lease.epoch + 1);
      if (found.kind === 'adopt') expect(found.next.epoch).toBe(lease.epoch);
      if (found.kind !== 'refuse') expect(found.gates.every((gate) => gate.passed)).toBe(true);
    }));
  });
});

describe('claim', () => {
  const run = (memory: Memory, who = failover) => claim(memory.ports(), plan)({ failover: who });
  test('one of two that race gets it, the other reads again', async () => {
    const memory = new Memory();
    const ports = memory.ports();
    const late = { ...ports, leases: { ...ports.leases, read: async () => { const lease = memory.lease; await run(memory, { ...failover, execution: 'run-2' }); return lease; } } };
    await expect(claim(late, plan)({ failover })).rejects.toBeInstanceOf(TryAgainError);
    expect(memory.lease).toMatchObject({ holder: 'run-2', epoch: 1 });
    expect(await run(memory)).toMatchObject({ claimed: false, joined: true });
  });

  test('an execution that a person asked to stop does not begin', async () => {
    const memory = new Memory();
    memory.lease = { ...memory.lease, abortExecution: 'run-0 run-1' };
    await expect(run(memory)).rejects.toBeInstanceOf(StoppedByOperatorError);
    expect(memory.lease.epoch).toBe(0);
  });

  test.each<[string, Partial<Lease>, boolean]>([
    ['another execution is at work on it', { holder: 'run-2', expiresAt: start + 60_000, incident: 'incident-1' }, true],
    ['another execution is at work on another incident', { holder: 'run-2', expiresAt: start + 60_000, incident: 'incident-0' }, false],
    ['a failback is rebuilding that very region', { holder: 'back-1', expiresAt: start + 60_000, incident: 'failback-1', failback: true, evacuated: failover.evacuated }, true],
    ['it ended, people were told and have not answered', { incident: 'incident-1', acknowledgementDue: true, cooldownUntil: start + 9 }, true],
    ['another one ended and nobody answered: this outage is news', { incident: 'incident-0', acknowledgementDue: true }, false],
    ['a person has answered and expects something: the cooldown is news', { incident: 'incident-1', cooldownUntil: start + 9 }, false],
    ['paused', { incident: 'incident-1', pausedUntil: start + 9 }, false],
  ])('who needs to be told when it is refused: %s', async (_, change, joined) => {
    const memory = new Memory();
    memory.lease = { ...memory.lease, ...change };
    expect(await run(memory)).toMatchObject({ claimed: false, joined });
    expect(memory.journal).toEqual([expect.objectContaining({ kind: 'gate', step: 'Claim lease', summary: expect.stringMatching(/^refused: /) })]);
  });
});
