// What the old writer alone holds, and who must say that it may be left behind.
import { expect, test } from '@jest/globals';
import { keyText } from '../../../domain/failback.ts';
import { comparison, lostOf, since } from '../../../functions/compare/lost.ts';
import { start } from '../ports.ts';

const order = { application: 'shop', database: 'orders', region: 'eu-west-1', epoch: 3, recordedAt: start, execution: 'run-1' };
const promoted = (summary: string, from: number) => ({ execution: 'run-1', application: 'shop', at: start, step: 'Promote replica', kind: 'result' as const, summary, evidence: { lossWindow: { from, to: start, seconds: 1 } } });

test('a row is lost when its key is not there, whatever its columns hold', () => {
  const rows = [{ key: ['1', 'a'], at: start }, { key: ['1', 'b'], at: start }, { key: ['1","a'], at: start }];
  expect(lostOf('orders', rows, new Set([keyText(['1', 'a'])]))).toEqual([{ table: 'orders', key: ['1', 'b'], at: start }, { table: 'orders', key: ['1","a'], at: start }]);
});

test('compared is what was written since a minute before the reported loss, or for a day', () => {
  expect(since(order, [promoted('orders: a write was committed', start - 5000), promoted('stock: a write was committed', start - 90_000)], 'orders')).toBe(start - 65_000);
  expect(since(order, [promoted('orders: a write was committed', 0)], 'orders')).toBe(start - 86_400_000);
  expect(since(order, [], 'orders')).toBe(start - 86_400_000);
});

test('nothing lost goes on; anything else waits for a person', () => {
  expect(comparison('orders', 0, undefined, false)).toMatchObject({ compared: 'same', proceed: true });
  expect(comparison('orders', 3, undefined, false)).toMatchObject({ compared: 'lost', proceed: false, lost: 3, reason: expect.stringContaining('--accept-lost') });
  expect(comparison('orders', 3, undefined, true)).toMatchObject({ compared: 'lost', proceed: true });
  expect(comparison('orders', 0, 'no answer', false)).toMatchObject({ compared: 'unknown', proceed: false });
});
