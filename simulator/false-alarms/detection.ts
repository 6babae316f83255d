// The other side: is what is really out confirmed, and how soon? Also for what lies between noise and outage, so that the border is known.
import type { Ending } from './workflow.ts';
import type { Disturbance } from './disturbance.ts';

/** A confirmation later than this after its end belongs to something else. */
const AFTERWARDS_MS = 60_000;
/** Two outages that touch would be one, or both regions out, which nobody can repair. */
const APART_MS = 10 * 60_000;

export interface Detection {
  readonly kind: string;
  readonly outages: number;
  readonly confirmed: number;
  /** Seconds from the begin to the verdict, of those confirmed. */
  readonly delaySeconds: { readonly median: number; readonly p95: number; readonly most: number } | undefined;
}

/** Leaves out what begins before the one before it is well over. */
export function apart(outages: readonly Disturbance[]): readonly Disturbance[] {
  let freeAt = -Infinity;
  return outages.filter(({ from, until }) => {
    if (from < freeAt) return false;
    freeAt = until + APART_MS;
    return true;
  });
}

/** How long each took to be confirmed; undefined: never. */
export function delaysOf(outages: readonly Disturbance[], endings: readonly Ending[]): readonly (number | undefined)[] {
  const downs = endings.filter(({ kind }) => kind === 'down');
  return outages.map(({ from, until, outageOf }) => {
    const found = downs.find(({ at, evacuated }) => evacuated === outageOf && at >= from && at <= until + AFTERWARDS_MS);
    return found === undefined ? undefined : (found.at - from) / 1000;
  });
}

export function detectionOf(kind: string, outages: readonly Disturbance[], endings: readonly Ending[]): Detection {
  const delays = delaysOf(outages, endings).filter((delay) => delay !== undefined).sort((one, other) => one - other);
  return { kind, outages: outages.length, confirmed: delays.length, delaySeconds: spread(delays) };
}

export function spread(sorted: readonly number[]): Detection['delaySeconds'] {
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return sorted.length === 0 ? undefined : { median: at(0.5), p95: at(0.95), most: at(1) };
}
