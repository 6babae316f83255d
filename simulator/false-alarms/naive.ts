// What people build first, on the same weather: a health check every 10 s and an alarm that promotes. No quorum, no control endpoint,
// no look at the survivor. Each also gets the hour of cooldown that ours has, so that one trouble counts once.
import type { Instant, Region } from '../../domain/plan.ts';
import type { Disturbance } from './disturbance.ts';
import { otherOf, placesOf, type Pair } from './pair.ts';
import { Weather } from './weather.ts';

/** Route 53's fast interval and its default threshold. */
const INTERVAL_MS = 10_000;
const THRESHOLD = 3;
const TIMEOUT_MS = 2000;
const COOLDOWN_MS = 3_600_000;

/** How often each would have failed over. */
export interface Naive {
  /** CloudWatch, 1 of 1 datapoints of 60 s, the minimum of one place's checks: one failed check is a bad minute. */
  readonly oneBadMinute: number;
  /** A health check of three failures in a row, from one place. */
  readonly threeInARow: number;
  /** The same from all places at once: Route 53 calls an endpoint unhealthy when 18 % of its checkers or fewer see it well. */
  readonly threeEverywhere: number;
}

export function naiveFailovers(disturbances: readonly Disturbance[], pair: Pair): Naive {
  const weather = new Weather(disturbances, pair);
  const [oneBadMinute, threeInARow, threeEverywhere] = [new Promoter(), new Promoter(), new Promoter()];
  const checks = [pair.home, pair.standby].map((region) => ({ region, rows: placesOf(pair).map((place, index) => ({ place, phaseMs: 3000 * index, failed: 0, lastAt: -Infinity })) }));
  for (const at of checkTimes(disturbances)) {
    weather.advance(at);
    for (const { region, rows } of checks) {
      for (const row of rows) {
        const fails = failsAt(weather, pair, row.place, region, at + row.phaseMs);
        row.failed = fails ? (row.lastAt === at - INTERVAL_MS ? row.failed + 1 : 1) : 0;
        row.lastAt = at;
      }
      const watcher = rows.find(({ place }) => place === otherOf(pair, region));
      if ((watcher?.failed ?? 0) >= 1) oneBadMinute.promote(at);
      if ((watcher?.failed ?? 0) >= THRESHOLD) threeInARow.promote(at);
      if (rows.every(({ failed }) => failed >= THRESHOLD)) threeEverywhere.promote(at);
    }
  }
  return { oneBadMinute: oneBadMinute.times, threeInARow: threeInARow.times, threeEverywhere: threeEverywhere.times };
}

class Promoter {
  times = 0;
  #until = -Infinity;

  promote(at: Instant): void {
    if (at < this.#until) return;
    this.times += 1;
    this.#until = at + COOLDOWN_MS;
  }
}

/** The rounds of checks that may meet a disturbance, in order, each once; all others succeed. */
function* checkTimes(disturbances: readonly Disturbance[]): Generator<Instant> {
  let done = -Infinity;
  for (const { from, until, effects } of disturbances) {
    if (!effects.some(({ on }) => on === 'path' || on === 'writes')) continue;
    // One before the begin, for the places whose check comes later in the round; one after the end sets the count back to none.
    for (let at = Math.max(done + INTERVAL_MS, (Math.floor(from / INTERVAL_MS) - 1) * INTERVAL_MS); at <= until + INTERVAL_MS; at += INTERVAL_MS) {
      yield at;
      done = at;
    }
  }
}

/** The check asks what our probe asks; a region that suffers from a writer elsewhere is not accused here either. */
function failsAt(weather: Weather, pair: Pair, place: Region, region: Region, at: Instant): boolean {
  const outcome = weather.probe(place, region, at, TIMEOUT_MS);
  return !outcome.answered || (outcome.write === 'failed' && region === pair.home);
}
