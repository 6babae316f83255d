// What the lag watch says and how a page about it reads.
import { expect, test } from '@jest/globals';
import { lag, lagFigures, page, type Lag } from '../../../functions/watch/lag.ts';
import { database, home, plan, seen, start, survivor, witness } from '../ports.ts';

const wrote = [seen(witness, home, 'up', { lastWriteAt: start })];
const rpo = plan.budgets.rpoSeconds;
const behind = (seconds: number): Lag => lag({ inRecovery: true, replayedAt: start - seconds * 1000, readAt: start }, wrote, database, survivor, plan);

test.each<[string, Lag, Lag]>([
  ['a replica that is close', behind(1.5), { kind: 'near', lagSeconds: 1.5, reason: `the replica of orders in eu-central-1 is behind by 1.5 s; the RPO is ${rpo} s` }],
  ['a replica that is behind', behind(rpo + 10), { kind: 'behind', lagSeconds: rpo + 10, reason: `the replica of orders in eu-central-1 is behind by ${(rpo + 10).toFixed(1)} s; the RPO is ${rpo} s` }],
  ['a replica that is silent', lag(undefined, wrote, database, survivor, plan), { kind: 'behind', lagSeconds: Infinity, reason: `the replica of orders in eu-central-1 is behind by unknown, which counts as infinite; the RPO is ${rpo} s` }],
  ['the writer', lag({ inRecovery: false, readAt: start }, wrote, database, home, plan), { kind: 'writer', reason: 'orders in eu-west-1 is no replica' }],
  ['the writer of a shard, silent: no replica is behind', lag(undefined, wrote, database, survivor, plan, survivor), { kind: 'writer', reason: 'orders in eu-central-1 is no replica' }],
  ['a replica that is silent while the writer is elsewhere', lag(undefined, wrote, database, survivor, plan, home), { kind: 'behind', lagSeconds: Infinity, reason: `the replica of orders in eu-central-1 is behind by unknown, which counts as infinite; the RPO is ${rpo} s` }],
  ['a replica whose permits name it too early', lag({ inRecovery: true, replayedAt: start, readAt: start }, wrote, database, survivor, plan, survivor), expect.objectContaining({ kind: 'near' }) as unknown as Lag],
  ['no write yet', lag(undefined, [seen(witness, home, 'up')], database, survivor, plan), { kind: 'near', reason: 'nobody has seen a write in eu-west-1 yet' }],
])('%s', (_, found, wanted) => {
  expect(found).toEqual(wanted);
});

test('in figures an unknown lag is a count of its own, never a number of seconds; a writer has none', () => {
  expect(lagFigures(behind(2))).toEqual([{ name: 'LagUnknown', value: 0, unit: 'Count' }, { name: 'Lag', value: 2, unit: 'Seconds' }]);
  expect(lagFigures(lag(undefined, wrote, database, survivor, plan))).toEqual([{ name: 'LagUnknown', value: 1, unit: 'Count' }]);
  expect(lagFigures({ kind: 'writer', reason: '' })).toEqual([]);
  expect(lagFigures({ kind: 'near', reason: 'no write yet' })).toEqual([]);
});

test('a page says that nothing was moved, what it means for a failover, and where to look', () => {
  const found = behind(rpo + 10);
  if (found.kind !== 'behind') throw new Error(found.reason);
  expect(page(found, database, survivor, plan, start)).toEqual({
    key: 'lag/orders/eu-central-1/2026-11-24T09', application: 'shop', incident: 'lag-orders-eu-central-1', severity: 'page', title: 'Replication lag: shop/orders in eu-central-1',
    lines: [found.reason, 'Nothing was moved. A failover to this region now would be handed to a human.', 'Look at the replication and at the network between the regions.'],
  });
});
