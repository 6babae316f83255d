// What a vantage point saw. "No answer" and "I cannot judge" are values of their own: silence is never a vote.
import type { Instant, Region } from './plan.ts';

/** Why a probe counts as failed. */
export type ProbeFailure =
  | 'refused' | 'timed-out' | 'unresolved' | 'tls' | 'bad-status' | 'bad-content' | 'read-failed' | 'write-failed';

/** The raw outcome of one deep probe of a region. */
export interface ProbeOutcome {
  readonly answered: boolean;
  readonly failure?: ProbeFailure;
  /** What went wrong, in words, without secrets. */
  readonly detail?: string;
  readonly latencyMs: number;
  /** Does the region serve reads from its own database? */
  readonly read: 'ok' | 'failed' | 'unknown';
  /** Did a guarded write reach the writer through this region? */
  readonly write: 'ok' | 'failed' | 'refused' | 'unknown';
  /** The region that the application believes to be the writer, and under which epoch. */
  readonly writer?: Region;
  readonly epoch?: number;
}

/** `up` serves and writes; `impaired` answers but cannot write; `down` does not answer properly; `slow` answers late; `abstained`: the monitor is sick. */
export type ObservationResult = 'up' | 'impaired' | 'slow' | 'down' | 'abstained';

/** The newest view that one vantage point has of one region. */
export interface Observation {
  readonly application: string;
  readonly vantagePoint: Region;
  readonly target: Region;
  readonly at: Instant;
  readonly result: ObservationResult;
  readonly reason: string;
  readonly latencyMs: number;
  /** How many probes in a row had this kind of bad result (0 when up). */
  readonly consecutiveFailures: number;
  /** When the present run of failures began. */
  readonly failingSince?: Instant;
  /** The last time that this vantage point saw a write succeed in the target. */
  readonly lastWriteAt?: Instant;
  /** The first look since then at which it did not, without a gap in looking: until then it may have written unseen. */
  readonly unwrittenSince?: Instant;
  readonly write: ProbeOutcome['write'];
  readonly writer?: Region;
  readonly epoch?: number;
  /** Set when the region answers and only its database does not work: that may end by itself, inside the region. */
  readonly databaseOnly?: true;
}

export interface VoteCount {
  readonly down: number;
  readonly healthy: number;
  readonly abstained: number;
  readonly silent: number;
  readonly needed: number;
  readonly of: number;
}

/** The outcome of verification. `undecided` is not `healthy`: it only means that nobody may act. */
export interface Verdict {
  readonly kind: 'down' | 'healthy' | 'undecided';
  readonly reason: string;
  readonly votes: VoteCount;
  /** May waiting still change it (more vantage points could report in time)? */
  readonly final: boolean;
}
