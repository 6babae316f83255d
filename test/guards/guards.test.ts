// The list of guards is as true as the sources: every text occurs exactly once, every test exists, and stories notice most of them.
// That each removal is noticed takes minutes: `npm run guards`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { faultsOf, proofsOf, readGuards } from '../../scripts/guards/list.ts';

const root = join(import.meta.dirname, '../..');
const guards = readGuards(root);

test('every guard stands in the sources, once, and its tests exist', () => {
  expect(faultsOf(root, guards)).toEqual([]);
  expect(guards.flatMap(proofsOf).map(({ file }) => file).filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('a text that has gone, or that occurs twice, is found out', () => {
  const [first] = guards;
  const rotten = (replace: string) => faultsOf(root, [{ ...first!, without: [{ in: 'functions/verify/quorum.ts', replace, by: '' }] }]);
  expect(rotten('was never there')).toEqual([expect.stringMatching(/occurs 0 times in functions\/verify\/quorum\.ts/)]);
  expect(rotten('return')).toEqual([expect.stringMatching(/occurs \d+ times/)]);
  expect(faultsOf(root, [first!, first!])).toContainEqual(expect.stringMatching(/stands twice/));
  expect(faultsOf(root, [{ ...first!, noticedBy: [{ scenario: 'no-such-story' }] }])).toEqual([expect.stringMatching(/there is no scenario "no such story"/)]);
});

test('there are at least eighty guards, and at least half of them are noticed by a scenario or the simulation', () => {
  const byStory = guards.filter((guard) => proofsOf(guard).some(({ kind }) => kind === 'scenario' || kind === 'simulation'));
  expect(guards.length).toBeGreaterThanOrEqual(80);
  expect(byStory.length / guards.length).toBeGreaterThanOrEqual(0.5);
});
