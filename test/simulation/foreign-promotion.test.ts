// Somebody makes a writer of the replica by hand, or a promotion comes late, and home writes on for minutes. Then home dies. That replica lacks
// all of it: whether it left recovery says nothing about what it holds.
import { expect, test } from '@jest/globals';
import { simulatedPlan } from '../../simulator/plan.ts';
import { simulate } from '../../simulator/simulate.ts';

const plan = simulatedPlan();
const promotedAt = (seconds: number, seed: number) => simulate({
  seed, seconds: 420, plan, faults: [{ at: 300, do: 'crash', place: 'home' }],
  prepare: (world) => void world.clock.after(seconds * 1000, () => world.pairs.forEach((pair) => world.rds.promote(pair, plan.regions[1], 'unplanned'))),
});

test.each([1, 2])('minutes before the outage: handed to a human, and nothing is touched (seed %i)', async (seed) => {
  const { outcome, reason, destructive, violations } = await promotedAt(30, seed);
  // That home went on after the promotion is that somebody's doing (I2).
  expect({ outcome, destructive: destructive.length, violated: violations.map(({ invariant }) => invariant).filter((invariant) => invariant !== 'I2') }).toEqual({ outcome: 'Handed to a human', destructive: 0, violated: [] });
  expect(reason).toMatch(/RPO is .* could be lost \(it left recovery, and no failover asked for that\)/);
});
