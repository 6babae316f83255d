// A region that was found down and is well again: seen writing by a quorum, on evidence that is neither old nor from the future.
import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../../domain/observation.ts';
import { recovered } from '../../../domain/recovery.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const well = (place: string, more: Partial<Observation> = {}) => seen(place, home, 'up', more);
const { evidenceAgeSecondsMax } = plan.detection;
const errorMs = plan.permit.clockErrorSeconds * 1000;

describe('a region is well again', () => {
  test('when a quorum sees it write, and they are named in the order of the plan', () => {
    expect(recovered([well(witness), well(home)], plan, home, start)).toEqual([home, witness]);
  });

  test.each<[string, Observation, boolean]>([
    ['as old as evidence may be', well(witness, { at: start - evidenceAgeSecondsMax * 1000 }), true],
    ['a millisecond older', well(witness, { at: start - evidenceAgeSecondsMax * 1000 - 1 }), false],
    ['from the future within the clock error', well(witness, { at: start + errorMs }), true],
    ['from the future beyond it', well(witness, { at: start + errorMs + 1 }), false],
    ['answers and cannot write', well(witness, { result: 'impaired', write: 'failed' }), false],
    ['answers late although it wrote', well(witness, { result: 'slow', write: 'ok' }), false],
    ['its writes are refused: that is a fence, not health', well(witness, { write: 'refused' }), false],
    ['the other region is well: that is not the question', seen(witness, survivor, 'up'), false],
    ['seen by nobody who belongs to the plan', well('us-east-1'), false],
  ])('or not, when the second of two is %s', (_, second, isWell) => {
    expect(recovered([well(home), second], plan, home, start) !== undefined).toBe(isWell);
  });

  test('not by one who says so twice, and not by silence', () => {
    expect(recovered([well(home), well(home)], plan, home, start)).toBeUndefined();
    expect(recovered([], plan, home, start)).toBeUndefined();
  });
});
