// Random schedules of faults: no invariant is ever violated, whatever happens. A failure is shrunk to the fewest faults that still show
// it and printed as a scenario. HOTSHIFT_RUNS asks for more runs, HOTSHIFT_SEED for others; `npm run simulate` is the fast way.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { drawDisturbance, drawOutage } from '../../simulator/menu.ts';
import type { Fault } from '../../simulator/faults.ts';
import { Random } from '../../simulator/random.ts';
import { simulate } from '../../simulator/simulate.ts';

const RUNS = Number(process.env['HOTSHIFT_RUNS'] ?? 150);
const SEED = Number(process.env['HOTSHIFT_SEED'] ?? 20_260_105);
const OUTAGE_AT = 30;

/** Each fault comes from a number of its own, so that leaving one out leaves the others as they are. */
const schedules = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  outage: fc.option(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { freq: 8, nil: undefined }),
  disturbances: fc.array(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { maxLength: 5 }),
}).map(({ seed, outage, disturbances }) => ({
  seed,
  faults: [
    ...(outage === undefined ? [] : [drawOutage(new Random(outage), OUTAGE_AT)]),
    ...disturbances.map((number) => drawDisturbance(new Random(number), OUTAGE_AT)),
  ],
}));

describe('random schedules', () => {
  test(`${RUNS} schedules violate nothing`, async () => {
    await fc.assert(fc.asyncProperty(schedules, async ({ seed, faults }) => {
      const { violations, story } = await simulate({ seed, faults });
      if (violations.length > 0) throw new Error(`${violations.map((entry) => `${entry.invariant}: ${entry.what}`).join('\n')}\n${asScenario(seed, faults)}\n${story}`);
    }), { numRuns: RUNS, seed: SEED });
  }, 120_000 + RUNS * 2000);

  test('one seed gives one run, to the last event', async () => {
    const faults = [drawOutage(new Random(3), OUTAGE_AT), drawDisturbance(new Random(4), OUTAGE_AT), drawDisturbance(new Random(5), OUTAGE_AT)];
    const [one, two, other] = [await simulate({ seed: 11, faults }), await simulate({ seed: 11, faults }), await simulate({ seed: 12, faults })];
    expect(two.story).toBe(one.story);
    expect(two.events).toBe(one.events);
    expect(other.story).not.toBe(one.story);
  });
});

const asScenario = (seed: number, faults: readonly Fault[]): string =>
  `given: { seeds: [${seed}] }\nwhen:\n${faults.map((fault) => `  - ${JSON.stringify(fault)}`).join('\n')}`;
