// A rate limit as AWS control planes have them: a burst, refilled at a steady pace. Time is given, so it decides alone.
import type { Clock } from '../../../domain/ports.ts';

export interface TokenBucketOptions {
  readonly burst: number;
  readonly refillPerSecond: number;
}

/** A function that takes one token, or answers false when there is none. */
export function tokenBucket({ burst, refillPerSecond }: TokenBucketOptions, clock: Pick<Clock, 'now'>): () => boolean {
  let tokens = burst;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * refillPerSecond);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
