// A disturbance as data: when, and what it does to probes, vantage points, the table or events. Many kinds of noise are one of these
// with other numbers; noise.ts says which.
import type { ProbeFailure } from '../../domain/observation.ts';
import type { Instant, Region } from '../../domain/plan.ts';

/** `any`: whoever it is. */
export type Which = Region | 'any';

export type Effect =
  /** A share of the probes from a vantage point to a region fails, or is answered late. */
  | { readonly on: 'path'; readonly vantagePoint: Which; readonly target: Which; readonly failure: ProbeFailure | 'slow'; readonly share: number }
  /** Writes that come in through a region fail; it answers and reads. */
  | { readonly on: 'writes'; readonly through: Which; readonly share: number }
  /** A vantage point does not reach the control endpoint. */
  | { readonly on: 'control'; readonly vantagePoint: Which; readonly share: number }
  /** The process of the agent stands still and goes on afterwards where it was. */
  | { readonly on: 'frozen'; readonly place: Region }
  /** No agent runs: one that runs is ended, none is started. */
  | { readonly on: 'absent'; readonly place: Region }
  | { readonly on: 'clock'; readonly place: Which; readonly offsetMs: number }
  /** Calls of the table take up to so long, or fail after all attempts. */
  | { readonly on: 'table'; readonly place: Which; readonly delayMsMax: number; readonly failShare: number }
  | { readonly on: 'events'; readonly lostShare: number; readonly duplicateShare: number; readonly lateMsMax: number };

export interface Disturbance {
  readonly kind: string;
  readonly from: Instant;
  readonly until: Instant;
  /** Decides which probes of a share are hit. */
  readonly seed: number;
  readonly effects: readonly Effect[];
  /** The region that is really out meanwhile; absent for noise. */
  readonly outageOf?: Region;
}

export const byBegin = (one: Disturbance, other: Disturbance): number => one.from - other.from || one.seed - other.seed;
