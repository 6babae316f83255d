// The reported window in figures: tenths of a second, whole milliseconds, and never shorter than nothing.
import { expect, test } from '@jest/globals';
import { lossWindow } from '../../../functions/promote/loss.ts';
import { start } from '../ports.ts';

test.each<[string, number, number, { readonly from: number; readonly to: number; readonly seconds: number }]>([
  ['a long one', start - 12_340, start, { from: start - 13_340, to: start, seconds: 13.3 }],
  ['a fence from before the newest commit loses nothing', start, start - 60_000, { from: start - 1000, to: start - 1000, seconds: 0 }],
  ['database clocks count in fractions, people do not', start - 0.6, start + 0.4, { from: start - 1001, to: start, seconds: 1 }],
])('%s', (_, replayedAt, fencedAt, window) => {
  expect(lossWindow(replayedAt, fencedAt)).toEqual(window);
});
