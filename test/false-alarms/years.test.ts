// Healthy years without a failover, the naive alarms beside them, and the proof that the check can fail: weakened policies do fail over
// in the same noise, and real outages in it are confirmed. `npm run false-alarms` runs a hundred years; here are few.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { confirmedOf, EPISODES } from '../../simulator/false-alarms/beyond.ts';
import { drawDisturbances } from '../../simulator/false-alarms/draw.ts';
import { NOISE, OUTAGE_SECONDS } from '../../simulator/false-alarms/noise.ts';
import { OUTAGES } from '../../simulator/false-alarms/outages.ts';
import { pairOf } from '../../simulator/false-alarms/pair.ts';
import { defaultPolicy, weakenedPolicies, withFailures } from '../../simulator/false-alarms/policies.ts';
import { studyTable } from '../../simulator/false-alarms/report.ts';
import { healthyYears, outageYears, type Healthy } from '../../simulator/false-alarms/study.ts';
import { plan } from './ground.ts';

const YEARS = Number(process.env['HOTSHIFT_HEALTHY_YEARS'] ?? 1);
let healthy: Healthy;
beforeAll(async () => { healthy = await healthyYears(defaultPolicy(plan), { seed: 1, years: YEARS }); }, 600_000);

describe('healthy years', () => {
  test(`${YEARS} of them: noise of every kind, and no failover`, () => {
    expect(healthy.failovers).toEqual([]);
    // They are not quiet: every kind of noise struck, and suspicions were raised and verified.
    for (const { kind } of NOISE) expect(healthy.disturbances[kind] ?? 0).toBeGreaterThan(0);
    expect(healthy.suspicions).toBeGreaterThan(500 * YEARS);
    expect(healthy.endings['healthy']).toBeGreaterThan(500 * YEARS);
  });
  test('naive alarms promote many times in the same years', () => {
    expect(healthy.naive.oneBadMinute).toBeGreaterThan(50 * YEARS);
    expect(healthy.naive.threeInARow).toBeGreaterThan(10 * YEARS);
    expect(healthy.naive.oneBadMinute).toBeGreaterThan(healthy.naive.threeInARow);
    expect(healthy.naive.threeInARow).toBeGreaterThan(healthy.naive.threeEverywhere);
  });
  test('one seed gives one study', async () => {
    const once = await healthyYears(defaultPolicy(plan), { seed: 7, years: 1, days: 20 });
    expect(await healthyYears(defaultPolicy(plan), { seed: 7, years: 1, days: 20 })).toEqual(once);
    expect(await healthyYears(defaultPolicy(plan), { seed: 8, years: 1, days: 20 })).not.toEqual(once);
  });
});

describe('the check can fail', () => {
  test.each(['quorum 1', '1 failure is enough', 'all four'])('%s: false failovers in the same noise', async (name) => {
    const policy = weakenedPolicies(plan).find((one) => one.name === name)!;
    const weak = await healthyYears(policy, { seed: 1, years: 1, days: 30 });
    expect(weak.failovers.length).toBeGreaterThan(0);
    for (const { during } of weak.failovers) expect(during.length).toBeGreaterThan(0);
  }, 120_000);
  test('real outages in the noise are confirmed, all kinds of them', async () => {
    const found = await outageYears(defaultPolicy(plan), { seed: 1, years: 1, days: 60 });
    expect(found.map(({ kind }) => kind)).toEqual([...OUTAGES.map(({ kind }) => kind), 'all']);
    const { detection } = plan;
    for (const { kind, outages, confirmed, delaySeconds } of found) {
      // A region that answers is given the time in which RDS moves its database; a suspicion is repeated meanwhile.
      const [least, most] = kind === 'writer dies' ? [detection.databaseOutageSeconds, detection.suspicionRepeatSeconds] : [0, 0];
      expect(outages).toBeGreaterThan(0);
      // A vantage point may be in trouble of its own just then.
      expect(confirmed).toBeGreaterThanOrEqual(Math.floor(outages * 0.95));
      expect(delaySeconds!.median).toBeGreaterThan(least + (least === 0 ? (detection.failuresToSuspect - 1) * detection.probeIntervalSeconds : 0));
      expect(delaySeconds!.median).toBeLessThan(least + most + (detection.failuresToSuspect + 1) * detection.probeIntervalSeconds);
    }
  }, 120_000);
});

test('noise that everybody sees is short or slight, as the definition of healthy says', () => {
  const shared = drawDisturbances(NOISE, pairOf(plan), { seed: 1, year: 1 })
    .flatMap((one) => one.effects.map((effect) => ({ ...one, effect })))
    .flatMap((one) => ((one.effect.on === 'path' && one.effect.vantagePoint === 'any' && one.effect.failure !== 'slow') || (one.effect.on === 'writes' && one.effect.through === 'any') ? [{ ...one, share: one.effect.share }] : []));
  expect(shared.length).toBeGreaterThan(100);
  for (const { effect, share, from, until } of shared) {
    const seconds = (until - from) / 1000;
    const longest = effect.on === 'writes' ? plan.detection.databaseOutageSeconds : OUTAGE_SECONDS;
    if (share === 1) expect(seconds).toBeLessThanOrEqual(longest + 0.001);
    else expect(share).toBeLessThanOrEqual(seconds <= 10.001 ? 0.2 : 0.03);
  }
});

test('what lies between noise and outage: one more failure in a row tells scattered errors of ten seconds from an outage', async () => {
  const episode = EPISODES.find(({ what }) => what === '50 % of the answers fail for 10 s')!;
  const [two, three] = [await confirmedOf(episode, withFailures(plan, 2).plan, 1, 60), await confirmedOf(episode, withFailures(plan, 3).plan, 1, 60)];
  expect(two.confirmed).toBeGreaterThan(0);
  expect(three.confirmed).toBe(0);
});

test('the page names the figures', () => {
  const page = studyTable({ seed: 1, detection: plan.detection, healthy, others: [], outages: [], seconds: 1 });
  expect(page).toContain(`${YEARS} healthy years, seed 1:`);
  expect(page).toMatch(/FALSE FAILOVERS +0/);
  expect(page).toMatch(/naive: health check 3 x 10 s, one place/);
});
