// Noise that is no outage: single links that break for any time, blips, slow answers, lost and late events, lost replicas. However
// long it lasts, nothing destructive is done. HOTSHIFT_NOISE_HOURS asks for more simulated time; the quiet between two disturbances
// is left short, since nothing changes in it.
import { describe, expect, test } from '@jest/globals';
import type { Fault, PlaceName } from '../../simulator/faults.ts';
import { Random } from '../../simulator/random.ts';
import { simulate } from '../../simulator/simulate.ts';

const HOURS = Number(process.env['HOTSHIFT_NOISE_HOURS'] ?? 2);
const PLACES: readonly PlaceName[] = ['home', 'standby', 'witness'];
const PER_RUN_SECONDS = 1800;

/** One disturbance after the other, each with time to be forgotten (evidence is kept for 15 s). */
function noise(random: Random): readonly Fault[] {
  const faults: Fault[] = [];
  for (let at = 30; at < PER_RUN_SECONDS - 120;) {
    const fault = disturbance(random, at);
    faults.push(fault);
    at += Math.ceil((fault.for ?? 0) + random.between(35, 50));
  }
  return faults;
}

function disturbance(random: Random, at: number): Fault {
  const region = random.pick(['home', 'standby'] as const);
  const [from, to] = random.pick([['home', 'standby'], ['standby', 'home'], ['witness', 'home'], ['witness', 'standby'], ['home', 'witness'], ['standby', 'witness']] as const);
  const kinds: readonly (() => Fault)[] = [
    () => ({ at, for: random.between(5, 90), do: 'cut', from, to, bothWays: random.chance(0.5) }),
    () => ({ at, for: random.between(5, 60), do: 'cut', from: random.pick(PLACES), to: 'internet' }),
    () => ({ at, for: random.between(0.5, 4), do: 'isolate', place: region }),
    () => ({ at, for: random.between(0.5, 4), do: 'application', place: region, fault: random.pick(['down', 'bad-content', 'write-failed'] as const) }),
    () => ({ at, for: random.between(10, 90), do: 'application', place: region, fault: 'slow' }),
    () => ({ at, for: random.between(10, 60), do: 'lose replica', place: 'witness' }),
    () => ({ at, for: random.between(5, 60), do: 'crash', place: 'witness' }),
    () => ({ at, for: random.between(5, 40), do: 'lag', seconds: random.between(1, 120) }),
    () => ({ at, for: random.between(20, 60), do: 'events', lost: 0.3, duplicated: 0.5, lateSeconds: 60 }),
    () => ({ at, for: random.between(5, 30), do: 'no agents', place: 'witness' }),
    () => ({ at, do: 'call', step: 'observe', port: random.pick(['observations.put', 'observations.list', 'events.suspect', 'incidents.open'] as const), fault: random.pick(['fails', 'throttled', 'denied', 'times-out'] as const), times: 3 }),
  ];
  return random.pick(kinds)();
}

describe('noise', () => {
  test(`${HOURS} hours of disturbances lead to no failover`, async () => {
    let [disturbances, suspicions] = [0, 0];
    for (let seed = 1; seed <= Math.ceil((HOURS * 3600) / PER_RUN_SECONDS); seed += 1) {
      const faults = noise(new Random(seed));
      const result = await simulate({ seed, faults });
      disturbances += faults.length;
      suspicions += result.endings.length;
      expect({ seed, destructive: result.destructive, violations: result.violations, outcomes: result.endings.filter((ending) => ending.outcome !== 'Stood down') })
        .toEqual({ seed, destructive: [], violations: [], outcomes: [] });
    }
    expect(disturbances).toBeGreaterThan(HOURS * 20);
    // They are no outage, but they are not unseen either.
    expect(suspicions).toBeGreaterThan(0);
  }, 600_000 + HOURS * 60_000);
});
