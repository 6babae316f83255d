// A failback may end anywhere as well: by StopExecution, a deployment, an outage of its place. It is stopped at boundaries between its
// states; the next failback that a person starts must bring the writer home without a violation, from whatever it finds.
import { expect, test } from '@jest/globals';
import { boundariesOf, stoppedAt } from '../../simulator/exhaustive.ts';
import type { Fault } from '../../simulator/faults.ts';
import { simulatedPlan } from '../../simulator/plan.ts';
import type { RunOptions } from '../../simulator/simulate.ts';

// Every twelfth boundary, or all with HOTSHIFT_EXHAUSTIVE=1: a run is half an hour of simulated time.
const EVERY = process.env['HOTSHIFT_EXHAUSTIVE'] === '1' ? 1 : 12;
const SEED = Number(process.env['HOTSHIFT_SEED'] ?? 1);
const FAULTS: readonly Fault[] = [
  { at: 25, for: 70, do: 'crash', place: 'home' }, { at: 200, do: 'ack' }, { at: 210, do: 'failback', name: 'failback-one' },
  // Long after the lease of the first one has run out, wherever it ended.
  { at: 1100, do: 'ack' }, { at: 1110, do: 'failback', name: 'failback-two' },
];
const options: RunOptions = { seed: SEED, faults: FAULTS, seconds: 2000, plan: simulatedPlan({ cooldownSeconds: 3600, hooks: { 'before-failback': false, 'after-failback': false } }) };

test('a failback that is stopped at a boundary is taken up by the next one', async () => {
  const all = await boundariesOf(options, () => 'failback-one');
  const states = new Set(all.map(({ state }) => state));
  for (const state of ['Compare databases', 'Call hooks before failback', 'Rebuild replica', 'Shift users home', 'Fence writer', 'Promote replica', 'Shift writes', 'Warm home', 'Rebuild other replica', 'Scale other back', 'Call hooks after failback', 'Conclude']) expect(states).toContain(state);
  const wrong: string[] = [];
  for (const [index, boundary] of all.entries()) {
    if (index % EVERY !== 0) continue;
    const result = await stoppedAt(options, boundary, 'failback-one');
    expect(result.reached).toBe(true);
    // In its last state it has concluded: there is nothing left to stop.
    const [first, last] = result.failbacks;
    if (result.violations.length > 0 || first?.outcome !== (boundary.state === 'Failed back' ? 'Failed back' : 'died') || last?.outcome !== 'Failed back' || result.writer !== result.world.plan.regions[0]) {
      wrong.push(`${boundary.state} (${boundary.turn + 1}): ${result.failbacks.map(({ outcome, reason }) => `${outcome}: ${reason}`).join('; ')}; writer ${result.writer ?? 'nobody'}; ${result.violations.map((entry) => `${entry.invariant}: ${entry.what}`).join('; ')}`);
    }
  }
  expect(wrong).toEqual([]);
}, 600_000);
