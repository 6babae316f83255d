// Why the agent closed a database or left it alone: the words that stand in the journal.
import { expect, test } from '@jest/globals';
import type { FenceIntent } from '../../../domain/lease.ts';
import { locking } from '../../../functions/enforce/locking.ts';
import { home, start } from '../ports.ts';

const order: FenceIntent = { application: 'shop', database: 'orders', region: home, epoch: 3, recordedAt: start, execution: 'run-1' };
const proof = { at: start, networkClosed: true, sessionsEnded: 2, detail: 'closed' };

test.each<[string, FenceIntent, boolean, string]>([
  ['a lifted order is named with its epoch', { ...order, liftedAt: start }, false, 'the order of epoch 3 was lifted'],
  ['an open network is closed, and the order that wants it is named', { ...order, enforced: proof }, false, 'epoch 3 orders a fence and the network is open'],
  ['a fence that nobody has proven is closed once more', order, true, 'epoch 3 is not proven yet'],
  ['a proven fence is left alone', { ...order, enforced: proof }, true, 'epoch 3 is enforced'],
])('%s', (_, intent, closed, reason) => {
  expect(locking(intent, closed).reason).toBe(reason);
});
