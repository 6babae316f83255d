// An old writer becomes a replica step by step: what is seen decides, nothing is asked twice, and whatever could be the only copy of
// something is left alone.
import { describe, expect, test } from '@jest/globals';
import { asideOf } from '../../../domain/failback.ts';
import type { FenceIntent } from '../../../domain/lease.ts';
import type { Failover } from '../../../domain/journal.ts';
import { rebuild } from '../../../functions/rebuild/rebuild.ts';
import { rebuilding, type RebuildView } from '../../../functions/rebuild/rebuilding.ts';
import { database, home, Memory, plan, start, survivor } from '../ports.ts';

const failback: Failover = { application: plan.application, execution: 'back-1', evacuated: home, incident: 'failback-1', mode: 'failback', startedAt: start };
const order: FenceIntent = { application: plan.application, database: database.name, region: home, epoch: 3, recordedAt: start, execution: 'run-1' };
const instance = (identifier: string, more: object = {}) => ({ identifier, status: 'available', isReplica: false, backupRetentionDays: 7, ...more });
const old: RebuildView = {
  region: home, permit: { application: plan.application, database: database.name, epoch: 3, writer: survivor, withdrawn: false, renewals: {}, surrenders: {} } as never, order,
  instance: instance('orders-ireland'), aside: undefined, source: instance('orders-frankfurt'), facts: { inRecovery: false, readAt: start }, behindBytes: undefined, askedAt: { aside: undefined, create: undefined },
};
const replica: RebuildView = { ...old, instance: instance('orders-ireland', { isReplica: true, sourceIdentifier: 'arn:aws:rds:eu-central-1:111122223333:db:orders-frankfurt' }), aside: instance('orders-ireland-aside-3'), facts: { inRecovery: true, readAt: start, replayedAt: start - 1000 }, behindBytes: 0 };
const next = (view: RebuildView, now = start) => rebuilding(view, database, 30, start + 600_000, now);

describe('the next thing to do', () => {
  test.each<[string, RebuildView, string, string]>([
    ['an old writer is renamed', old, 'set aside', 'old writer of epoch 3'],
    ['not while RDS changes it', { ...old, instance: instance('orders-ireland', { status: 'modifying' }) }, 'wait', 'modifying'],
    ['not twice', { ...old, askedAt: { aside: start - 1000, create: undefined } }, 'wait', 'asked for'],
    ['a stopped one needs a person', { ...old, instance: instance('orders-ireland', { status: 'stopped' }) }, 'refuse', 'start it'],
    ['the granted writer is never touched', { ...old, permit: { ...old.permit!, writer: home } }, 'refuse', 'name eu-west-1 as the writer'],
    ['without an order nothing says that it is old', { ...old, order: undefined }, 'refuse', 'no order'],
    ['two old writers are one too many', { ...old, aside: instance('orders-ireland-aside-3') }, 'refuse', 'set aside already'],
    ['under neither name, just after it was asked for', { ...old, instance: undefined, askedAt: { aside: start - 1000, create: undefined } }, 'wait', 'neither name'],
    ['under neither name', { ...old, instance: undefined }, 'refuse', 'neither'],
    ['then the replica is made', { ...old, instance: undefined, aside: instance('orders-ireland-aside-3') }, 'create', 'replica of orders-frankfurt'],
    ['not of a writer without backups', { ...old, instance: undefined, aside: instance('orders-ireland-aside-3'), source: instance('orders-frankfurt', { backupRetentionDays: 0 }) }, 'refuse', 'no automated backups'],
    ['while it copies', { ...replica, instance: { ...replica.instance!, status: 'creating' }, facts: undefined }, 'wait', 'creating'],
    ['while it is behind', { ...replica, behindBytes: 40_000_000 }, 'wait', 'behind'],
    ['while its place is unknown', { ...replica, behindBytes: undefined }, 'wait', 'unknown'],
    ['a replica of somebody else', { ...replica, instance: { ...replica.instance!, sourceIdentifier: 'other' } }, 'refuse', 'not from orders-frankfurt'],
    ['the fence is lifted from a replica that streams', replica, 'lift', 'streams'],
    ['never from one that is not in recovery', { ...replica, facts: { inRecovery: false, readAt: start } }, 'wait', 'not in recovery'],
    ['then its network must be open again', { ...replica, order: { ...order, liftedAt: start, enforced: { at: start, networkClosed: true, sessionsEnded: 1, detail: '' } } }, 'wait', 'not opened the network'],
    ['and it is done', { ...replica, order: { ...order, liftedAt: start, enforced: { at: start, networkClosed: false, sessionsEnded: 0, detail: '', reopened: true } } }, 'done', 'open again'],
  ])('%s', (_, view, kind, words) => {
    expect(next(view)).toEqual({ kind, reason: expect.stringContaining(words) });
  });

  test('what takes too long is told to a person', () => {
    expect(next({ ...replica, behindBytes: undefined }, start + 600_000)).toMatchObject({ kind: 'refuse', reason: expect.stringContaining('in time it was not done') });
  });
});

test('the name of what is set aside fits into what RDS takes', () => {
  expect(asideOf('orders-ireland', 12)).toBe('orders-ireland-aside-12');
  expect(asideOf('a'.repeat(63), 7)).toBe(`${'a'.repeat(55)}-aside-7`);
  expect(asideOf(`${'a'.repeat(54)}-bbbbbbbb`, 7)).not.toContain('--');
});

test('the intent is journaled before the call, the lease is held, and a drill\'s or a failover\'s lease refuses it', async () => {
  const memory = new Memory();
  const calls: string[] = [];
  const replicas = { setAside: async (_: unknown, region: string, as: string) => void calls.push(`${region} ${as} after ${memory.journal.filter(({ kind }) => kind === 'intent').length} intents`), create: async () => undefined };
  memory.lease = { application: plan.application, epoch: 4, holder: 'back-1', expiresAt: start + 100_000, acknowledgementDue: false, failback: true };
  const ports = memory.ports();
  await ports.permits.grant({ application: plan.application, database: database.name, epoch: 3, writer: survivor });
  await ports.intents.record(order);
  memory.instances.set(`${database.name}#${home}`, instance('orders-ireland'));
  memory.facts.set(`${database.name}#${home}`, { inRecovery: false, readAt: start });
  // Memory keeps instances by database and region: only the planned name is there.
  const describe = ports.database.describe;
  const database2 = { ...ports.database, describe: async (asked: typeof database, region: string) => (asked.instances[region]!.identifier.includes('-aside-') ? undefined : describe(asked, region)) };
  const step = rebuild({ ...ports, database: database2, replicas }, plan);
  const input = { failover: failback, epoch: 4, database: database.name, since: start };
  expect(await step(input)).toMatchObject({ rebuild: 'waiting', reason: expect.stringContaining('RDS accepted to rename it') });
  expect(calls).toEqual([`${home} ${asideOf(database.instances[home]!.identifier, 3)} after 1 intents`]);
  const { failback: _failback, ...failoverLease } = memory.lease;
  memory.lease = failoverLease;
  await expect(step(input)).rejects.toThrow('not held for a failback');
  expect(calls).toHaveLength(1);
});
