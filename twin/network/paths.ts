// What is true of every directed path now: its delay and whether it is open, a black hole or refused. Pure bookkeeping with
// one rule: a dead or frozen place overrides all paths to and from it, and reviving it brings back what they were.
import type { Place } from './addresses.ts';

export type PathMode = 'open' | 'black-hole' | 'refuse';
export interface PathChange { readonly delayMs?: number; readonly mode?: PathMode }
export interface PathState { readonly delayMs: number; readonly mode: PathMode }
export type PlaceState = 'alive' | 'frozen' | 'dead';

export class Paths {
  readonly #own = new Map<string, PathState>();
  readonly #places = new Map<Place, PlaceState>();
  readonly #defaultDelayMs: (from: Place, to: Place) => number;

  constructor(places: readonly Place[], defaultDelayMs: (from: Place, to: Place) => number) {
    this.#defaultDelayMs = defaultDelayMs;
    for (const place of places) this.#places.set(place, 'alive');
  }

  /** What holds now, the state of both places included. Within a dead place everything is refused, too. */
  state(from: Place, to: Place): PathState {
    const own = this.#ownState(from, to);
    const places = [this.#placeState(from), this.#placeState(to)];
    if (places.includes('dead')) return { ...own, mode: 'refuse' };
    // A refusal needs somebody who answers; a frozen place answers nothing.
    if (places.includes('frozen')) return { ...own, mode: 'black-hole' };
    return own;
  }

  change(from: Place, to: Place, change: PathChange): void {
    const { delayMs } = change;
    if (delayMs !== undefined && !(Number.isFinite(delayMs) && delayMs >= 0)) {
      throw new RangeError(`the delay from ${from} to ${to} must be 0 ms or more, not ${delayMs}`);
    }
    this.#placeState(from);
    this.#placeState(to);
    const own = this.#ownState(from, to);
    this.#own.set(key(from, to), { delayMs: delayMs ?? own.delayMs, mode: change.mode ?? own.mode });
  }

  setPlace(place: Place, state: PlaceState): void {
    this.#placeState(place);
    this.#places.set(place, state);
  }

  #ownState(from: Place, to: Place): PathState {
    return this.#own.get(key(from, to)) ?? { delayMs: this.#defaultDelayMs(from, to), mode: 'open' };
  }

  #placeState(place: Place): PlaceState {
    const state = this.#places.get(place);
    if (state === undefined) throw new RangeError(`"${place}" is no place of this network; places are ${[...this.#places.keys()].join(', ')}`);
    return state;
  }
}

const key = (from: Place, to: Place): string => `${from} -> ${to}`;
