// The guards are load-bearing: without any one of them the model finds a shortest way to break something, and tells it.
import { expect, test } from '@jest/globals';
import { EXPERIMENTS, remove, removeAlone, storyOf, untried, type Experiment } from '../../simulator/model/experiments.ts';

// The machine may be busy with other tests; nothing here waits for a clock.
const TIMEOUT_MS = 300_000;

const nameOf = ({ guard, together }: Experiment): string => [guard, ...together].join(' and ');

test.each(EXPERIMENTS.map((tried) => [nameOf(tried), tried] as const))('something breaks without: %s', (_name, tried) => {
  const found = remove(tried);
  if (found.counterexample === undefined) throw new Error(`nothing breaks in ${found.states} states without ${nameOf(tried)}`);
  expect(found.counterexample.broken).toMatch(/^I(1|2|5|6|9|12|13): /);
  expect(found.counterexample.story.length).toBeLessThan(40);
}, TIMEOUT_MS);

test('each guard is taken away', () => expect(untried()).toEqual([]));

// Else the second one would be needed for nothing: the first would be missed by itself.
// Each explores a whole setting: a third of them here, all with HOTSHIFT_EXHAUSTIVE=1.
const doubled = EXPERIMENTS.filter(({ together, ignored }) => together.length > 0 && ignored.length === 0)
  .filter((_, index) => process.env['HOTSHIFT_EXHAUSTIVE'] === '1' || index % 3 === 0);
test.each(doubled.map((tried) => [tried.guard, tried.together.join(' and '), tried] as const))('nothing breaks without "%s" alone, as long as there is "%s"', (_guard, _together, tried) => {
  const found = removeAlone(tried);
  expect(found.counterexample === undefined ? '' : storyOf(tried.in, found.counterexample)).toBe('');
  expect(found.complete).toBe(true);
}, TIMEOUT_MS);
