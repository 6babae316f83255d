// How much acknowledged work could be lost by promoting a replica now? One rule for assessing and for the last look.
import type { Observation } from './observation.ts';
import type { FenceIntent, Permit } from './lease.ts';
import type { ApplicationPlan, Instant, Region } from './plan.ts';
import { permitsEndAt } from './permits.ts';
import type { DatabaseFacts } from './ports.ts';

/** What bounds a loss besides what was seen: the rules of the plan, and when the old writer's writes ended for certain, if they did. */
export interface Bounds { readonly quorum: number; readonly endedAt?: Instant }

/**
 * Seconds of acknowledged writes that a promotion could lose: from the newest commit that the replica holds to the last
 * moment at which anybody saw the old writer write. Infinite when either is unknown: an unread lag refuses.
 * With `bounds`, not only what was seen counts but what may have been: until a quorum looked and saw no write any more, or the fence
 * ended them. While nobody looked (a deployment of the monitors, their concurrency used up) the region wrote all the same.
 */
export function exposureSeconds(facts: DatabaseFacts | undefined, observations: readonly Observation[], evacuated: Region, bounds?: Bounds): number {
  const held = Math.max(facts?.replayedAt ?? -Infinity, facts?.heartbeatAt ?? -Infinity);
  // A write through the other region reached the same old writer: the application of a region may die before its database does.
  const seen = observations.filter((entry) => entry.target === evacuated || entry.writer === evacuated);
  const writes = seen.map((entry) => entry.lastWriteAt ?? -Infinity);
  const lastWriteAt = Math.max(-Infinity, ...writes);
  if (!Number.isFinite(held) || !Number.isFinite(lastWriteAt)) return Infinity;
  const unseen = bounds === undefined ? -Infinity : Math.min(unseenUntil(observations, evacuated, bounds.quorum), bounds.endedAt ?? Infinity);
  return Math.max(0, (Math.max(lastWriteAt, unseen) - held) / 1000);
}

/** The look that made the quorum; of fewer the latest. One who has not seen writes for an hour while others did proves nothing. */
function unseenUntil(observations: readonly Observation[], evacuated: Region, quorum: number): Instant {
  const since = observations.flatMap((entry) => (entry.target === evacuated && entry.unwrittenSince !== undefined ? [entry.unwrittenSince] : [])).sort((one, other) => one - other);
  return since[Math.min(quorum, since.length) - 1] ?? -Infinity;
}

/** What a plan, a permit and an order to fence say of it. */
export function boundsOf(plan: ApplicationPlan, permit: Permit | undefined, intent: FenceIntent | undefined): Bounds {
  const ends = [
    ...(plan.permit.enforced && permit?.withdrawn === true ? [permitsEndAt(permit, plan.permit, intent?.recordedAt)] : []),
    ...(intent?.enforced?.networkClosed === true && intent.liftedAt === undefined ? [intent.enforced.at] : []),
  ];
  return { quorum: plan.detection.quorum, ...(ends.length === 0 ? {} : { endedAt: Math.min(...ends) }) };
}
