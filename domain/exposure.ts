// How much acknowledged work could be lost by promoting a replica now? One rule for assessing and for the last look.
import type { Observation } from './observation.ts';
import type { Region } from './plan.ts';
import type { DatabaseFacts } from './ports.ts';

/**
 * Seconds of acknowledged writes that a promotion could lose: from the newest commit that the replica holds to the last
 * moment at which anybody saw the old writer write. Infinite when either is unknown: an unread lag refuses.
 */
export function exposureSeconds(facts: DatabaseFacts | undefined, observations: readonly Observation[], evacuated: Region): number {
  const held = Math.max(facts?.replayedAt ?? -Infinity, facts?.heartbeatAt ?? -Infinity);
  // A write through the other region reached the same old writer: the application of a region may die before its database does.
  const seen = observations.filter((entry) => entry.target === evacuated || entry.writer === evacuated);
  const writes = seen.map((entry) => entry.lastWriteAt ?? -Infinity);
  const lastWriteAt = Math.max(-Infinity, ...writes);
  if (!Number.isFinite(held) || !Number.isFinite(lastWriteAt)) return Infinity;
  return Math.max(0, (lastWriteAt - held) / 1000);
}
