// Drills under random schedules of faults: an outage and disturbances around the hold, a single fault on each call of a drill's steps.
// No invariant is violated, above all I16: a drill stays a drill and leaves nothing behind unsaid.
import { describe, expect, test } from '@jest/globals';
import { CALL_FAULTS } from '../../simulator/calls.ts';
import type { Fault } from '../../simulator/faults.ts';
import { drawDisturbance, drawOutage } from '../../simulator/menu.ts';
import { Random } from '../../simulator/random.ts';
import { productionSteps } from '../../simulator/steps.ts';
import { simulate, type RunResult } from '../../simulator/simulate.ts';

const RUNS = Number(process.env['HOTSHIFT_RUNS'] ?? 60);
const SEED = Number(process.env['HOTSHIFT_SEED'] ?? 1);
const ENDS = ['Drill passed', 'Drill stopped', 'Drill refused', 'Drill yielded', 'Handed to a human', 'died'];

const told = ({ seed, violations, story }: RunResult, faults: readonly Fault[]): string =>
  `seed ${seed}: ${violations.map(({ invariant, what }) => `${invariant}: ${what}`).join('\n')}\n${faults.map((fault) => `  - ${JSON.stringify(fault)}`).join('\n')}\n${story}`;

async function unharmed(seed: number, faults: readonly Fault[]): Promise<RunResult> {
  const result = await simulate({ seed, faults });
  if (result.violations.length > 0 || !ENDS.includes(result.drill?.outcome ?? '')) throw new Error(told(result, faults));
  return result;
}

test(`${RUNS} schedules around a drill violate nothing, and failovers happen in the middle of drills`, async () => {
  const seen: string[] = [];
  for (let seed = SEED; seed < SEED + RUNS; seed += 1) {
    const random = new Random(seed * 7919);
    const leaves = random.pick(['home', 'standby'] as const);
    const drill: Fault = { at: 25, do: 'drill', place: leaves === 'home' ? 'standby' : 'home', evacuate: leaves };
    const outageAt = Math.round(random.between(40, 420));
    const disturbances = Array.from({ length: random.whole(0, 3) }, () => drawDisturbance(random, outageAt));
    const faults = [drill, ...(random.chance(0.7) ? [drawOutage(random, outageAt)] : []), ...disturbances];
    const { drill: ended, outcome } = await unharmed(seed, faults);
    seen.push(`${ended?.outcome ?? ''}, ${outcome}`);
  }
  // Otherwise the schedules would not test what they are for.
  if (RUNS >= 60) expect(new Set(seen)).toEqual(new Set([...seen, 'Drill passed, none', 'Drill yielded, Failed over']));
}, 120_000 + RUNS * 4000);

const PORTS = ['leases.read', 'leases.replace', 'observations.list', 'alarms.ringing', 'traffic.read', 'traffic.setWeights', 'capacity.read', 'capacity.setDesired', 'journal.record', 'drills.list', 'drills.put'];
describe('a fault on a single call of a drill', () => {
  test.each(PORTS)('%s', async (port) => {
    for (const [index, fault] of CALL_FAULTS.entries()) {
      const skip = (index * 5) % 7;
      await unharmed(index + 1, [{ at: 25, do: 'drill', place: 'standby', evacuate: 'home', seconds: 60 }, { at: 25, do: 'call', port, fault, times: index % 2 === 0 ? 1 : 6, skip }]);
    }
  }, 240_000);
});

describe('the oracle sees', () => {
  test('a drill whose return sets nothing', async () => {
    const { shift } = productionSteps;
    const steps = { shift: { ...shift, run: (...given: Parameters<typeof shift.run>) => async (input: never) => ((input as { readonly towards?: string }).towards === 'both' ? { shift: 'moved', reason: 'moved', more: false, stands: true } : shift.run(...given)(input)) } };
    const { violations } = await simulate({ seed: 1, faults: [{ at: 25, do: 'drill', place: 'standby', evacuate: 'home', seconds: 30 }], steps });
    expect(violations.map(({ invariant }) => invariant)).toContain('I16');
  });

  test('a rehearsal that changes something', async () => {
    const { settle } = productionSteps;
    const steps = { settle: { ...settle, run: (...[ports, plan, place]: Parameters<typeof settle.run>) => async (input: never) => {
      await ports.capacity.setDesired(plan.capacity[0]!, plan.regions[1], 3);
      return settle.run(ports, plan, place)(input);
    } } };
    const { violations } = await simulate({ seed: 1, faults: [{ at: 25, do: 'drill', place: 'standby', evacuate: 'home', mode: 'rehearsal' }], steps });
    expect(violations.map(({ invariant }) => invariant)).toEqual(['I16']);
  });
});
