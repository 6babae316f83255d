// The oracle: all invariants as small checks that look on. It never changes the world. A violation says which, when and what; each
// kind is kept once, since one wrong turn is seen by many events.
import { epochsOnlyGrow, oneCoordinator, oneFailoverPerIncident, pauseWins } from './invariants/authority.ts';
import type { Check, MakeCheck } from './invariants/check.ts';
import { drillsStayDrills } from './invariants/drills.ts';
import { namedEnding } from './invariants/endings.ts';
import { failbackIsPlanned } from './invariants/failbacks.ts';
import { lossBudget, quorumEvidence, sickMonitorAbstains } from './invariants/evidence.ts';
import { noSilentLoss } from './invariants/history.ts';
import { completeJournal, fenceBeforePromote, independentOfEvacuated, neverZeroRegions } from './invariants/order.ts';
import { noDeposedWrite, singleWriter } from './invariants/writers.ts';
import type { World } from './world.ts';

export interface Violation { readonly invariant: string; readonly at: number; readonly what: string }

const CHECKS: readonly MakeCheck[] = [
  singleWriter, noDeposedWrite, noSilentLoss, lossBudget, oneCoordinator, epochsOnlyGrow, quorumEvidence, sickMonitorAbstains,
  fenceBeforePromote, neverZeroRegions, oneFailoverPerIncident, pauseWins, namedEnding, completeJournal, drillsStayDrills, failbackIsPlanned, independentOfEvacuated,
];

export class Oracle {
  readonly violations: Violation[] = [];
  /** Invariants that do not hold in this world by its own documents, each with the reason. */
  readonly excused = new Map<string, string>();
  readonly #checks: readonly Check[];
  readonly #eachEvent: readonly (() => void)[];

  constructor(world: World) {
    this.#checks = CHECKS.map((make) => {
      const check: Check = make(world, (what) => this.#violate(check.invariant, world.clock.now(), what));
      return check;
    });
    for (const { onFact } of this.#checks) if (onFact !== undefined) world.facts.listen(onFact);
    this.#eachEvent = this.#checks.flatMap(({ afterEvent }) => (afterEvent === undefined ? [] : [afterEvent]));
  }

  afterEvent(): void {
    for (const check of this.#eachEvent) check();
  }

  atEnd(): void {
    for (const { atEnd } of this.#checks) atEnd?.();
  }

  #violate(invariant: string, at: number, what: string): void {
    if (this.excused.has(invariant) || this.violations.some((entry) => entry.invariant === invariant)) return;
    this.violations.push({ invariant, at, what });
  }
}
