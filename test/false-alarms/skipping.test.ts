// Leaving quiet time out must change nothing: a stretch of days is run once with it and once with every round, and all that anybody saw,
// suspected and decided is compared, with its instants.
import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../domain/observation.ts';
import { byBegin } from '../../simulator/false-alarms/disturbance.ts';
import { drawDisturbances, yearBegins } from '../../simulator/false-alarms/draw.ts';
import { NOISE } from '../../simulator/false-alarms/noise.ts';
import { OUTAGES } from '../../simulator/false-alarms/outages.ts';
import { pairOf } from '../../simulator/false-alarms/pair.ts';
import { runStretch } from '../../simulator/false-alarms/run.ts';
import { changed, DAY_MS, plan } from './ground.ts';

const DAYS = 1;
async function stretch(seed: number, skipsQuiet: boolean, { intensity = 1, policy = plan } = {}) {
  const drawn = drawDisturbances(NOISE, pairOf(plan), { seed, year: seed, days: DAYS, intensity });
  const outages = drawDisturbances(OUTAGES, pairOf(plan), { seed: seed + 1, year: seed, days: DAYS });
  const views: Observation[] = [];
  const from = yearBegins(seed);
  const { roundsRun, ...decided } = await runStretch({
    plan: policy, seed, disturbances: [...drawn, ...outages].sort(byBegin), from, until: from + DAYS * DAY_MS, skipsQuiet, onView: (view) => views.push(view),
  });
  return { roundsRun, disturbances: drawn.length, seen: { ...decided, views } };
}

describe('leaving quiet time out', () => {
  test.each([
    ['at the usual rates', 3, { intensity: 1 }], ['at six times the rates, so that disturbances meet', 5, { intensity: 6 }],
    ['under a policy that acts on anything', 4, { intensity: 3, policy: changed({ quorum: 1, failuresToSuspect: 1, evidenceAgeSecondsMax: 100_000_000 }) }],
  ])('gives the same views, suspicions and verdicts %s', async (_name, seed, settings) => {
    const [skipped, whole] = [await stretch(seed, true, settings), await stretch(seed, false, settings)];
    expect(skipped.seen).toEqual(whole.seen);
    // Otherwise it would say nothing: something happened, and most of the time was left out.
    expect(whole.seen.views.length).toBeGreaterThan(50);
    expect(whole.seen.endings.length).toBeGreaterThan(5);
    expect(skipped.roundsRun).toBeLessThan(whole.roundsRun / 2);
    // Three places, every interval: no round was lost by the way of counting.
    const nominal = (DAYS * 86_400 * 3) / plan.detection.probeIntervalSeconds;
    expect(whole.roundsRun).toBeGreaterThan(nominal * 0.9);
    expect(whole.roundsRun).toBeLessThan(nominal * 1.01);
  }, 300_000);

  test('one seed gives one run, another gives another', async () => {
    const [one, again, other] = [await stretch(3, true), await stretch(3, true), await stretch(6, true)];
    expect(again).toEqual(one);
    expect(other.seen).not.toEqual(one.seen);
  });
});
