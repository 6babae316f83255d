// The fewest faults of a schedule that still violate the same invariant: what a person reads instead of six that mostly do not matter.
import type { Fault } from './faults.ts';
import { simulate } from './simulate.ts';

/** Takes one fault away at a time, for as long as `invariant` stays violated; the same seed draws all the rest alike. Answers the whole schedule when each is needed. */
export async function shrunk(seed: number, faults: readonly Fault[], invariant: string, violated = invariants): Promise<readonly Fault[]> {
  for (const left of faults) {
    const fewer = faults.filter((fault) => fault !== left);
    if ((await violated(seed, fewer)).includes(invariant)) return shrunk(seed, fewer, invariant, violated);
  }
  return faults;
}

const invariants = async (seed: number, faults: readonly Fault[]): Promise<readonly string[]> => (await simulate({ seed, faults })).violations.map((entry) => entry.invariant);
