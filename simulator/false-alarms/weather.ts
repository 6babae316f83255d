// What is true at an instant, given the disturbances: what a probe meets, which clock is off, which process stands still. It knows
// nothing of agents or policies, so that each policy and each baseline meets the same weather.
import type { ProbeFailure, ProbeOutcome } from '../../domain/observation.ts';
import type { Instant, Region } from '../../domain/plan.ts';
import { chance } from './chance.ts';
import type { Disturbance } from './disturbance.ts';
import { numberOf, type Pair } from './pair.ts';

/** Disturbances are looked up this far ahead: longer than anything that an agent waits for at once. */
const AHEAD_MS = 120_000;
/** And this far back: longer than one run of an agent. */
const BEHIND_MS = 80_000;
/** Round trips of a fresh HTTPS request (four of them). Assumption: 5 ms inside a region, 25 to 40 ms between regions of a continent. */
const NEAR_MS = 20;
const FAR_MS = 130;

export class Weather {
  readonly #all: readonly Disturbance[];
  readonly #pair: Pair;
  #next = 0;
  #active: Disturbance[] = [];

  constructor(all: readonly Disturbance[], pair: Pair) {
    [this.#all, this.#pair] = [all, pair];
  }

  /** Time has come to `now`; it never goes back. */
  advance(now: Instant): void {
    if (this.#active.some((one) => one.until <= now - BEHIND_MS)) this.#active = this.#active.filter((one) => one.until > now - BEHIND_MS);
    for (let next = this.#all[this.#next]; next !== undefined && next.from <= now + AHEAD_MS; next = this.#all[this.#next]) {
      this.#active.push(next);
      this.#next += 1;
    }
  }

  /** When the next disturbance begins that is not known yet. */
  get nextFrom(): Instant {
    return this.#all[this.#next]?.from ?? Infinity;
  }

  activeAt(at: Instant): readonly Disturbance[] {
    return this.#active.filter((one) => one.from <= at && at < one.until);
  }

  /** What a probe meets that is sent now. The time that a failure takes is in `latencyMs`; `timeoutMs` bounds it. */
  probe(vantagePoint: Region, target: Region, at: Instant, timeoutMs: number): ProbeOutcome {
    let [failure, slow, writesFail]: [ProbeFailure | undefined, boolean, boolean] = [undefined, false, false];
    for (const one of this.#active) {
      if (at < one.from || at >= one.until) continue;
      for (const effect of one.effects) {
        if (effect.on === 'path' && is(effect.vantagePoint, vantagePoint) && is(effect.target, target) && this.#hits(one, effect.share, vantagePoint, target, at, effect.failure === 'slow' ? 1 : 0)) {
          if (effect.failure === 'slow') slow = true;
          else failure ??= effect.failure;
        }
        if (effect.on === 'writes' && is(effect.through, target) && this.#hits(one, effect.share, vantagePoint, target, at, 2)) writesFail = true;
      }
    }
    const usualMs = vantagePoint === target ? NEAR_MS : FAR_MS;
    if (failure !== undefined) return { answered: false, failure, read: 'unknown', write: 'unknown', latencyMs: failure === 'timed-out' ? timeoutMs : usualMs };
    const latencyMs = slow ? Math.round(timeoutMs * (0.5 + 0.49 * chance(7, at, numberOf(this.#pair, vantagePoint), numberOf(this.#pair, target)))) : usualMs;
    const writer = { writer: this.#pair.home, epoch: 1 };
    if (writesFail) return { answered: true, failure: 'write-failed', read: 'ok', write: 'failed', latencyMs, ...writer };
    return { answered: true, read: 'ok', write: 'ok', latencyMs, ...writer };
  }

  control(vantagePoint: Region, at: Instant): boolean {
    return !this.#active.some((one) => at >= one.from && at < one.until
      && one.effects.some((effect) => effect.on === 'control' && is(effect.vantagePoint, vantagePoint) && this.#hits(one, effect.share, vantagePoint, vantagePoint, at, 3)));
  }

  /** When something that is due then can happen in the agent's process: later if it stands still. */
  thaw(place: Region, due: Instant): Instant {
    for (const one of this.#active) {
      if (due >= one.from && due < one.until && one.effects.some((effect) => effect.on === 'frozen' && effect.place === place)) return this.thaw(place, one.until);
    }
    return due;
  }

  /** When the process stops standing still between two instants; undefined if it does not stand still. */
  frozenBetween(place: Region, from: Instant, until: Instant): { readonly from: Instant; readonly until: Instant } | undefined {
    const found = this.#active.find((one) => one.from < until && one.until > from && one.effects.some((effect) => effect.on === 'frozen' && effect.place === place));
    return found === undefined ? undefined : { from: found.from, until: this.thaw(place, found.from) };
  }

  absent(place: Region, at: Instant): boolean {
    return this.#active.some((one) => at >= one.from && at < one.until && one.effects.some((effect) => effect.on === 'absent' && effect.place === place));
  }

  /** Was the place without agents at any time between two instants? What ran before then does not run any more. */
  absentSince(place: Region, since: Instant, at: Instant): boolean {
    return this.#active.some((one) => at >= one.from && since < one.until && one.effects.some((effect) => effect.on === 'absent' && effect.place === place));
  }

  clockOffsetMs(place: Region, at: Instant): number {
    let offsetMs = 0;
    for (const one of this.#active) {
      if (at < one.from || at >= one.until) continue;
      for (const effect of one.effects) if (effect.on === 'clock' && is(effect.place, place)) offsetMs += effect.offsetMs;
    }
    return offsetMs;
  }

  /** How a call of the table goes that is sent now. `what` tells calls of one instant apart. */
  table(place: Region, at: Instant, what: string): { readonly delayMs: number; readonly fails: boolean } {
    for (const one of this.#active) {
      if (at < one.from || at >= one.until) continue;
      for (const effect of one.effects) {
        if (effect.on !== 'table' || !is(effect.place, place)) continue;
        const which = numberOf(this.#pair, place) * 1000 + [...what].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1000, 0);
        const fails = chance(one.seed, at, which, 4) < effect.failShare;
        return { fails, delayMs: Math.round(effect.delayMsMax * chance(one.seed, at, which, 5)) };
      }
    }
    return { delayMs: 0, fails: false };
  }

  events(at: Instant): Extract<Disturbance['effects'][number], { on: 'events' }> | undefined {
    for (const one of this.activeAt(at)) for (const effect of one.effects) if (effect.on === 'events') return effect;
    return undefined;
  }

  #hits(one: Disturbance, share: number, vantagePoint: Region, target: Region, at: Instant, what: number): boolean {
    return share >= 1 || chance(one.seed, at, numberOf(this.#pair, vantagePoint) * 3 + numberOf(this.#pair, target), what) < share;
  }
}

const is = (which: string, region: Region): boolean => which === 'any' || which === region;
