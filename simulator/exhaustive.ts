// Every single fault of one run: which port calls do its steps make, and what becomes of the run when one of them goes wrong? And
// every boundary between two states: what becomes of it when the execution ends there and another one must take up the work?
// Calls that only repeat an earlier one of the same step (a poll) are counted twice at most.
import type { CallFaultKind } from './calls.ts';
import type { Fault } from './faults.ts';
import { simulate, type RunOptions, type RunResult } from './simulate.ts';
import type { World } from './world.ts';

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

/** The `turn`-th time (from 0) that the acting execution enters a state. */
export interface Boundary { readonly state: string; readonly turn: number }

/** All boundaries between states of the execution that acts; loops that only wait are counted twice at most. */
export const boundaries = (options: RunOptions): Promise<readonly Boundary[]> =>
  boundariesOf(options, ({ endings }) => endings.find((ending) => ending.outcome === 'Failed over')?.execution);

/** The same of one execution, by its name: a failback's, say. */
export async function boundariesOf(options: RunOptions, named: (result: RunResult) => string | undefined): Promise<readonly Boundary[]> {
  const entered: { readonly execution: string; readonly state: string }[] = [];
  const result = await simulate({ ...options, onFact: (fact) => { if (fact.kind === 'state') entered.push(fact); } });
  const acting = named(result);
  const turns = new Map<string, number>();
  return entered.filter((entry) => entry.execution === acting).flatMap(({ state }) => {
    const turn = turns.get(state) ?? 0;
    turns.set(state, turn + 1);
    return turn < TURNS ? [{ state, turn }] : [];
  });
}

/** The same run, and whatever execution is the first to reach the boundary (`of`: only this one) is stopped there from outside. */
export const stoppedAt = (options: RunOptions, boundary: Boundary, of?: string): Promise<Reached> =>
  atBoundary(options, boundary, (world, execution) => void world.clock.after(0, () => world.executions.stop(execution)), of);

/**
 * The same run, and whatever execution is the first to reach the boundary stands still there, as one that was stopped, and is redriven
 * so much later: with the input and the variables of then, when others have long done its work.
 */
export const redrivenAt = (options: RunOptions, boundary: Boundary, afterSeconds: number): Promise<Reached> =>
  atBoundary(options, boundary, ({ clock, executions }, execution) => {
    executions.suspend(execution);
    clock.after(afterSeconds * 1000, () => executions.redrive(execution));
  });

export type Reached = RunResult & { /** False: no execution came to the boundary. */ readonly reached: boolean };

async function atBoundary(options: RunOptions, boundary: Boundary, act: (world: World, execution: string) => void, of?: string): Promise<Reached> {
  const turns = new Map<string, number>();
  let reached = false;
  const result = await simulate({
    ...options,
    onFact: (fact, world) => {
      options.onFact?.(fact, world);
      if (reached || fact.kind !== 'state' || fact.state !== boundary.state || fact.execution !== (of ?? fact.execution)) return;
      const turn = turns.get(fact.execution) ?? 0;
      turns.set(fact.execution, turn + 1);
      if (turn !== boundary.turn) return;
      reached = true;
      act(world, fact.execution);
    },
  });
  return { ...result, reached };
}
