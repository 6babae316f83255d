// Two coordinators, in two places, started in the same millisecond, on schedules that differ by every delay: one of them acts.
import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/faults.ts';
import { simulate } from '../../simulator/simulate.ts';

const RUNS = Number(process.env['HOTSHIFT_RACES'] ?? 40);

/** Without suspicion events, only these two run. */
function race(at: number): readonly Fault[] {
  return [
    { at: 1, do: 'events', lost: 1 }, { at: 20, do: 'crash', place: 'home' },
    { at, do: 'start', place: 'standby', evacuate: 'home', mode: 'automatic', name: 'in-standby' },
    { at, do: 'start', place: 'witness', evacuate: 'home', mode: 'automatic', name: 'in-witness' },
  ];
}

describe('two coordinators', () => {
  test(`of ${RUNS} races each has one winner, one epoch and one promotion`, async () => {
    const winners = new Set<string>();
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const result = await simulate({ seed, faults: race(34) });
      const outcomes = result.endings.map((ending) => ending.outcome).sort();
      expect({ seed, violations: result.violations, outcomes, promoted: result.promoted.length, epoch: result.world.table.lease.epoch })
        .toEqual({ seed, violations: [], outcomes: ['Failed over', 'Stood down'], promoted: 1, epoch: 1 });
      winners.add(result.endings.find((ending) => ending.outcome === 'Failed over')?.execution ?? '');
    }
    // Otherwise the race would be none.
    expect(winners.size).toBe(2);
  }, 240_000);
});
