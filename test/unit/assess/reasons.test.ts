// What is told of a replica that is fit or not, which states of RDS say no, and what each gate shows.
import { describe, expect, test } from '@jest/globals';
import type { FenceIntent } from '../../../domain/lease.ts';
import { readiness, type ReplicaView } from '../../../functions/assess/readiness.ts';
import { database, home, plan, seen, start, survivor, witness } from '../ports.ts';

const wrote = [seen(witness, home, 'down', { lastWriteAt: start })];
const view: ReplicaView = {
  instance: { identifier: 'replica', status: 'available', isReplica: true, backupRetentionDays: 7 },
  facts: { inRecovery: true, replayedAt: start - 1500, heartbeatAt: start - 2000, readAt: start }, trouble: '',
};
const order: FenceIntent = { application: 'shop', database: 'orders', region: survivor, epoch: 1, recordedAt: start - 9e6, execution: 'run-0' };
const find = (change: Partial<ReplicaView> = {}, observations = wrote) => readiness(database, { ...view, ...change }, observations, plan, home);
const iso = (at: number): string => new Date(at).toISOString();
const rpo = plan.budgets.rpoSeconds;

describe('the reason', () => {
  test('says what a fit replica would lose and what is allowed', () => {
    expect(find()).toMatchObject({ reason: `orders: 1.5 s exposed, ${rpo} s allowed`, exposureSeconds: 1.5 });
  });

  test('says that there is nothing to promote any more', () => {
    expect(find({ facts: { inRecovery: false, readAt: start }, isWeighed: true }).reason).toBe('orders is already promoted');
  });

  test('says that somebody else promoted it', () => {
    expect(find({ facts: { inRecovery: false, heartbeatAt: start - (rpo + 5) * 1000, readAt: start } }).reason).toMatch(/RPO is .* could be lost \(it left recovery, and no failover asked for that\)/);
  });

  test('names every gate that failed, what it found and what it wants', () => {
    expect(find({ order, facts: { inRecovery: true, replayedAt: start - (rpo + 1) * 1000, readAt: start } }).reason)
      .toBe(`orders: order to fence it is of epoch 1, must be none or lifted (by a failback); RPO is ${(rpo + 1).toFixed(1)} s could be lost, must be at most ${rpo} s`);
  });
});

describe('the gates show', () => {
  test('what a fit replica looks like', () => {
    expect(find().gates).toEqual([
      { gate: 'order to fence it', passed: true, value: 'none', threshold: 'none or lifted (by a failback)' },
      { gate: 'replica reachable', passed: true, value: `answered at ${iso(start)}`, threshold: 'answers SQL' },
      { gate: 'replica known to RDS', passed: true, value: 'available', threshold: 'found' },
      { gate: 'replica status', passed: true, value: 'available', threshold: expect.stringMatching(/^not failed, stopped, .*restore-error$/) },
      { gate: 'RPO', passed: true, value: '1.5 s could be lost', threshold: `at most ${rpo} s`, evidence: `newest commit on the replica ${iso(start - 1500)}, newest heartbeat ${iso(start - 2000)}` },
    ]);
  });

  test('what went wrong while it was read, and that nothing is known then', () => {
    const { facts: _, instance: __, ...unread } = view;
    const { gates } = readiness(database, { ...unread, trouble: 'access denied' }, wrote, plan, home);
    expect(gates.map(({ value }) => value)).toEqual(['none', 'no answer (access denied)', 'not found (access denied)', 'unknown', 'unknown, which counts as infinite']);
    expect(gates[4]?.evidence).toBe('newest commit on the replica unknown, newest heartbeat unknown');
  });
});

// What RDS does not end by itself soon, or what means that the instance is broken.
test.each(['failed', 'stopped', 'stopping', 'deleting', 'incompatible-network', 'incompatible-parameters', 'incompatible-restore', 'inaccessible-encryption-credentials', 'storage-full', 'restore-error'])(
  'a replica that RDS calls %s is not fit', (status) => {
    const { ready, reason } = find({ instance: { ...view.instance!, status } });
    expect(ready).toBe(false);
    expect(reason).toMatch(new RegExp(`^orders: replica status is ${status}, must be not failed, `));
  });

test.each(['available', 'backing-up', 'modifying', 'maintenance', 'storage-optimization'])('a replica that RDS calls %s is fit: that is no obstacle, or it ends', (status) => {
  expect(find({ instance: { ...view.instance!, status } }).ready).toBe(true);
});
