// Which part of the users each region answers, as the clients count it: the plan asks for a half each. Pure.
import type { SecondStatistics } from './load/statistics.ts';
import { REGION_A, REGION_B } from './settings.ts';

/** How far the share of a region may be from the plan's half, at the clients: they keep answers for a TTL, and chance does the rest. */
export const SHARE_ERROR_MAX = 0.1;
/** Resolver caches of the load, and answers that a share is taken from: the standard error is then below a quarter of what is allowed. */
export const CACHES = 80;
export const ANSWERS_MIN = 700;

/** Part of what was answered well between two moments that region A answered. */
export function share(seconds: readonly SecondStatistics[], from: number, to: number): number {
  return answered(seconds, from, to, [REGION_A]) / answered(seconds, from, to);
}

export function answered(seconds: readonly SecondStatistics[], from: number, to: number, by: readonly string[] = [REGION_A, REGION_B]): number {
  return seconds.filter(({ at }) => at >= from && at + 1000 <= to)
    .reduce((sum, { regions }) => sum + by.reduce((all, region) => all + (regions[region]?.requests ?? 0) - (regions[region]?.errors ?? 0), 0), 0);
}

/** Part of the requests that were led to region A, whether they were answered or not: a machine that is busy with other work answers one of them later. */
export function ledShare(seconds: readonly SecondStatistics[], from: number, to: number): number {
  const led = (region: string): number => seconds.filter(({ at }) => at >= from && at + 1000 <= to).reduce((sum, { regions }) => sum + (regions[region]?.requests ?? 0), 0);
  return led(REGION_A) / (led(REGION_A) + led(REGION_B));
}

/** Enough answers after `since`, and time enough that as many caches have asked anew as answers are needed. */
export const isShown = (seconds: readonly SecondStatistics[], since: number, ttlSeconds: number, now: number): boolean =>
  answered(seconds, since, Infinity) >= ANSWERS_MIN && now - since >= (ANSWERS_MIN / CACHES) * ttlSeconds * 1000;

export const percent = (part: number): string => (Number.isFinite(part) ? `${(part * 100).toFixed(1)} %` : 'unknown');
