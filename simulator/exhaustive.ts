// Every single fault of one run: which port calls do its steps make, and what becomes of the run when one of them goes wrong?
// Calls that only repeat an earlier one of the same step (a poll) are counted twice at most.
import type { CallFaultKind } from './calls.ts';
import type { Fault } from './faults.ts';
import { simulate, type RunOptions, type RunResult } from './simulate.ts';

export interface CallSite { readonly step: string; readonly port: string; /** Which of the calls of this step and port, from 0. */ readonly turn: number }

const TURNS = 2;

/** The region with the writer dies and stays dead: the plain failover. */
export const PLAIN_OUTAGE: readonly Fault[] = [{ at: 20, do: 'crash', place: 'home' }];

/** The calls of all workflow steps in a run without further faults. */
export async function callSites(options: RunOptions): Promise<readonly CallSite[]> {
  const turns = new Map<string, number>();
  const sites: CallSite[] = [];
  await simulate({
    ...options,
    onFact: (fact) => {
      if (fact.kind !== 'called' || fact.caller.kind !== 'step') return;
      const key = `${fact.caller.label} ${fact.port}`;
      const turn = turns.get(key) ?? 0;
      turns.set(key, turn + 1);
      if (turn < TURNS) sites.push({ step: fact.caller.label, port: fact.port, turn });
    },
  });
  return sites;
}

/** The same run with one fault on one call. */
export async function withFault(options: RunOptions, site: CallSite, kind: CallFaultKind): Promise<RunResult> {
  let seen = -1;
  return simulate({
    ...options,
    prepare: (world) => {
      options.prepare?.(world);
      // After `schedule` has put its own in place: the last one asked is this.
      world.clock.after(0, () => {
        const others = world.calls.faults;
        world.calls.faults = (caller, port) => {
          if (caller.label !== site.step || port !== site.port) return others(caller, port);
          seen += 1;
          return seen === site.turn ? kind : undefined;
        };
      });
    },
  });
}
