// When a vantage point raises its concern, and how often.
import { expect, test } from '@jest/globals';
import type { Observation } from '../../../domain/observation.ts';
import { concern } from '../../../functions/observe/suspicion.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const { failuresToSuspect, suspicionRepeatSeconds } = plan.detection;
const down = (failures: number) => seen(witness, home, 'down', { consecutiveFailures: failures });
const sick = seen(witness, home, 'abstained');

test.each<[string, Observation, number, number | undefined, 'suspect' | 'none']>([
  ['one failure too few', down(failuresToSuspect - 1), 0, undefined, 'none'],
  ['enough failures', down(failuresToSuspect), 0, undefined, 'suspect'],
  ['raised a moment ago', down(9), 0, start - suspicionRepeatSeconds * 1000 + 1, 'none'],
  ['raised exactly so long ago that it is due again', down(9), 0, start - suspicionRepeatSeconds * 1000, 'suspect'],
  ['slow for long: told, so that somebody looks', seen(witness, home, 'slow', { consecutiveFailures: failuresToSuspect }), 0, undefined, 'suspect'],
  ['cannot write, and is the writer', seen(witness, home, 'impaired'), 0, undefined, 'suspect'],
  ['suffers from the other region', seen(witness, home, 'impaired', { writer: survivor, consecutiveFailures: 99 }), 0, undefined, 'none'],
  ['a monitor that is sick for a round', sick, failuresToSuspect - 1, undefined, 'none'],
  ['a monitor that stays sick says so', sick, failuresToSuspect, undefined, 'suspect'],
  ['up', seen(witness, home, 'up'), 0, undefined, 'none'],
])('%s', (_, observation, abstainedRounds, lastRaisedAt, kind) => {
  expect(concern(observation, abstainedRounds, lastRaisedAt, plan, start).kind).toBe(kind);
});

test('the reason says who saw what', () => {
  expect(concern(down(4), 0, undefined, plan, start).reason).toBe('eu-west-2 saw eu-west-1 down 4 times in a row: down');
  expect(concern(sick, 4, undefined, plan, start).reason).toBe('eu-west-2 cannot reach eu-west-1 nor the control endpoint');
});
