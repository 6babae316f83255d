// The control item of an application: who may act (lease), what blocks acting (pause, cooldown, acknowledgement).
import type { Instant, Region } from './plan.ts';

/** One item per application, strongly consistent across three regions. */
export interface Lease {
  readonly application: string;
  /** Grows by one with each lease; 0 before the first. */
  readonly epoch: number;
  /** The execution that holds the lease; absent when it was released. */
  readonly holder?: string;
  readonly expiresAt: Instant;
  readonly incident?: string;
  /** The region being left under this epoch. */
  readonly evacuated?: Region;
  /** Set when an automatic action ended; the next one waits for this AND for the acknowledgement. */
  readonly cooldownUntil?: Instant;
  /** True from the end of a failover that acted or was handed over until a person acknowledges it. */
  readonly acknowledgementDue: boolean;
  readonly pausedUntil?: Instant;
  readonly pausedBy?: string;
  /** An execution named here stops at its next safe point. */
  readonly abortExecution?: string;
}

/** The write permit of one database: which region's writer may be written, under which epoch. */
export interface Permit {
  readonly application: string;
  readonly database: string;
  readonly epoch: number;
  readonly writer: Region;
  readonly withdrawn: boolean;
  readonly withdrawnAt?: Instant;
  /** Application server -> the time of its last renewal by its own clock. */
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
  /** Lifted by failback only. */
  readonly liftedAt?: Instant;
}

export interface FenceProof {
  readonly at: Instant;
  /** Which locks were seen closed by reading them back. */
  readonly networkClosed: boolean;
  readonly sessionsEnded: number;
  readonly detail: string;
}
