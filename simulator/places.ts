// Where things run and how they reach each other: places that are up, hung or dead, and one-way links that are open, slow or cut.
// What a dead place was doing is gone; what a hung place was doing goes on when it resumes, with everything that arrived meanwhile.
import type { VirtualClock, Timer } from './clock.ts';
import type { Random } from './random.ts';

export type Place = string;
/** Users, chat and the control endpoint: neither region. */
export const INTERNET: Place = 'internet';
/** Where the one control plane of Route 53 is. */
export const GLOBAL: Place = 'us-east-1';

export type PlaceState = 'up' | 'hung' | 'dead';
interface Condition { state: PlaceState; /** Grows with each death. */ life: number; slowMs: number; skewMs: number; readonly waiting: (() => void)[] }

/** One way inside a region, and between two places, as AWS regions of one continent have it. */
const NEAR_MS: readonly [number, number] = [1, 4];
const FAR_MS: readonly [number, number] = [10, 35];

export class Places {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #conditions = new Map<Place, Condition>();
  readonly #cuts = new Map<string, number>();
  /** Called before anything changes: what flows continuously (replication) is brought up to date first. */
  beforeChange: () => void = () => undefined;
  onDeath: (place: Place) => void = () => undefined;
  onReturn: (place: Place) => void = () => undefined;

  constructor(clock: VirtualClock, random: Random, places: readonly Place[]) {
    this.#clock = clock;
    this.#random = random;
    for (const place of [...places, INTERNET, GLOBAL]) this.#conditions.set(place, { state: 'up', life: 0, slowMs: 0, skewMs: 0, waiting: [] });
  }

  state(place: Place): PlaceState {
    return this.#of(place).state;
  }

  life(place: Place): number {
    return this.#of(place).life;
  }

  /** The wall clock of a place. */
  now(place: Place): number {
    return Math.round(this.#clock.now() + this.#of(place).skewMs);
  }

  skew(place: Place): number {
    return this.#of(place).skewMs;
  }

  setSkew(place: Place, skewMs: number): void {
    this.#of(place).skewMs = skewMs;
  }

  setSlow(place: Place, slowMs: number): void {
    this.beforeChange();
    this.#of(place).slowMs = slowMs;
  }

  kill(place: Place): void {
    const condition = this.#of(place);
    if (condition.state === 'dead') return;
    this.beforeChange();
    condition.state = 'dead';
    condition.life += 1;
    condition.waiting.length = 0;
    this.onDeath(place);
  }

  revive(place: Place): void {
    const condition = this.#of(place);
    if (condition.state !== 'dead') return;
    this.beforeChange();
    condition.state = 'up';
    this.onReturn(place);
  }

  hang(place: Place): void {
    const condition = this.#of(place);
    if (condition.state !== 'up') return;
    this.beforeChange();
    condition.state = 'hung';
  }

  resume(place: Place): void {
    const condition = this.#of(place);
    if (condition.state !== 'hung') return;
    this.beforeChange();
    condition.state = 'up';
    // In the order of arrival, but not in one instant.
    const waiting = condition.waiting.splice(0);
    waiting.forEach((act, index) => this.#clock.after(index * 0.5, () => this.enter(place, act)));
  }

  /** Cuts count: a link that was cut twice must be healed twice. */
  cut(from: Place, to: Place): void {
    this.beforeChange();
    this.#cuts.set(`${from}>${to}`, (this.#cuts.get(`${from}>${to}`) ?? 0) + 1);
  }

  heal(from: Place, to: Place): void {
    this.beforeChange();
    this.#cuts.set(`${from}>${to}`, Math.max(0, (this.#cuts.get(`${from}>${to}`) ?? 0) - 1));
  }

  healAll(): void {
    this.beforeChange();
    this.#cuts.clear();
  }

  open(from: Place, to: Place): boolean {
    return from === to || (this.#cuts.get(`${from}>${to}`) ?? 0) === 0;
  }

  /** Do packets flow both ways between two places that are up? */
  connected(one: Place, other: Place): boolean {
    return this.state(one) === 'up' && this.state(other) === 'up' && this.open(one, other) && this.open(other, one);
  }

  latencyMs(from: Place, to: Place): number {
    const [low, high] = from === to ? NEAR_MS : FAR_MS;
    const slowMs = this.#of(from).slowMs + (from === to ? 0 : this.#of(to).slowMs);
    // A congested way is slow by chance: packets overtake each other.
    return this.#random.between(low, high) + (slowMs === 0 ? 0 : slowMs * this.#random.between(0.1, 1));
  }

  /** Runs `act` in a place: now when it is up, on its resumption when it hangs, never when it is dead. */
  enter(place: Place, act: () => void): void {
    const condition = this.#of(place);
    if (condition.state === 'up') act();
    else if (condition.state === 'hung') condition.waiting.push(act);
  }

  /** Runs `act` in a place after a delay, unless the place has died in between. */
  after(place: Place, delayMs: number, act: () => void): Timer {
    const { life } = this.#of(place);
    return this.#clock.after(delayMs, () => {
      this.enter(place, () => {
        if (this.#of(place).life === life) act();
      });
    });
  }

  /** A sleep of something that runs in a place; never ends when the place has died in between. */
  sleep(place: Place, delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', stop);
        this.#clock.touched();
        resolve();
      };
      const timer = this.after(place, delayMs, wake);
      const stop = (): void => {
        timer.cancel();
        wake();
      };
      if (signal?.aborted === true) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });
  }

  #of(place: Place): Condition {
    const found = this.#conditions.get(place);
    if (found === undefined) throw new RangeError(`there is no place ${place}; there are ${[...this.#conditions.keys()].join(', ')}`);
    return found;
  }
}
