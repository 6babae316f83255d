// The journal: decisions before, results after. It alone must be able to rebuild what happened.
import type { Instant, Region } from './plan.ts';

export interface JournalEntry {
  readonly execution: string;
  readonly application: string;
  readonly at: Instant;
  /** The state of the workflow, or the part of Hotshift that speaks. */
  readonly step: string;
  readonly kind: 'decision' | 'intent' | 'result' | 'gate' | 'page';
  readonly summary: string;
  readonly epoch?: number;
  /** For a gate: what was compared with what. */
  readonly gates?: readonly Gate[];
  readonly evidence?: unknown;
}

/** One condition that let something pass or not: `why` prints these. */
export interface Gate {
  readonly gate: string;
  readonly passed: boolean;
  readonly value: string;
  readonly threshold: string;
  readonly evidence?: string;
}

/** A gate that names every problem which it found; it passes when there is none. */
export const gate = (name: string, problems: readonly string[], threshold: string): Gate =>
  ({ gate: name, passed: problems.length === 0, value: problems.join('; ') || 'nothing', threshold });

/** `drill`: nothing is broken; only what moves users and capacity takes it. `failback`: nothing is broken, and the writer goes home without a loss. */
export type FailoverMode = 'automatic' | 'manual' | 'drill' | 'failback';

/** What each step is told about the failover it belongs to. */
export interface Failover {
  readonly application: string;
  readonly execution: string;
  readonly evacuated: Region;
  readonly incident: string;
  readonly mode: FailoverMode;
  readonly startedAt: Instant;
  /** Who started it by hand, where two people must agree: the yes of this one counts for nothing. */
  readonly requestedBy?: string;
  /** Of a drill that is on its way back: an abort has asked for just that. */
  readonly returning?: boolean;
}

export type Outcome = 'Failed over' | 'Stood down' | 'Handed to a human';

/** How long a step took, from its first entry to its last. */
export interface Phase { readonly step: string; readonly seconds: number }
