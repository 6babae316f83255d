// Alarms and metrics as a vantage point would have seen them round by round: a state holds until it changes or its period ends. Of
// several signals of one vantage point on one region the worst counts. Pure, but for its own memory.
import type { ProbeOutcome } from '../domain/observation.ts';
import type { Instant, Region } from '../domain/plan.ts';
import { nothing, type Evidence } from './record.ts';

interface State { readonly state: 'ok' | 'bad'; readonly until: Instant }
interface Place { readonly vantagePoint: Region; readonly target: Region; readonly signals: Map<string, State>; nextAt: Instant }
export interface Round { readonly at: Instant; readonly vantagePoint: Region; readonly target: Region; readonly outcome: ProbeOutcome }

const FINE: ProbeOutcome = { answered: true, read: 'ok', write: 'ok', latencyMs: 0 };

export class Held {
  readonly #intervalMs: number;
  readonly #places = new Map<string, Place>();

  constructor(intervalSeconds: number) {
    this.#intervalMs = intervalSeconds * 1000;
  }

  take({ at, vantagePoint, target, signal, state, until = Infinity }: Extract<Evidence, { kind: 'held' }>): void {
    const key = `${vantagePoint} ${target}`;
    const place = this.#places.get(key) ?? { vantagePoint, target, signals: new Map<string, State>(), nextAt: at };
    this.#places.set(key, place);
    if (this.#state(place, at) === undefined) place.nextAt = Math.max(place.nextAt, at);
    if (state === 'no-data') place.signals.delete(signal);
    else place.signals.set(signal, { state, until });
  }

  /** When the next round is, at most `limit`. */
  nextAt(limit: Instant): Instant | undefined {
    let first: Instant | undefined;
    for (const place of this.#places.values()) {
      this.#idle(place, limit);
      if (place.nextAt <= limit && (first === undefined || place.nextAt < first)) first = place.nextAt;
    }
    return first;
  }

  /** The rounds that are due at `at`; each place moves on to its next one. */
  due(at: Instant): readonly Round[] {
    return [...this.#places.values()].filter((place) => place.nextAt <= at).flatMap((place) => {
      place.nextAt += this.#intervalMs;
      const found = this.#state(place, at);
      return found === undefined ? [] : [{ at, vantagePoint: place.vantagePoint, target: place.target, outcome: found.bad === undefined ? FINE : nothing('bad-status', found.bad) }];
    });
  }

  /** Leaves out rounds that could change nothing: when all is well, only the last ones before `limit` are looked at. */
  skipTo(limit: Instant): void {
    if ([...this.#places.values()].some(({ signals }) => [...signals.values()].some(({ state }) => state === 'bad'))) return;
    for (const place of this.#places.values()) {
      const until = Math.min(limit, ...[...place.signals.values()].map((state) => state.until));
      const rounds = Math.floor((until - place.nextAt) / this.#intervalMs) - 4;
      if (rounds > 0) place.nextAt += rounds * this.#intervalMs;
    }
  }

  /** A place that nobody says anything of has no rounds; its clock goes on without them. */
  #idle(place: Place, limit: Instant): void {
    if (place.nextAt > limit || this.#state(place, place.nextAt) !== undefined) return;
    place.nextAt += (Math.floor((limit - place.nextAt) / this.#intervalMs) + 1) * this.#intervalMs;
  }

  #state({ signals }: Place, at: Instant): { readonly bad?: string } | undefined {
    let found: { readonly bad?: string } | undefined;
    for (const [signal, { state, until }] of signals) {
      if (until <= at) signals.delete(signal);
      else if (state === 'bad') return { bad: signal };
      else found = {};
    }
    return found;
  }
}
