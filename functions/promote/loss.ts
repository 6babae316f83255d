// What was lost: every write that was acknowledged after the newest commit on the replica and before the old writer was fenced.
import type { FenceIntent } from '../../domain/lease.ts';
import type { Instant, PermitPlan } from '../../domain/plan.ts';

export interface LossWindow { readonly from: Instant; readonly to: Instant; readonly seconds: number }

/**
 * Commit time stamps are taken a moment before the commit's place in the log, so two neighbours may stand in the other
 * order (PostgreSQL, xact.c: RecordTransactionCommit). The window starts this much earlier to hold them all.
 */
const COMMIT_ORDER_MARGIN_MS = 1000;

/** `replayedAt`: commit time of the newest replayed transaction. Undefined means that the window has no beginning. */
export function lossWindow(replayedAt: Instant | undefined, fencedAt: Instant): LossWindow | undefined {
  if (replayedAt === undefined) return undefined;
  const from = replayedAt - COMMIT_ORDER_MARGIN_MS;
  const to = Math.max(from, fencedAt);
  return { from: Math.round(from), to: Math.round(to), seconds: Math.round((to - from) / 100) / 10 };
}

/** When the step `Fence writer` called the old writer fenced, and whether it did so by the word of the agent over there. */
export interface Fenced { readonly at: Instant; readonly byAgent: boolean }

/**
 * Since when the old writer has taken no write. Not when the last permit ends: servers that surrendered had acknowledged writes after the
 * withdrawal. By the time at which the fence was proven all had stopped; an unproven one has no such time. What only the agent has closed,
 * somebody may open again: the agent closes it and says so, and the last time counts. Permits that still lived then end it as well.
 */
export function writesEndedAt({ enforced, recordedAt }: FenceIntent, fenced: Fenced | undefined, permit: PermitPlan, now: Instant): Instant {
  const closedAt = enforced?.networkClosed === true ? Math.min(now, enforced.at) : now;
  if (!permit.enforced) return closedAt;
  if (fenced === undefined || closedAt <= fenced.at) return closedAt;
  return Math.min(closedAt, fenced.byAgent ? Math.max(fenced.at, recordedAt + (permit.ttlSeconds + permit.clockErrorSeconds) * 1000) : fenced.at);
}
