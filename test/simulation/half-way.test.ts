// A failback dies after it has withdrawn the writes: the region that it leaves looks down by our own doing, and its replica may lack what a
// planned move waits for. No alarm may end that move; the person who started it goes on, and nothing is lost.
import { expect, test } from '@jest/globals';
import { people } from '../../simulator/people.ts';
import { simulatedPlan } from '../../simulator/plan.ts';
import { simulate } from '../../simulator/simulate.ts';

test.each(['Fence writer', 'Promote replica', 'Shift writes'])('at "%s": no alarm fails over, and the next failback ends it without a loss', async (state) => {
  let reached = false;
  const plan = simulatedPlan({ cooldownSeconds: 60 });
  const { failbacks, endings, writer, violations } = await simulate({
    seed: 3, seconds: 1500, plan,
    faults: [{ at: 25, for: 70, do: 'crash', place: 'home' }, { at: 200, do: 'ack' }, { at: 210, do: 'failback', name: 'failback-one' }],
    onFact: (fact, world) => {
      // The replica stops short of the last writes, as a busy link would have it.
      if (state !== 'Shift writes' && fact.kind === 'state' && fact.execution === 'failback-one' && fact.state === 'Claim switchover') world.pairs.forEach((pair) => { pair.advance(); pair.replicating = false; });
      if (reached || fact.kind !== 'state' || fact.execution !== 'failback-one' || fact.state !== state) return;
      reached = true;
      world.clock.after(state === 'Shift writes' ? 50 : 3000, () => { world.executions.stop('failback-one'); world.pairs.forEach((pair) => { pair.replicating = true; }); });
      world.clock.after(600_000, () => people(world, { at: 0, do: 'failback', name: 'failback-two' }));
    },
  });
  expect(reached).toBe(true);
  const [home, standby] = plan.regions;
  expect({ failedOver: endings.filter(({ evacuated, outcome }) => evacuated === standby && outcome === 'Failed over').length, violations, writer, failbacks: failbacks.map(({ outcome }) => outcome) })
    .toEqual({ failedOver: 0, violations: [], writer: home, failbacks: ['died', 'Failed back'] });
});
