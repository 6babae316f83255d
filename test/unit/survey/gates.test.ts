// Where a failback begins, and what speaks against it.
import { expect, test } from '@jest/globals';
import { direction, gatesOf, type DatabaseFound, type Found } from '../../../functions/survey/gates.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const found = (writer: string, more: Partial<DatabaseFound> & { readonly withdrawn?: boolean } = {}): DatabaseFound => ({
  database: 'orders', permit: { application: 'shop', database: 'orders', epoch: 1, writer, withdrawn: more.withdrawn ?? false, renewals: {}, surrenders: {} } as never, orders: [],
  writer: { identifier: 'orders', status: 'available', isReplica: false, backupRetentionDays: 7 }, ...more,
});

test('the permits say where the writer is, and whether a switchover was begun', () => {
  expect(direction(plan, [found(survivor)], home)).toEqual({ writer: survivor, resumes: false });
  expect(direction(plan, [found(home)], home)).toEqual({ writer: home, resumes: false });
  expect(direction(plan, [found(survivor, { withdrawn: true })], home)).toEqual({ writer: survivor, resumes: true });
  expect(direction(plan, [found(home), found(survivor)], home)).toEqual({ writer: survivor, resumes: true });
  expect(direction(plan, [found(home, { withdrawn: true })], home).trouble).toContain('a failover out of it is not finished');
  expect(direction(plan, [found(home, { permit: undefined })], home).trouble).toContain('no permit was ever granted');
});

const well: Found = {
  lease: { application: 'shop', epoch: 1, expiresAt: 0, acknowledgementDue: false, cooldownUntil: start + 1_000_000 },
  observations: [survivor, witness].flatMap((place) => [seen(place, survivor, 'up'), seen(place, home, 'down', { databaseOnly: true })]), databases: [found(survivor)],
};
const way = { writer: survivor, resumes: false };
const failed = (changed: Partial<Found>, going = way): readonly string[] => gatesOf(plan, { ...well, ...changed }, going, start).filter(({ passed }) => !passed).map(({ gate }) => gate);

test('a cooldown does not hold it up, and a fenced database is what it is there for', () => {
  expect(failed({})).toEqual([]);
});

test('an acknowledgement, a pause, a dead region, an old look, a writer without backups do', () => {
  expect(failed({ lease: { ...well.lease, acknowledgementDue: true } })).toEqual(['lease']);
  expect(failed({ lease: { ...well.lease, pausedUntil: start + 1000 } })).toEqual(['lease']);
  expect(failed({ observations: well.observations.map(({ databaseOnly: _only, ...entry }) => entry) })).toEqual(['quorum']);
  expect(failed({ observations: well.observations.map((entry) => ({ ...entry, at: start - 600_000 })) })).toEqual(['quorum']);
  expect(failed({ databases: [found(survivor, { writer: { identifier: 'orders', status: 'available', isReplica: false, backupRetentionDays: 0 } })] })).toEqual(['writer']);
});

test('nobody can write in the middle of a switchover: then serving is enough', () => {
  const refused = well.observations.map((entry) => (entry.target === survivor ? { ...entry, write: 'refused' as const } : entry));
  expect(failed({ observations: refused })).toEqual(['quorum']);
  expect(failed({ observations: refused }, { ...way, resumes: true })).toEqual([]);
});
