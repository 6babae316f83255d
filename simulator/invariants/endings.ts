// I14: every execution ends in a named outcome within its deadline. One whose place died is resumed by a new one; one whose place
// hangs cannot end.
import type { MakeCheck } from './check.ts';

/** TimeoutSeconds of the state machine. */
const DEADLINE_MS = 7_200_000;

export const namedEnding: MakeCheck = (world, violate) => ({
  invariant: 'I14',
  onFact: (fact) => {
    if (fact.kind === 'ended' && fact.outcome === 'failed') violate(`${fact.execution} ended without a named outcome: ${fact.reason}`);
  },
  atEnd: () => {
    for (const run of world.executions.running) {
      if (world.places.state(run.place) !== 'up') continue;
      violate(`${run.name} has not ended after ${Math.round((world.clock.now() - run.startedAt) / 1000)} s`);
    }
    for (const run of world.executions.runs.values()) {
      if (run.endedAt !== undefined && run.endedAt - run.startedAt > DEADLINE_MS + 3_600_000) violate(`${run.name} took ${Math.round((run.endedAt - run.startedAt) / 1000)} s`);
    }
  },
});
