// What a fault left behind for users, before it and after the outcome: sessions, the application's caches, and how fast it answers. Pure.
import { percentiles, type Percentiles } from './outcome.ts';
import type { Sample } from './sample.ts';

/** When something broke, and when its outcome was known. */
export interface Marks { readonly brokenAt: number; readonly settledAt: number }

/** One session of one user, as its holder saw it. */
export interface SessionSeen { readonly openedAt: number; readonly acceptedAt?: number; readonly refusedAt?: number }

export interface Aftermath {
  readonly sessions: {
    /** Of users that were logged in when it broke. */
    readonly before: number;
    /** Of these, shown again after the outcome, or refused since it broke. */
    readonly shown: number;
    readonly kept: number;
    /** How often a user had to log in again. */
    readonly reauthentications: number;
  };
  /** Shares of the reads that were answered from the cache; null without such reads. */
  readonly cache: { readonly hitRateBefore: number | null; readonly hitRateAfter: number | null; /** Answers that a cache had, and gave up since they were of an epoch before. */ readonly forgottenByEpoch: number };
  /** Of good answers. */
  readonly latency: { readonly before: Percentiles | null; readonly after: Percentiles | null };
}

export function aftermath(samples: readonly Sample[], sessions: readonly SessionSeen[], { brokenAt, settledAt }: Marks): Aftermath {
  const [before, after] = [samples.filter(({ endedAt }) => endedAt < brokenAt), samples.filter(({ sentAt }) => sentAt >= settledAt)];
  const held = sessions.filter(({ openedAt, refusedAt = Infinity }) => openedAt < brokenAt && refusedAt >= brokenAt);
  const kept = held.filter(({ acceptedAt = 0, refusedAt }) => acceptedAt >= settledAt && refusedAt === undefined);
  const refused = held.filter(({ refusedAt }) => refusedAt !== undefined);
  return {
    sessions: { before: held.length, shown: kept.length + refused.length, kept: kept.length, reauthentications: sessions.filter(({ refusedAt = 0 }) => refusedAt >= brokenAt).length },
    cache: { hitRateBefore: hitRate(before), hitRateAfter: hitRate(after), forgottenByEpoch: samples.filter(({ cache }) => cache === 'forgotten').length },
    latency: { before: percentiles(before) ?? null, after: percentiles(after) ?? null },
  };
}

export const rateText = (rate: number | null): string => (rate === null ? 'none' : `${(rate * 100).toFixed(0)} %`);
export const latencyText = (of: Percentiles | null): string => (of === null ? 'none' : `${of.p50Ms.toFixed(0)} / ${of.p99Ms.toFixed(0)} ms`);

function hitRate(samples: readonly Sample[]): number | null {
  const known = samples.filter(({ cache }) => cache !== undefined);
  return known.length === 0 ? null : Math.round((known.filter(({ cache }) => cache === 'hit').length / known.length) * 1000) / 1000;
}
