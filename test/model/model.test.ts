// The model of lease, fence and promotion, explored whole: with all guards nothing breaks in any order of things. What the model says of
// production rests on rules.ts, which asks the production rules themselves, and on verbs.test.ts.
import { expect, test } from '@jest/globals';
import { exploreAll, storyOf } from '../../simulator/model/experiments.ts';
import { SETTINGS } from '../../simulator/model/settings.ts';

// The machine may be busy with other tests; nothing here waits for a clock.
const TIMEOUT_MS = 300_000;

test.each(SETTINGS.map((setting) => [setting.name, setting] as const))('with all guards nothing breaks, and an end stays in reach: %s', (_name, setting) => {
  const found = exploreAll(setting);
  expect(found.counterexample === undefined ? '' : storyOf(setting, found.counterexample)).toBe('');
  expect(found.complete).toBe(true);
  expect(found.deadEnds).toEqual({ count: 0, story: [] });
  // An empty space would pass as well.
  expect(found.states).toBeGreaterThan(10_000);
}, TIMEOUT_MS);
