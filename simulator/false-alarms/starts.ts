// When the schedule starts the agent of a place: every minute at a second of its own, some milliseconds to some seconds late.
import type { Instant, Region } from '../../domain/plan.ts';
import { chance, seedOf } from './chance.ts';
import { numberOf, type Pair } from './pair.ts';

const MINUTE_MS = 60_000;
/** A run lasts 59 s and its last round some more. */
const RUN_ENDS_MS = 62_000;
/** Long enough for the first round of a quiet run. */
const FIRST_ROUND_MS = 1000;

export class Starts {
  readonly #seed: number;
  readonly #from: Instant;
  readonly #pair: Pair;

  constructor(seed: number, from: Instant, pair: Pair) {
    [this.#seed, this.#from, this.#pair] = [seedOf(seed, 41), from, pair];
  }

  /** The start of a place's minute. Minutes before the first are counted below zero. */
  at(place: Region, minute: number): Instant {
    const which = numberOf(this.#pair, place);
    const phaseMs = Math.floor(MINUTE_MS * chance(this.#seed, which, 0, 42));
    return this.#from + phaseMs + minute * MINUTE_MS + this.#lateMs(which, minute);
  }

  /** The latest minute whose run, and only its run, is under way with a round recorded at that instant. */
  firstBefore(place: Region, at: Instant): number {
    let minute = Math.ceil((at - this.#from) / MINUTE_MS);
    while (this.at(place, minute) + FIRST_ROUND_MS > at) minute -= 1;
    return this.at(place, minute - 1) + RUN_ENDS_MS > at ? minute - 1 : minute;
  }

  /**
   * "There can be a delay of several seconds between the time the scheduled rule is triggered and the time the target service runs the
   * target" (EventBridge user guide). The shares are assumed.
   */
  #lateMs(which: number, minute: number): number {
    const [kind, part] = [chance(this.#seed, minute + 1_000_000, which, 43), chance(this.#seed, minute + 1_000_000, which, 44)];
    if (kind < 0.9) return Math.floor(50 + 350 * part);
    return Math.floor(kind < 0.98 ? 400 + 1100 * part : 1500 + 3500 * part);
  }
}
