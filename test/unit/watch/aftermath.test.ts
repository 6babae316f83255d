// What Aurora leaves behind: its snapshot is copied once and told once, and a block of writes that timed out is told.
import { describe, expect, test } from '@jest/globals';
import { deposed, writeBlocks } from '../../../adapters/aftermath.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import type { Aftermath, Announcement, DeposedSnapshot, WriteBlock } from '../../../domain/ports.ts';
import { lookAround } from '../../../functions/watch/aftermath.ts';
import { copyOf } from '../../../functions/watch/kept.ts';
import { database, home, plan, start } from '../ports.ts';

const aurora: ApplicationPlan = { ...plan, databases: [{ ...database, kind: 'aurora-global', globalCluster: 'orders-global' }] };
const taken: DeposedSnapshot = { id: 'rds:unplanned-global-failover-orders-east-2026-11-24-09-00', status: 'available' };
const clock = { now: () => start, sleep: () => Promise.resolve() };

async function look(of: ApplicationPlan, snapshots: readonly DeposedSnapshot[], blocks: readonly WriteBlock[] = [], known: ReadonlySet<string> = new Set()) {
  const kept: string[] = [];
  const told: Announcement[] = [];
  const aftermath: Aftermath = { snapshots: async () => snapshots, keep: async (_, __, ___, as) => { kept.push(as); }, writeBlocks: async () => blocks };
  const names = await lookAround({ aftermath, clock }, of, home, async (page) => {
    if (known.has(page.key)) return false;
    told.push(page);
    return true;
  });
  return { kept, told, names };
}

describe('the snapshot of lost writes', () => {
  test('is copied at once, and people are told where it is', async () => {
    const { kept, told, names } = await look(aurora, [taken]);
    expect(kept).toEqual(['hotshift-lost-writes-orders-east-2026-11-24-09-00']);
    expect(told).toEqual([expect.objectContaining({ severity: 'page', title: expect.stringContaining('Snapshot of lost writes'), lines: expect.arrayContaining([expect.stringContaining(kept[0] ?? '?')]) })]);
    expect(names).toEqual(['orders']);
  });
  test('is not copied again, nor told again', async () => {
    const again = await look(aurora, [{ ...taken, keptAs: 'my-own-copy' }], [], new Set([`lost-writes/orders/${taken.id}`]));
    expect([again.kept, again.told]).toEqual([[], []]);
  });
  test('that is still being made is left for the next look', async () => {
    expect((await look(aurora, [{ ...taken, status: 'creating' }])).kept).toEqual([]);
  });
  test('does not exist for a read replica', async () => {
    expect((await look(plan, [taken])).kept).toEqual([]);
  });
  test('has a name that RDS takes, however long the cluster is called', () => {
    for (const id of [taken.id, `rds:unplanned-global-failover-${'a'.repeat(63)}-2026-11-24-09-00`, 'rds:unplanned-global-failover-a--b-2026']) {
      expect(copyOf(id)).toMatch(/^hotshift-lost-writes-(?!.*--)[A-Za-z0-9-]{1,42}$/);
    }
    expect(copyOf(`rds:unplanned-global-failover-${'a'.repeat(63)}-2026-11-24-09-00`)).toContain('2026-11-24-09-00');
  });
  test('of another cluster is not ours, and a copy is known by its source', () => {
    const shape = { DBClusterSnapshotIdentifier: taken.id, Status: 'available', SnapshotType: 'automated' };
    expect(deposed([{ ...shape, DBClusterSnapshotIdentifier: taken.id.replace('orders', 'bills') }, { DBClusterSnapshotIdentifier: 'rds:orders-east-2026', Status: 'available' }], 'orders-east')).toEqual([]);
    expect(deposed([shape, { DBClusterSnapshotIdentifier: 'mine', SnapshotType: 'manual', SourceDBClusterSnapshotArn: `arn:aws:rds:us-east-1:111122223333:cluster-snapshot:${taken.id}` }], 'orders-east')).toEqual([{ ...taken, keptAs: 'mine' }]);
  });
});

describe('writes that could not be blocked', () => {
  const event = (result: string, cluster = 'orders-east') => ({ Message: `Attempt to block writes for DB cluster ${cluster} in Region us-east-1 ${result}.`, Date: new Date(start) });
  test('are heard in the words of RDS, of our clusters only', () => {
    expect(writeBlocks([event('timed out'), event('succeeded'), event('timed out', 'bills'), { Message: 'DB instance restarted', Date: new Date(start) }], ['orders-east', 'orders-west'])).toEqual([
      { at: start, succeeded: false, text: event('timed out').Message }, { at: start, succeeded: true, text: event('succeeded').Message },
    ]);
  });
  test('are told; a block that worked is not', async () => {
    const blocks = [{ at: start, succeeded: false, text: 'timed out' }, { at: start + 1, succeeded: true, text: 'succeeded' }];
    expect((await look(aurora, [], blocks)).told.map(({ key }) => key)).toEqual([`write-block/orders/${start}`]);
  });
});
