// What is told of a violation is the fewest faults that show it.
import { expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/faults.ts';
import { shrunk } from '../../simulator/shrink.ts';

const faults: readonly Fault[] = [
  { at: 1, do: 'chat down' }, { at: 5, do: 'lag', seconds: 3 }, { at: 20, do: 'crash', place: 'home' }, { at: 30, do: 'slow names', seconds: 2 },
];
const when = (needed: readonly Fault['do'][], invariant: string) => async (_seed: number, left: readonly Fault[]): Promise<readonly string[]> =>
  (needed.every((what) => left.some((fault) => fault.do === what)) ? [invariant] : ['I99']);

test.each<[string, readonly Fault['do'][]]>([['one of four', ['crash']], ['two that need each other', ['lag', 'crash']], ['none', []], ['all', ['chat down', 'lag', 'crash', 'slow names']]])('%s', async (_, needed) => {
  expect((await shrunk(1, faults, 'I3', when(needed, 'I3'))).map((fault) => fault.do)).toEqual(needed);
});
test('another violation is another finding', async () => {
  expect(await shrunk(1, faults, 'I3', when(['crash'], 'I4'))).toEqual(faults);
});
