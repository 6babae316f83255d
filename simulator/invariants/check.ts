// What an invariant's check is: a listener with a state of its own, made anew for each run, that says so when it sees a violation.
import type { Dated } from '../facts.ts';
import type { World } from '../world.ts';

export interface Check {
  /** As the list of invariants in docs names it: `I1`. */
  readonly invariant: string;
  readonly onFact?: (fact: Dated) => void;
  /** After every event; must be cheap. */
  readonly afterEvent?: () => void;
  readonly atEnd?: () => void;
}
export type MakeCheck = (world: World, violate: (what: string) => void) => Check;

/** Calls that change who writes or who serves, and cannot simply be taken back. */
export const DESTRUCTIVE: ReadonlySet<string> = new Set(['permits.withdraw', 'intents.record', 'database.promote', 'permits.grant', 'traffic.setWeights', 'traffic.pointWriter', 'switches.set', 'controls.set', 'intents.lift', 'replicas.setAside', 'replicas.create']);
