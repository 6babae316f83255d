// When do write permits end? One rule for fencing and for the last look before promotion.
import type { Permit } from './lease.ts';
import type { Instant, PermitPlan } from './plan.ts';

/**
 * When the last permit of a withdrawn grant ends; -Infinity when no server holds one. No renewal succeeds after the
 * withdrawal (one item, strongly consistent), so the renewals that it holds are all there are. A server that surrendered
 * has stopped by its own word.
 */
export function permitsEndAt(permit: Permit, rule: PermitPlan): Instant {
  const lifeMs = (rule.ttlSeconds + rule.clockErrorSeconds) * 1000;
  const withdrawnAt = permit.withdrawnAt ?? Infinity;
  const ends = Object.entries(permit.renewals)
    .filter(([server]) => permit.surrenders[server] !== permit.epoch)
    // A server whose clock is ahead cannot have renewed after the withdrawal.
    .map(([, renewedAt]) => Math.min(renewedAt, withdrawnAt) + lifeMs);
  return Math.max(-Infinity, ...ends);
}
