// Two and three coordinators, started in the same millisecond, on schedules that differ by every delay: one of them acts. And with
// places that stand still for longer than a lease lasts: whoever wakes up finds that it may not act any more.
import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/faults.ts';
import { Random } from '../../simulator/random.ts';
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

describe('three coordinators', () => {
  const third = (at: number): Fault => ({ at, do: 'start', place: 'standby', evacuate: 'home', mode: 'manual', name: 'by-hand' });

  test(`of ${RUNS} races each has one winner, one epoch and one promotion`, async () => {
    const winners = new Set<string>();
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const result = await simulate({ seed, faults: [...race(34), third(34)] });
      const outcomes = result.endings.map((ending) => ending.outcome).sort();
      expect({ seed, violations: result.violations, outcomes, promoted: result.promoted.length, epoch: result.world.table.lease.epoch })
        .toEqual({ seed, violations: [], outcomes: ['Failed over', 'Stood down', 'Stood down'], promoted: 1, epoch: 1 });
      winners.add(result.endings.find((ending) => ending.outcome === 'Failed over')?.execution ?? '');
    }
    expect(winners.size).toBe(3);
  }, 240_000);

  test('with leases that expire while their holders stand still: never two at work, and at most one promotion', async () => {
    let expired = 0;
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const random = new Random(seed * 31);
      // Longer than the lease's two minutes, or shorter; begun anywhere between the claim and the end.
      const stills = (['standby', 'witness'] as const).map((place): Fault => ({ at: 34 + random.between(0, 25), for: random.between(20, 260), do: 'hang', place }));
      const faults = [...race(34), third(34 + random.between(0, 5)), ...stills, ...[120, 200, 290].map((at): Fault => ({ at, do: 'start', place: 'witness', evacuate: 'home', mode: 'manual', name: `later-${at}` }))];
      const result = await simulate({ seed, faults, seconds: 460 });
      expect({ seed, violations: result.violations, promoted: result.promoted.length }).toEqual({ seed, violations: [], promoted: 1 });
      // A holder that wakes up too late may leave the last steps to people; then they were told, and nobody writes.
      const told = result.endings.some((ending) => ending.outcome === 'Handed to a human');
      expect({ seed, writer: result.writer }).toEqual({ seed, writer: result.writer === undefined && told ? undefined : result.world.plan.regions[1] });
      if (result.world.table.lease.epoch > 1) expired += 1;
    }
    // Otherwise no lease had expired, and the test would be about nothing.
    expect(expired).toBeGreaterThan(RUNS / 4);
  }, 600_000);
});
