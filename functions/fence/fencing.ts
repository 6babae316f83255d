// Is the old writer fenced? Two proofs count, each read back: every write permit has lapsed or was surrendered, or the agent
// in that region saw the network closed and the sessions ended. Hope is not a proof.
import type { FenceIntent, Permit } from '../../domain/lease.ts';
import { permitsEndAt } from '../../domain/permits.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';

export type Fencing =
  | { readonly kind: 'fenced'; readonly proof: string }
  | { readonly kind: 'wait'; readonly until: Instant; readonly reason: string }
  | { readonly kind: 'unproven'; readonly reason: string };

/** Decides from what was read back after the withdrawal and the intent were written. */
export function fencing(permit: Permit | undefined, intent: FenceIntent, plan: ApplicationPlan, now: Instant, startedAt: Instant): Fencing {
  const proof = intent.enforced;
  if (proof !== undefined && proof.networkClosed) {
    return { kind: 'fenced', proof: `the agent in ${intent.region} read back a closed network at ${iso(proof.at)}: ${proof.detail}` };
  }
  if (!plan.permit.enforced) return withoutPermits(intent, plan, now, startedAt);
  if (permit === undefined) return { kind: 'unproven', reason: `no permit was ever granted for ${intent.database}: nothing says who writes` };
  if (!permit.withdrawn || permit.withdrawnAt === undefined) return { kind: 'unproven', reason: 'the withdrawal of the permits cannot be read back' };
  const endsAt = permitsEndAt(permit, plan.permit, intent.recordedAt);
  const servers = Object.keys(permit.renewals).length;
  if (endsAt <= now) return { kind: 'fenced', proof: `all ${servers} permits of epoch ${permit.epoch} lapsed or were surrendered by ${iso(now)}` };
  return { kind: 'wait', until: Math.min(endsAt, now + POLL_MS), reason: `the last of ${servers} permits lapses at ${iso(endsAt)}` };
}

/** Looked at twice a second: a surrender or the agent's proof may come sooner than the lapse. */
const POLL_MS = 500;

/** Without permits only the agent's proof counts; it gets as long as its slowest round takes, then a person decides. */
function withoutPermits(intent: FenceIntent, plan: ApplicationPlan, now: Instant, startedAt: Instant): Fencing {
  const giveUpAt = Math.max(startedAt + Math.max(10, plan.budgets.rtoSeconds / 10) * 1000, (intent.enforced?.settlesAt ?? 0) + SETTLE_MS);
  if (now < giveUpAt) return { kind: 'wait', until: now + POLL_MS, reason: `waiting for the agent in ${intent.region} to close its database` };
  return { kind: 'unproven', reason: `the agent in ${intent.region} has not answered and the application does not check write permits` };
}

/** The agent looks every few seconds. */
const SETTLE_MS = 15_000;

const iso = (at: Instant): string => new Date(at).toISOString();
