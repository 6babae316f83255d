// What was lost: every write that was acknowledged after the newest commit on the replica and before the old writer was fenced.
import type { Instant } from '../../domain/plan.ts';

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
