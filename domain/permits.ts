// When do write permits end? One rule for fencing and for the last look before promotion.
import type { Permit } from './lease.ts';
import type { Instant, PermitPlan } from './plan.ts';

/**
 * When the last permit of a withdrawn grant ends; -Infinity when no server holds one. A server writes its renewal and then reads
 * whether the permit stands, the renewals are listed after the withdrawal (PermitStore.read): whoever read before the withdrawal
 * is listed, whoever read after it got nothing. Renewals of older grants count alike, since their servers may still hold a permit;
 * a server that surrendered this one has stopped by its own word. `withdrawnBy`: a moment after the withdrawal had taken effect, if
 * one is known; a server whose clock is ahead, or that was refused, cannot have renewed later than that.
 */
export function permitsEndAt(permit: Permit, rule: PermitPlan, withdrawnBy: Instant = Infinity): Instant {
  const lifeMs = (rule.ttlSeconds + rule.clockErrorSeconds) * 1000;
  const ends = Object.entries(permit.renewals)
    .filter(([server]) => permit.surrenders[server] !== permit.epoch)
    // Never from the time at which the withdrawal was meant: it took effect later, and servers renewed in between.
    .map(([, renewedAt]) => Math.min(renewedAt, withdrawnBy) + lifeMs);
  return Math.max(-Infinity, ...ends);
}

/** An hour is far beyond any permit's life (the evidence's age limits it to minutes) and any clock that keeps to `clockError`. */
const GONE_AFTER_MS = 3_600_000;

/** Servers that have not renewed for so long that their last renewal says nothing any more. */
export const goneServers = (permit: Permit, now: Instant): readonly (readonly [server: string, renewedAt: Instant])[] =>
  Object.entries(permit.renewals).filter(([, renewedAt]) => renewedAt < now - GONE_AFTER_MS);
