// Whose promotion was it? Ours was held against the RPO; whoever was the writer already loses nothing; anybody else's is weighed anew.
import { expect, test } from '@jest/globals';
import type { JournalEntry } from '../../../domain/journal.ts';
import type { FenceIntent } from '../../../domain/lease.ts';
import { isWeighed } from '../../../domain/promoted.ts';
import { failover, home, permitOf, start, survivor } from '../ports.ts';

const order: FenceIntent = { application: 'shop', database: 'orders', region: home, epoch: 1, recordedAt: start, execution: 'run-0', earlier: ['run-a', 'run-b'] };
const request = (execution: string, more: Partial<JournalEntry> = {}): JournalEntry => ({ execution, application: 'shop', at: start, step: 'Promote replica', kind: 'intent', summary: 'orders: promote replica', ...more });
const found = (entries: readonly JournalEntry[], fence?: FenceIntent, writer: string | undefined = home) =>
  isWeighed({ list: async (execution) => entries.filter((entry) => entry.execution === execution) }, failover, 'orders', writer === undefined ? undefined : permitOf(writer), fence);

test.each<[string, Promise<boolean>, boolean]>([
  ['the writer was there already', found([], undefined, survivor), true],
  ['this execution asked', found([request(failover.execution)]), true],
  ['the one before asked', found([request('run-0')], order), true],
  ['one long before asked', found([request('run-a')], order), true],
  ['nobody asked', found([], order), false],
  ['an execution of no order asked', found([request('run-x')], order), false],
  ['that order was lifted', found([request('run-0')], { ...order, liftedAt: start }), false],
  ['another database was asked for', found([request('run-0', { summary: 'stock: promote replica' })], order), false],
  ['it was refused, not asked for', found([request('run-0', { kind: 'gate' })], order), false],
])('%s', async (_, weighed, wanted) => expect(await weighed).toBe(wanted));
test('a permit that nobody has granted says nothing', async () => {
  expect(await isWeighed({ list: async () => [] }, failover, 'orders', undefined, undefined)).toBe(false);
});
