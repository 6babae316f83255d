// One move from a state to the next, and what every rule of the model needs to know of the world that it is in.
import type { Removed } from './guards.ts';
import type { Move } from './explore.ts';
import type { Rules } from './rules.ts';
import type { Setting } from './settings.ts';
import { copyOf, type State } from './state.ts';

export interface World { readonly setting: Setting; readonly rules: Rules; readonly removed: Removed; readonly enforced: boolean }
export type Step = Move<State>;

/** One move: a copy that `act` has changed. `act` tells what it broke. */
export function move(state: State, text: string, act: (draft: State) => string | undefined | void): Step {
  const next = copyOf(state);
  const broken = act(next);
  return typeof broken === 'string' ? { text, next, broken } : { text, next };
}
