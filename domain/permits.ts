// When do write permits end? One rule for fencing and for the last look before promotion.
import type { Permit } from './lease.ts';
import type { Instant, PermitPlan } from './plan.ts';

/**
 * When the last permit of a withdrawn grant ends; -Infinity when no server holds one. No renewal succeeds after the
 * withdrawal (one item, strongly consistent), so the renewals that it holds are all there are. A server that surrendered
 * has stopped by its own word. `withdrawnBy`: a moment after the withdrawal had taken effect, if one is known; a server
 * whose clock is ahead cannot have renewed later than that.
 */
export function permitsEndAt(permit: Permit, rule: PermitPlan, withdrawnBy: Instant = Infinity): Instant {
  const lifeMs = (rule.ttlSeconds + rule.clockErrorSeconds) * 1000;
  const ends = Object.entries(permit.renewals)
    .filter(([server]) => permit.surrenders[server] !== permit.epoch)
    // Never from the time at which the withdrawal was meant: it took effect later, and servers renewed in between.
    .map(([, renewedAt]) => Math.min(renewedAt, withdrawnBy) + lifeMs);
  return Math.max(-Infinity, ...ends);
}
