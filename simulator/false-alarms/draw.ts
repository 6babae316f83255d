// Draws the disturbances of a year: each kind comes at random times (Poisson) at its own rate, from a stream of its own, so that
// changing one kind leaves the others as they were.
import type { Instant } from '../../domain/plan.ts';
import { Random } from '../random.ts';
import { seedOf } from './chance.ts';
import { byBegin, type Disturbance, type Effect } from './disturbance.ts';
import type { Pair } from './pair.ts';

export const YEAR_MS = 365 * 24 * 3_600_000;
const EPOCH = Date.parse('2027-01-01T00:00:00Z');
export const yearBegins = (year: number): Instant => EPOCH + (year - 1) * YEAR_MS;

/** Seconds with a long tail: half are below the median, and none is above the most. */
export interface Spread { readonly medianSeconds: number; readonly sigma: number; readonly secondsMax: number }
/** Seconds that are all equally likely between two ends. */
export interface Between { readonly fromSeconds: number; readonly toSeconds: number }

export interface Kind {
  readonly kind: string;
  /** How many of these a year has, over all places, paths or regions it may strike. */
  readonly perYear: number;
  readonly lasts: Spread | Between;
  /** Where rate and duration come from, or that they are assumed. */
  readonly source: string;
  readonly effects: (random: Random, pair: Pair) => readonly Effect[];
  /** What comes right after it, such as an agent that dies of its trouble. */
  readonly followedBy?: { readonly lasts: Spread | Between; readonly effects: (effects: readonly Effect[]) => readonly Effect[] };
  /** Which region is really out meanwhile. Absent for noise. */
  readonly outageOf?: (effects: readonly Effect[], pair: Pair) => string;
}

export interface Stretch { readonly seed: number; readonly year: number; readonly days?: number; /** Times the rate of each kind. */ readonly intensity?: number }

export function drawDisturbances(kinds: readonly Kind[], pair: Pair, { seed, year, days = 365, intensity = 1 }: Stretch): readonly Disturbance[] {
  const [begins, ends] = [yearBegins(year), yearBegins(year) + days * 24 * 3_600_000];
  return kinds.flatMap((kind, index) => {
    const random = new Random(seedOf(seed, year, index));
    const found: Disturbance[] = [];
    for (let at = begins + gapMs(random, kind.perYear * intensity); at < ends; at += gapMs(random, kind.perYear * intensity)) {
      const effects = kind.effects(random, pair);
      const outageOf = kind.outageOf?.(effects, pair);
      const first = drawOne(random, kind.kind, Math.round(at), kind.lasts, effects);
      found.push(outageOf === undefined ? first : { ...first, outageOf });
      const { followedBy } = kind;
      if (followedBy !== undefined) found.push(drawOne(random, `${kind.kind}, afterwards`, first.until, followedBy.lasts, followedBy.effects(effects)));
    }
    return found;
  }).sort(byBegin);
}

function drawOne(random: Random, kind: string, from: Instant, lasts: Spread | Between, effects: readonly Effect[]): Disturbance {
  const lastsMs = Math.max(1, Math.round(drawSeconds(random, lasts) * 1000));
  return { kind, from, until: from + lastsMs, seed: Math.floor(random.next() * 4_294_967_296), effects };
}

const gapMs = (random: Random, perYear: number): number => (perYear <= 0 ? Infinity : (-Math.log(1 - random.next()) * YEAR_MS) / perYear);

function drawSeconds(random: Random, lasts: Spread | Between): number {
  if ('fromSeconds' in lasts) return random.between(lasts.fromSeconds, lasts.toSeconds);
  // Box and Muller: two equal chances make one that is normal.
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Math.min(lasts.secondsMax, lasts.medianSeconds * Math.exp(lasts.sigma * normal));
}
