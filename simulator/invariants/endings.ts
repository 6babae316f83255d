// I14: every execution ends in a named outcome within its deadline. One whose place died is resumed by a new one; one whose place
// hangs cannot end.
import type { MakeCheck } from './check.ts';

/** TimeoutSeconds of the state machine, and an hour in which its place may have been frozen. */
const DEADLINE_MS = 7_200_000 + 3_600_000;

export const namedEnding: MakeCheck = (world, violate) => ({
  invariant: 'I14',
  onFact: (fact) => {
    if (fact.kind === 'ended' && fact.outcome === 'failed') violate(`${fact.execution} ended without a named outcome: ${fact.reason}`);
  },
  atEnd: () => {
    for (const run of world.executions.runs.values()) {
      const tookMs = (run.endedAt ?? world.clock.now()) - run.startedAt;
      if (tookMs <= DEADLINE_MS || (run.endedAt === undefined && world.places.state(run.place) !== 'up')) continue;
      violate(`${run.name} ${run.endedAt === undefined ? 'has not ended' : 'ended'} after ${Math.round(tookMs / 1000)} s`);
    }
  },
});
