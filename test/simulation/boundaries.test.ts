// An execution may end anywhere without a conclusion: StopExecution, a deployment, a service event. It is stopped at each boundary
// between two states, on several paths; the next suspicion after its lease must take up the work and end as if nothing had happened.
import { describe, expect, test } from '@jest/globals';
import { PLAIN_OUTAGE, boundaries, redrivenAt, stoppedAt } from '../../simulator/exhaustive.ts';
import type { Fault } from '../../simulator/faults.ts';
import { simulatedPlan } from '../../simulator/plan.ts';
import type { RunOptions } from '../../simulator/simulate.ts';

// Every boundary of the plain failover; of the other paths every third, or all with HOTSHIFT_EXHAUSTIVE=1.
const ALL = process.env['HOTSHIFT_EXHAUSTIVE'] === '1';
const SEED = Number(process.env['HOTSHIFT_SEED'] ?? 1);
// Its lease lasts two minutes; a suspicion is repeated every minute; then comes a whole failover.
const seconds = 420;
const answers: readonly Fault[] = [...PLAIN_OUTAGE, ...[60, 150, 240, 330].map((at): Fault => ({ at, do: 'answer approval', decision: 'approve' }))];

const PATHS: readonly (readonly [string, RunOptions])[] = [
  ['a plain failover', { seed: SEED, faults: PLAIN_OUTAGE, seconds }],
  ['one with two databases', { seed: SEED, faults: PLAIN_OUTAGE, seconds, plan: simulatedPlan({ databases: ['orders', 'stock'] }) }],
  ['one that asks for approval', { seed: SEED, faults: answers, seconds, plan: simulatedPlan({ approval: 'required', approvalTimeoutSeconds: 120 }) }],
  ['one by the agent\'s proof, without permits', { seed: SEED, faults: [{ at: 20, do: 'application', place: 'home', fault: 'down' }], seconds, checksPermits: false, plan: simulatedPlan({ permitsEnforced: false }) }],
];

describe.each(PATHS)('an execution that is stopped: %s', (_, options) => {
  test('at any boundary, another one ends its work; no invariant is violated', async () => {
    const all = await boundaries(options);
    const states = new Set(all.map(({ state }) => state));
    for (const state of ['Verify outage', 'Claim lease', 'Fence writer', 'Promote replica', 'Wait for promotion', 'Shift writes', 'Confirm service', 'Conclude']) expect(states).toContain(state);
    const wrong: string[] = [];
    for (const [index, boundary] of all.entries()) {
      if (options !== PATHS[0]?.[1] && !ALL && index % 3 !== 0) continue;
      const result = await stoppedAt(options, boundary);
      expect(result.reached).toBe(true);
      const whole = result.promoted.length === (options.plan?.databases.length ?? 1) && result.writer === result.world.plan.regions[1];
      if (result.violations.length > 0 || !whole) {
        wrong.push(`${boundary.state} (${boundary.turn + 1}): ${result.outcome}: ${result.reason}; writer ${result.writer ?? 'nobody'}; ${result.violations.map((entry) => `${entry.invariant}: ${entry.what}`).join('; ')}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 600_000);
});

describe('an execution that is redriven when others have done its work', () => {
  test('at any boundary: it finds that it may not act any more, and changes nothing', async () => {
    // Five minutes: its lease has lapsed, the next suspicion was verified, and the failover is over.
    const options: RunOptions = { seed: SEED, faults: PLAIN_OUTAGE, seconds: 700 };
    const wrong: string[] = [];
    for (const boundary of await boundaries(options)) {
      const result = await redrivenAt(options, boundary, 300);
      expect(result.reached).toBe(true);
      if (result.violations.length > 0 || result.promoted.length !== 1 || result.writer !== result.world.plan.regions[1]) {
        wrong.push(`${boundary.state} (${boundary.turn + 1}): ${result.outcome}: ${result.reason}; promoted ${result.promoted.length}; ${result.violations.map((entry) => `${entry.invariant}: ${entry.what}`).join('; ')}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 600_000);
});
