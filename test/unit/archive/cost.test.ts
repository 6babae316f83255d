// What an execution cost: counted from its history by hand, with nothing invented where nothing is known.
import { expect, test } from '@jest/globals';
import { recordRates } from '../../../cost/record.ts';
import { standardPrices } from '../../../cost/prices.ts';
import { costOf, usageGuessed, usageOf } from '../../../functions/archive/cost.ts';
import { history, journalOf, rates } from './world.ts';

test('transitions are states that were entered and retries; a call takes from its start to its answer', () => {
  expect(usageOf(history)).toEqual({ transitions: 3, calls: 2, callSeconds: 2, basis: 'measured' });
  expect(usageOf([])).toEqual({ transitions: 0, calls: 0, callSeconds: 0, basis: 'measured' });
});

test('hours in which a person is waited for are no time of a function', () => {
  const waited = [{ type: 'TaskScheduled', at: 0 }, { type: 'TaskStarted', at: 0 }, { type: 'TaskSubmitted', at: 300 }, { type: 'TaskSucceeded', at: 3_600_000 }].map((event, index) => ({ ...event, id: index + 1, previousId: index }));
  expect(usageOf(waited).callSeconds).toBe(0.3);
});

test('branches side by side are told apart by what each event follows', () => {
  const events = [{ id: 1, previousId: 0, type: 'TaskStarted', at: 0 }, { id: 2, previousId: 0, type: 'TaskStarted', at: 100 }, { id: 3, previousId: 1, type: 'TaskSucceeded', at: 1000 }, { id: 4, previousId: 2, type: 'TaskTimedOut', at: 600 }];
  expect(usageOf(events).callSeconds).toBe(1.5);
});

test('the bill is the sum of its lines, and writes count in each replica', () => {
  const { dollars, lines } = costOf({ transitions: 1000, calls: 100, callSeconds: 50, basis: 'measured' }, 3, rates);
  expect(lines.map(({ quantity, basis }) => [quantity, basis])).toEqual([[1000, 'measured'], [100, 'measured'], [25, 'measured'], [1200, 'estimated'], [400, 'estimated']]);
  expect(dollars).toBeCloseTo(0.025 + 0.00002 + 25 * 0.0000133334 + 1200 * 0.000000625 + 400 * 0.000000125, 7);
});

test('without prices only quantities are told', () => {
  const found = costOf({ transitions: 3, calls: 2, callSeconds: 2, basis: 'measured' }, 3, undefined);
  expect(found).toEqual({ lines: [{ item: 'state transitions', quantity: 3, basis: 'measured' }, { item: 'calls of functions', quantity: 2, basis: 'measured' }, { item: 'seconds of functions', quantity: 2, basis: 'measured' }] });
});

test('a guess from the journal is an estimate throughout', () => {
  expect(usageGuessed(journalOf('run-1', 'Failed over'), rates)).toEqual({ transitions: 6, calls: 2, callSeconds: 1, basis: 'estimated' });
});

test('the packaged rates are those of the dated price file', () => {
  const { prices, read } = standardPrices();
  expect(recordRates()).toMatchObject({ read, transition: prices.stepFunctionsThousandTransitions.dollars / 1000, gbSecond: prices.lambdaGbSecond.dollars });
});
