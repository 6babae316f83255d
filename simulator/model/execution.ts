// An execution of statemachines/failover.asl.yaml: where it stands, and how it is moved. Whether a region is really down is not asked
// here: any verdict may be wrong, and the fence must hold all the same.
import { move, type Step } from './move.ts';
import type { ExecutionState, LeaseState, Outcome, Place, State } from './state.ts';

export type Own = ExecutionState;

/** A move of one execution. */
export function act(state: State, index: number, what: string, change: (own: Own, draft: State) => string | undefined | void): Step {
  return move(state, `execution ${index + 1} ${what}`, (draft) => change(given(draft.executions[index]), draft));
}

export const clockOf = (state: State, index: number): number => state.clocks.executions[index] ?? 0;

/** Begins a step at the moment of reading the lease. */
export function begin(own: Own, place: Place, { lease }: State, next: LeaseState): void {
  [own.place, own.age, own.seen, own.next] = [place, 0, { ...lease }, { ...next }];
}

/** What a step holds only while it runs. */
export function forget(own: Own): void {
  [own.age, own.seen, own.next, own.heedless, own.recordedAt, own.listed] = [0, undefined, undefined, false, 0, undefined];
}

/** Goes on to a place: one that reads the lease begins a new step, `ask?` excepted. */
export function goTo(own: Own, place: Place): void {
  own.place = place;
  if (RESTING.has(place)) forget(own);
}

export function handOver(own: Own, outcome: Outcome = 'Handed to a human'): void {
  forget(own);
  [own.place, own.outcome] = ['conclude?', outcome];
}

export function end(own: Own, outcome: Outcome): void {
  forget(own);
  [own.place, own.outcome, own.asked] = ['over', outcome, false];
}

/** Step Functions begins the step anew. */
export function again(own: Own): void {
  own.place = BEGINS[own.place] ?? own.place;
  forget(own);
}

/** Where no time limit runs: Step Functions may wait as long as it likes. */
export const RESTING: ReadonlySet<Place> = new Set<Place>(['idle', 'over', 'dead', 'confirm', 'claim?', 'assess?', 'fence?', 'promote?', 'shift?', 'conclude?']);

const BEGINS: Partial<Record<Place, Place>> = {
  'claim!': 'claim?', 'shift!': 'shift?', 'grant': 'shift?', 'fence!': 'fence?', 'withdraw': 'fence?', 'order': 'fence?', 'fenced': 'fence?',
  'permission': 'promote?', 'ask?': 'promote?', 'ask!': 'promote?', 'ask': 'promote?', 'probe': 'promote?',
};

const SAID: Partial<Record<Place, string>> = { 'fence?': 'fence', 'ask?': 'promote', 'ask': 'promote', 'shift?': 'shift writes', 'order': 'order the fence', 'withdraw': 'withdraw the permits', 'grant': 'grant writes' };
export const within = (place: Place): string => SAID[place] ?? place;

export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the model lost track of an execution');
  return value;
}
