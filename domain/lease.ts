// The control item of an application: who may act (lease), what blocks acting (pause, cooldown, acknowledgement).
import type { Instant, Region } from './plan.ts';

/** As a claim words the refusal to leave an empty region once more; who reads it knows that nothing is wrong. */
export const WAS_LEFT = 'was left by the last failover and has not been brought back';

/** One item per application, strongly consistent across three regions. */
export interface Lease {
  readonly application: string;
  /** Grows by one with each lease; 0 before the first. */
  readonly epoch: number;
  /** The execution that holds the lease; absent when it was released. */
  readonly holder?: string;
  readonly expiresAt: Instant;
  readonly incident?: string;
  /** Held by a drill: a failover takes it over at once, and nothing but a drill acts under it. */
  readonly drill?: boolean;
  /** Held by a failback: a failover takes it over, unless it would leave the very region that is being rebuilt (`evacuated`). */
  readonly failback?: boolean;
  /** When this epoch took the lease from a drill, whose last request may still arrive. */
  readonly takenOverAt?: Instant;
  /** The region being left under this epoch. */
  readonly evacuated?: Region;
  /** What the last completed failover left; absent once a failback has brought it back. */
  readonly left?: Region;
  /** Set when an automatic action ended; the next one waits for this AND for the acknowledgement. */
  readonly cooldownUntil?: Instant;
  /** True from the end of a failover that acted or was handed over until a person acknowledges it. */
  readonly acknowledgementDue: boolean;
  readonly pausedUntil?: Instant;
  readonly pausedBy?: string;
  /** Executions named here stop at their next safe point: names with a space between them (domain/aborts.ts). */
  readonly abortExecution?: string;
}

const ATTRIBUTES: Readonly<Record<Exclude<keyof Lease, 'application'>, true>> = {
  epoch: true, holder: true, expiresAt: true, incident: true, evacuated: true, left: true, cooldownUntil: true, acknowledgementDue: true, pausedUntil: true,
  pausedBy: true, abortExecution: true, drill: true, failback: true, takenOverAt: true,
};
/** All that a lease says beside whose it is. It is compared and set as a whole: an attribute that were left out could be overwritten unseen. */
export const LEASE_ATTRIBUTES = Object.keys(ATTRIBUTES) as readonly (keyof typeof ATTRIBUTES)[];
export const sameLease = (one: Lease, other: Lease): boolean => LEASE_ATTRIBUTES.every((name) => one[name] === other[name]);

/** The write permit of one database: which region's writer may be written, under which epoch. */
export interface Permit {
  readonly application: string;
  readonly database: string;
  readonly epoch: number;
  readonly writer: Region;
  readonly withdrawn: boolean;
  readonly withdrawnAt?: Instant;
  /** Application server -> the time of its last renewal by its own clock, under whichever epoch: also of servers that are gone. */
  readonly renewals: Readonly<Record<string, Instant>>;
  /** Application server -> the epoch at which it declared that it has stopped writing (after a refused renewal). */
  readonly surrenders: Readonly<Record<string, number>>;
}

/** A durable order to fence a database in a region, enforced there by an agent, now or on its return. */
export interface FenceIntent {
  readonly application: string;
  readonly database: string;
  readonly region: Region;
  readonly epoch: number;
  readonly recordedAt: Instant;
  readonly execution: string;
  /** Executions that ordered the same before this one and ended on the way, oldest first: what they found may be known to them alone. */
  readonly earlier?: readonly string[];
  /** What the agent in that region did and read back; absent while it was not heard from. */
  readonly enforced?: FenceProof;
  /** Rules that an agent had revoked under an earlier order and that nobody has put back. */
  readonly rules?: readonly NetworkRule[];
  /** Lifted by a failback, or by a person who gives the writes back. */
  readonly liftedAt?: Instant;
}

/** One rule that let somebody in, as it is put back when the order is lifted. */
export interface NetworkRule {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: { readonly kind: 'ipv4' | 'ipv6' | 'group' | 'prefix-list'; readonly value: string; readonly account?: string };
  readonly description?: string;
}

export interface FenceProof {
  readonly at: Instant;
  /** Which locks were seen closed by reading them back. */
  readonly networkClosed: boolean;
  readonly sessionsEnded: number;
  /** Nothing but the network is closed: who was logging in before has until then, and is looked for once more after it. */
  readonly settlesAt?: Instant;
  readonly detail: string;
  /** What the agent has revoked; written down before it revokes. */
  readonly rules?: readonly NetworkRule[];
  /** The order was lifted and the agent has put everything back. */
  readonly reopened?: true;
}
