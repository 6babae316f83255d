// A person's word at every boundary of a failover: before and after each state of the workflow, within its waits, and right before each
// port call of a step. One word at one boundary is one run.
import { isAborted } from '../domain/aborts.ts';
import type { Dated } from './facts.ts';
import { people, type ByPeople } from './people.ts';
import { simulate, type RunOptions, type RunResult } from './simulate.ts';
import type { World } from './world.ts';

export interface Boundary {
  readonly kind: 'state' | 'wait' | 'call';
  /** A state of the workflow, or `step port`. */
  readonly name: string;
  /** Which time it comes, from 0. */
  readonly turn: number;
}

/** Polls repeat their states and calls: the first ones and no more. */
const TURNS = 2;
/** In the middle of a wait; the shortest is a quarter of a second. */
const WAITED_MS = 100;

const isWait = (state: string): boolean => state.startsWith('Wait for');
const nameOf = (fact: Dated): string | undefined => {
  if (fact.kind === 'state') return fact.state;
  return fact.kind === 'called' && fact.caller.kind === 'step' ? `${fact.caller.label} ${fact.port}` : undefined;
};

/** The boundaries of a run without a word. */
export async function boundaries(options: RunOptions): Promise<readonly Boundary[]> {
  const turns = new Map<string, number>();
  const found: Boundary[] = [];
  await simulate({
    ...options,
    onFact: (fact) => {
      const name = nameOf(fact);
      if (name === undefined) return;
      const turn = turns.get(name) ?? 0;
      turns.set(name, turn + 1);
      if (turn >= TURNS) return;
      found.push({ kind: fact.kind === 'state' ? 'state' : 'call', name, turn });
      if (fact.kind === 'state' && isWait(name)) found.push({ kind: 'wait', name, turn });
    },
  });
  return found;
}

export interface Spoken {
  readonly result: RunResult;
  /** When the word was given, and to which execution's boundary. */
  readonly at: number;
  readonly execution: string;
  /** Destructive calls by steps that had begun after the word. */
  readonly unheard: readonly string[];
}

/** The same run with one word at one boundary. Undefined when that did not come: the run is drawn from its seed, so this is a fault of the caller. */
export async function withWord(options: RunOptions, boundary: Boundary, word: (execution: string) => ByPeople, destructive: ReadonlySet<string>): Promise<Spoken | undefined> {
  let turn = -1;
  let spoken: { readonly at: number; readonly execution: string } | undefined;
  const begun = new WeakMap<object, number>();
  const unheard: string[] = [];
  const speak = (world: World, execution: string): void => {
    spoken = { at: world.clock.now(), execution };
    people(world, word(execution));
  };
  const result = await simulate({
    ...options,
    onFact: (fact, world) => {
      options.onFact?.(fact, world);
      if (fact.kind === 'called') {
        if (!begun.has(fact.caller)) begun.set(fact.caller, fact.at);
        const beganAt = begun.get(fact.caller) ?? 0;
        if (spoken !== undefined && beganAt > spoken.at && fact.caller.kind === 'step' && destructive.has(fact.port) && stands(world, fact.caller.execution)) unheard.push(`${fact.port} by ${fact.caller.label}`);
      }
      if (nameOf(fact) !== boundary.name) return;
      turn += 1;
      if (turn !== boundary.turn) return;
      const execution = fact.kind === 'state' ? fact.execution : fact.kind === 'called' ? fact.caller.execution ?? '' : '';
      if (boundary.kind === 'wait') world.clock.after(WAITED_MS, () => speak(world, execution));
      else speak(world, execution);
    },
  });
  return spoken === undefined ? undefined : { result, ...spoken, unheard };
}

/** A pause that is over, or that a person took back, stops nothing any more; an abort stops the execution that it names, and no other. */
function stands(world: World, execution: string | undefined): boolean {
  const { lease } = world.table;
  return (lease.pausedUntil ?? 0) > world.clock.now() || isAborted(lease, execution ?? '');
}
