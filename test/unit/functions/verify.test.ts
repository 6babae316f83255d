// The quorum: who may say that a region is down, and when nobody may.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Observation, ObservationResult } from '../../../domain/observation.ts';
import { quorum, vote } from '../../../functions/verify/quorum.ts';
import { A, B, down, NOW, plan, seen, W } from './plan.ts';

const healthyB = [seen(B, B), seen(W, B)];

describe('quorum', () => {
  test.each<[string, readonly Observation[], string, boolean, RegExp]>([
    ['two, one of them the witness, and the survivor serves', [down(B, A), down(W, A), ...healthyB], 'down', true, /2 of 3/],
    ['the survivor cannot write because the writer is gone', [down(B, A), down(W, A), seen(B, B, { result: 'impaired', write: 'failed' }), seen(W, B, { result: 'impaired', write: 'failed' })], 'down', true, /serves/],
    ['one alone against two', [down(B, A), seen(A, A), seen(W, A), ...healthyB], 'healthy', true, /1 of 3/],
    ['one, and the others have not spoken yet', [down(B, A), ...healthyB], 'undecided', false, /2 silent/],
    ['two without the witness', [down(A, A), down(B, A), seen(W, A, { at: NOW - 60_000 }), seen(A, B), ...healthyB], 'undecided', false, /witness us-east-2 does not say so/],
    ['both regions from the same two', [down(B, A), down(W, A), down(B, B), down(W, B)], 'undecided', true, /both regions look down/],
    ['the survivor was not seen', [down(B, A), down(W, A)], 'undecided', false, /survivor us-west-2 is seen serving by 0/],
    ['a healthy view from before the outage is no vote', [down(B, A), down(W, A), seen(A, A, { at: NOW - 3500 }), ...healthyB], 'down', true, /1 silent/],
    ['sick monitors abstain', [seen(B, A, { result: 'abstained' }), seen(W, A, { result: 'abstained' }), seen(A, A, { result: 'abstained' })], 'undecided', false, /control endpoint/],
    ['slow is not down', [A, B, W].map((place) => seen(place, A, { result: 'slow', consecutiveFailures: 9 })), 'healthy', true, /grey failure/],
    ['too few failures in a row are silence', [down(B, A, { consecutiveFailures: 2 }), down(W, A, { consecutiveFailures: 2 }), ...healthyB], 'undecided', false, /3 silent/],
    ['nobody has looked', [], 'undecided', false, /3 silent/],
  ])('%s', (_name, observations, kind, final, reason) => {
    const verdict = quorum(observations, plan, A, NOW);
    expect({ kind: verdict.kind, final: verdict.final }).toEqual({ kind, final });
    expect(verdict.reason).toMatch(reason);
  });

  test('evidence from the future is as useless as old evidence', () => {
    expect(vote(down(B, A, { at: NOW + 60_000 }), plan, NOW)).toBe('silent');
    expect(vote(down(B, A, { at: NOW - 60_000 }), plan, NOW)).toBe('silent');
  });

  const anyObservation = fc.record({
    vantagePoint: fc.constantFrom(A, B, W), target: fc.constantFrom(A, B), result: fc.constantFrom<ObservationResult>('up', 'impaired', 'slow', 'down', 'abstained'),
    at: fc.integer({ min: NOW - 20_000, max: NOW + 2000 }), consecutiveFailures: fc.integer({ min: 0, max: 5 }), writer: fc.constantFrom(A, B),
    failingSince: fc.integer({ min: NOW - 20_000, max: NOW }),
  }).map((changes) => seen(changes.vantagePoint, changes.target, changes));

  test('never down without the witness and a quorum of fresh accusers that see the survivor; votes add up', () => {
    fc.assert(fc.property(fc.uniqueArray(anyObservation, { selector: (entry) => `${entry.vantagePoint}${entry.target}`, maxLength: 6 }), (observations) => {
      const verdict = quorum(observations, plan, A, NOW);
      const { down: accusing, healthy, abstained, silent, of } = verdict.votes;
      expect(accusing + healthy + abstained + silent).toBe(of);
      if (verdict.kind !== 'down') return;
      const accusers = observations.filter((entry) => entry.target === A && vote(entry, plan, NOW) === 'down').map((entry) => entry.vantagePoint);
      expect(accusers).toContain(W);
      expect(accusers.length).toBeGreaterThanOrEqual(2);
      const serving = observations.filter((entry) => entry.target === B && accusers.includes(entry.vantagePoint) && ['up', 'impaired'].includes(entry.result) && vote(entry, plan, NOW) === 'healthy');
      expect(serving.length).toBeGreaterThanOrEqual(2);
    }), { numRuns: 3000 });
  });
});
