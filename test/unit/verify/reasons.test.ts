// What a verdict tells people, to the word, and what old news may not do to it.
import { describe, expect, test } from '@jest/globals';
import type { Observation, Verdict } from '../../../domain/observation.ts';
import { isOutage, quorum } from '../../../functions/verify/quorum.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const judge = (...observations: readonly Observation[]): Verdict => quorum(observations, plan, home, start);
const down = (place: string, target: string, more: Partial<Observation> = {}) => seen(place, target, 'down', more);
const up = (place: string, target: string, more: Partial<Observation> = {}) => seen(place, target, 'up', more);
const ago = (seconds: number) => start - seconds * 1000;

describe('the reason', () => {
  test.each<[string, readonly Observation[], string]>([
    ['nobody reports', [], '0 of 3 vantage points see eu-west-1 down (0 healthy, 0 abstaining, 3 silent); 2 needed'],
    ['one accuses', [down(witness, home)], '1 of 3 vantage points see eu-west-1 down (0 healthy, 0 abstaining, 2 silent); 2 needed'],
    ['one is sick', [seen(survivor, home, 'abstained')],
      '0 of 3 vantage points see eu-west-1 down (0 healthy, 1 abstaining, 2 silent); 2 needed; eu-central-1 cannot reach the control endpoint: the monitor is sick there'],
    ['two are sick', [seen(survivor, home, 'abstained'), seen(witness, home, 'abstained')],
      '0 of 3 vantage points see eu-west-1 down (0 healthy, 2 abstaining, 1 silent); 2 needed; eu-central-1, eu-west-2 cannot reach the control endpoint: the monitor is sick there'],
    ['one sees it slow, one well', [seen(survivor, home, 'slow'), up(home, home)],
      '0 of 3 vantage points see eu-west-1 down (2 healthy, 0 abstaining, 1 silent); 2 needed; 1 see it slow: a grey failure, which pages and moves nothing'],
    ['one is sick and one sees it slow', [seen(survivor, home, 'abstained'), seen(witness, home, 'slow')],
      '0 of 3 vantage points see eu-west-1 down (1 healthy, 1 abstaining, 1 silent); 2 needed; eu-central-1 cannot reach the control endpoint: the monitor is sick there; 1 see it slow: a grey failure, which pages and moves nothing'],
    ['an old view of it as slow says nothing', [seen(survivor, home, 'slow', { at: ago(60) })], '0 of 3 vantage points see eu-west-1 down (0 healthy, 0 abstaining, 3 silent); 2 needed'],
    ['both regions look down', [down(survivor, home), down(survivor, survivor), down(witness, home), down(witness, survivor)],
      'both regions look down from eu-central-1 and eu-west-2: the monitor or the world is sick'],
    ['the witness is missing', [down(survivor, home), up(survivor, survivor), down(home, home), up(home, survivor)],
      '2 of 3 vantage points see eu-west-1 down (0 healthy, 0 abstaining, 1 silent), but the witness eu-west-2 does not say so'],
    ['the survivor is not seen serving', [down(survivor, home), down(witness, home), up(witness, survivor)],
      'the survivor eu-central-1 is seen serving by 1 of the 2 that see eu-west-1 down; 2 needed'],
    ['confirmed', [down(survivor, home), up(survivor, survivor), down(witness, home), up(witness, survivor)],
      '2 of 3 vantage points see eu-west-1 down (0 healthy, 0 abstaining, 1 silent); eu-central-1 serves'],
  ])('%s', (_, observations, reason) => {
    expect(judge(...observations).reason).toBe(reason);
  });
});

describe('health from before the outage', () => {
  const since = (seconds: number) => down(survivor, home, { failingSince: ago(seconds) });
  test('that was seen at the very moment of the first failure stands', () => {
    expect(judge(since(10), up(witness, home, { at: ago(10) })).votes).toMatchObject({ healthy: 1, silent: 1 });
  });

  test('counts from the first failure of all accusers, not of the last one', () => {
    expect(judge(since(12), down(witness, home, { failingSince: ago(8) }), up(home, home, { at: ago(10) })).votes).toMatchObject({ down: 2, healthy: 1 });
  });

  test('is measured by accusers only: a run of failures that is too short to count dates nothing', () => {
    const wavering = down(witness, home, { failingSince: ago(14), consecutiveFailures: 1 });
    expect(judge(since(10), wavering, up(home, home, { at: ago(12) })).votes).toMatchObject({ down: 1, healthy: 0, silent: 2 });
  });

  test('is measured also when one of the accusers cannot say since when', () => {
    const { failingSince: _, ...undated } = down(witness, home);
    expect(judge(since(10), undated, up(home, home, { at: ago(12) })).votes).toMatchObject({ down: 2, healthy: 0, silent: 1 });
  });

  test('is silence, but an abstention from then is an abstention still', () => {
    expect(judge(since(10), seen(home, home, 'abstained', { at: ago(12) })).votes).toMatchObject({ abstained: 1, silent: 1 });
  });
});

test('a region that is up or answers late is not out, whoever the writer is', () => {
  for (const result of ['up', 'slow', 'abstained'] as const) expect(isOutage({ result, target: home, writer: home })).toBe(false);
});
