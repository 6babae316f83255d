// The explorer itself, on puzzles whose answers are known: it must find the shortest way, count every state once and see dead ends.
import { expect, test } from '@jest/globals';
import { explore, type Model } from '../../simulator/model/explore.ts';

/** Two jugs of 3 and 5 litres. */
interface Jugs { readonly small: number; readonly large: number }
const jugs = (forbidden: (jugs: Jugs) => boolean): Model<Jugs> => ({
  initial: [{ small: 0, large: 0 }],
  keyOf: ({ small, large }) => `${small},${large}`,
  moves: ({ small, large }) => {
    const [toLarge, toSmall] = [Math.min(small, 5 - large), Math.min(large, 3 - small)];
    return [
      { text: 'fill the small one', next: { small: 3, large } }, { text: 'fill the large one', next: { small, large: 5 } },
      { text: 'empty the small one', next: { small: 0, large } }, { text: 'empty the large one', next: { small, large: 0 } },
      { text: 'pour into the large one', next: { small: small - toLarge, large: large + toLarge } },
      { text: 'pour into the small one', next: { small: small + toSmall, large: large - toSmall } },
    ];
  },
  broken: (state) => (forbidden(state) ? 'four litres' : undefined),
});

test('four litres take six moves', () => {
  const found = explore(jugs(({ large }) => large === 4), { statesMax: 1000 });
  expect(found.counterexample?.story).toEqual([
    'fill the large one', 'pour into the small one', 'empty the small one', 'pour into the small one', 'fill the large one', 'pour into the small one',
  ]);
  expect(found.complete).toBe(false);
});
test('each state is counted once, each way from it as well', () => {
  // At least one jug is empty or full: 4 * 6 - 2 * 4 = 16 states, all within reach.
  expect(explore(jugs(() => false), { statesMax: 1000 })).toEqual({ states: 16, transitions: 96, depth: 7, complete: true });
});
test('a limit of states is told, not hidden', () => expect(explore(jugs(() => false), { statesMax: 5 }).complete).toBe(false));
test('a move can break something without any state being wrong', () => {
  const model: Model<number> = {
    initial: [0], keyOf: String, broken: () => undefined,
    moves: (at) => (at < 3 ? [{ text: `to ${at + 1}`, next: at + 1, ...(at === 2 ? { broken: 'fell' } : {}) }] : []),
  };
  expect(explore(model, { statesMax: 10 }).counterexample).toEqual({ broken: 'fell', story: ['to 1', 'to 2', 'to 3'] });
});
test('a place from which no end is in reach is a dead end', () => {
  // 1 leads to the end 3; 2 leads to 4 and back.
  const roads: Readonly<Record<number, readonly number[]>> = { 0: [1, 2], 1: [3], 2: [4], 3: [], 4: [2] };
  const model: Model<number> = { initial: [0], keyOf: String, broken: () => undefined, moves: (at) => (roads[at] ?? []).map((next) => ({ text: `to ${next}`, next })) };
  expect(explore(model, { statesMax: 10, isFinal: (at) => at === 3 }).deadEnds).toEqual({ count: 2, story: ['to 2'] });
});
