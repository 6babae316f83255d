// Exercises and ways home beside outages: what is planned yields to what is not, and asks for what an outage need not ask for.
import { describe, expect, test } from '@jest/globals';
import type { Failover, FailoverMode } from '../../../domain/journal.ts';
import type { Lease } from '../../../domain/lease.ts';
import { claimable } from '../../../functions/claim/claimable.ts';
import { failover, home, plan, start, survivor } from '../ports.ts';

const free: Lease = { application: 'shop', epoch: 4, expiresAt: start - 600_000, acknowledgementDue: false };
const held = { holder: 'run-0', expiresAt: start + 60_000, incident: 'incident-0', evacuated: survivor } as const;
const claim = (lease: Partial<Lease>, mode: FailoverMode = 'automatic', more: Partial<Failover> = {}) => claimable({ ...free, ...lease }, { ...failover, mode, ...more }, plan, start);
const failed = (lease: Partial<Lease>, mode: FailoverMode) => claim(lease, mode).gates.filter(({ passed }) => !passed).map(({ gate }) => gate);

describe('a lease that an exercise holds', () => {
  test.each<[string, Partial<Lease>, FailoverMode, 'grant' | 'refuse']>([
    ['yields to an outage', { ...held, drill: true }, 'automatic', 'grant'],
    ['yields to a person who fails over', { ...held, drill: true }, 'manual', 'grant'],
    ['does not yield to another drill', { ...held, drill: true }, 'drill', 'refuse'],
    ['does not yield to a failback', { ...held, drill: true }, 'failback', 'refuse'],
  ])('%s', (_, lease, mode, kind) => {
    expect(claim(lease, mode).kind).toBe(kind);
  });

  test('is marked as taken over, since its last request may still arrive; and is no drill any more', () => {
    const found = claim({ ...held, drill: true });
    if (found.kind !== 'grant') throw new Error(found.kind);
    expect(found.next).toMatchObject({ epoch: 5, holder: 'run-1', takenOverAt: start });
    expect('drill' in found.next).toBe(false);
    expect(found.gates[1]?.evidence).toMatch(/; a drill, which yields$/);
  });

  test('leaves no such mark when it had been given back before, or when it was a failover that had expired', () => {
    for (const lease of [{ drill: true }, { ...held, expiresAt: start - 600_000 }]) {
      const found = claim(lease);
      if (found.kind !== 'grant') throw new Error(found.kind);
      expect('takenOverAt' in found.next).toBe(false);
      expect(found.gates[1]?.evidence).not.toContain('yields');
    }
  });
});

describe('a lease that a failback holds', () => {
  const rebuilding = (evacuated: string): Partial<Lease> => ({ ...held, failback: true, evacuated });
  test('yields to the outage of the region that has the writer', () => {
    const found = claim(rebuilding(survivor));
    expect(found.kind).toBe('grant');
    expect(found.gates[1]?.evidence).toMatch(/; a failback, which yields$/);
    expect(found.kind === 'grant' && 'failback' in found.next).toBe(false);
  });

  test('does not yield to a failover out of the very region that it rebuilds: it looks down for that reason', () => {
    expect(claim(rebuilding(home)).kind).toBe('refuse');
    expect(claim(rebuilding(home), 'manual').kind).toBe('refuse');
  });

  test('goes on under its own epoch when it turns to its other half', () => {
    const found = claim({ ...rebuilding(survivor), holder: 'run-1' }, 'failback');
    expect(found).toMatchObject({ kind: 'adopt', next: { epoch: 4, evacuated: home } });
    expect(claim({ ...held, holder: 'run-1' })).toMatchObject({ kind: 'adopt', next: { evacuated: survivor } });
  });
});

describe('what is planned asks for more', () => {
  const due = { acknowledgementDue: true, cooldownUntil: start + 1 } as const;
  test.each<[FailoverMode, readonly string[]]>([
    ['automatic', ['cooldown', 'acknowledgement']], ['drill', ['cooldown', 'acknowledgement']], ['failback', ['acknowledgement']], ['manual', []],
  ])('%s, after a failover that nobody has acknowledged, is stopped by %j', (mode, gates) => {
    expect(failed(due, mode)).toEqual(gates);
  });

  test.each<[FailoverMode, object]>([['automatic', {}], ['manual', {}], ['drill', { drill: true }], ['failback', { failback: true }]])('%s is written into its lease as such: %j', (mode, marks) => {
    const found = claim({}, mode);
    if (found.kind !== 'grant') throw new Error(found.kind);
    expect(Object.fromEntries(Object.entries(found.next).filter(([name]) => ['drill', 'failback'].includes(name)))).toEqual(marks);
  });
});
