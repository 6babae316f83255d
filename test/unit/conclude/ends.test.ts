// What an end says in figures and links: the window that people are told, and the very heading of the runbook.
import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../../../domain/lease.ts';
import { readable, released, runbookEntry, widest, type LossWindow } from '../../../functions/conclude/conclusion.ts';
import { plan, start } from '../ports.ts';

const window = (fromMs: number, toMs: number): LossWindow => ({ from: start + fromMs, to: start + toMs, seconds: (toMs - fromMs) / 1000 });

describe('the window of several databases', () => {
  test('reaches from the first to the last moment at which any of them may have lost a write, in tenths of a second', () => {
    expect(widest([window(0, 4000), window(2000, 12_340)])).toEqual({ from: start, to: start + 12_340, seconds: 12.3 });
  });

  test('is not stretched by a database that lost nothing', () => {
    expect(widest([window(-90_000, -90_000), window(0, 4000), window(60_000, 60_000)])).toEqual({ from: start, to: start + 4000, seconds: 4 });
  });

  test('is not there when no database could lose anything, not even for an instant', () => {
    expect(widest([window(5000, 5000), window(9000, 8000)])).toBeUndefined();
  });
});

describe('the heading of the runbook', () => {
  test.each([
    ['Fence  writer', 'fence-writer'], ['(Fence writer)', 'fence-writer'], ['Promote: replica?', 'promote-replica'], ['Shift reads 2', 'shift-reads-2'],
  ])('of %s is one that GitHub makes: words and single hyphens, none at the ends', (step, slug) => {
    expect(runbookEntry('Handed to a human', step)).toBe(`docs/runbook.md#handed-over-at-${slug}`);
  });
});

describe('a cause in the words of people', () => {
  test.each([
    ['StoppedByOperatorError: paused by ana', 'stopped before its next change: paused by ana'],
    ['TryAgainError: asked for StoppedByOperatorError: no', 'TryAgainError: asked for StoppedByOperatorError: no'],
    ['no quorum', 'no quorum'],
  ])('%s', (cause, told) => {
    expect(readable(cause)).toBe(told);
  });
});

describe('the end of a failback', () => {
  const held: Lease = { application: 'shop', epoch: 3, holder: 'run-1', expiresAt: start + 60_000, acknowledgementDue: false, failback: true };
  test.each([['Failed back', false], ['Stood down', false], ['Failback yielded', true], ['Handed to a human', true]] as const)('%s: a person must acknowledge: %s', (outcome, due) => {
    const free = released(held, 'run-1', outcome, plan, start);
    expect(free?.acknowledgementDue).toBe(due);
    expect(free !== undefined && ('failback' in free || 'holder' in free)).toBe(false);
  });

  test.each([
    ['Handed to a human', 'failback', 'failback-handed-to-a-human'], ['Stood down', 'failback', 'failback-stood-down'], ['Failed back', 'failback', 'failed-back'],
    ['Handed to a human', 'drill', 'handed-over-at-fence-writer'], ['Stood down', 'manual', 'stood-down'],
  ] as const)('%s of a %s has its own page', (outcome, mode, entry) => {
    expect(runbookEntry(outcome, 'Fence writer', mode)).toBe(`docs/runbook.md#${entry}`);
  });
});
