// What the console shows, as plain data that server and page share: one value with slices, and the changes that lead from one to the
// next. The page holds the same value as the server, since both apply the same changes in the same order. Pure.
import type { JournalEntry } from '../domain/journal.ts';
import type { Outline } from './outline.ts';
import type { RunningState } from './progress.ts';

export type Phase = 'starting' | 'steady' | 'broken' | 'settled' | 'reading' | 'reported' | 'failed';
export type Group = 'faults' | 'operate' | 'run';

/** Something that a person can do here, with why it cannot be done now where it cannot. */
export interface ActionView {
  readonly id: string; readonly label: string; readonly group: Group;
  readonly does: string;
  /** Empty when it can be done. */
  readonly blocked: string;
  /** How Hotshift must end after it: only of faults. */
  readonly ends?: string;
}
export interface Notice { readonly at: number; readonly text: string; readonly bad: boolean }
export interface SessionView {
  readonly source: 'twin' | 'aws';
  readonly phase: Phase;
  readonly headline: string;
  readonly detail: string;
  readonly since: number;
  readonly fault: { readonly name: string; readonly at: number } | null;
  readonly actions: readonly ActionView[];
  readonly notices: readonly Notice[];
}

export interface DatabaseView {
  readonly name: string;
  readonly state: 'up' | 'stopped' | 'frozen' | 'unknown';
  readonly role: 'writer' | 'replica' | 'unknown';
  readonly lagSeconds: number | null;
  /** Clients are kept out by the network rules. */
  readonly closed: boolean;
}
export interface PlaceView {
  readonly region: string;
  readonly kind: 'region' | 'witness';
  readonly state: 'up' | 'dark' | 'frozen' | 'cut off' | 'unknown';
  readonly database: DatabaseView | null;
  /** Epoch of the write permit, where it names this region as the writer. */
  readonly permitEpoch: number | null;
}
export interface WatchPoint {
  readonly vantagePoint: string; readonly target: string; readonly result: string; readonly at: number | null; readonly latencyMs: number | null;
  readonly consecutiveFailures: number; readonly fresh: boolean; readonly reason: string;
}
export interface WatchView {
  readonly quorum: number; readonly of: number;
  /** Region -> vantage points that see it down or unable to write, by fresh evidence. */
  readonly against: Readonly<Record<string, number>>;
  readonly points: readonly WatchPoint[];
  readonly epoch: number; readonly holder: string | null; readonly pausedUntil: number | null; readonly acknowledgementDue: boolean;
  readonly blocks: readonly string[];
}
export interface TrafficSecond {
  readonly at: number; readonly ok: number; readonly failed: number; readonly writesOk: number; readonly readsOk: number;
  readonly p50Ms: number | null; readonly p99Ms: number | null;
  readonly byRegion: Readonly<Record<string, number>>;
  /** Why requests failed, and how many for that reason. */
  readonly failures: Readonly<Record<string, number>>;
  /** How late the load generator itself was: a machine that is too slow makes failures of its own. */
  readonly lateMs: number;
}
export interface WorkflowView {
  readonly machine: string; readonly execution: string; readonly region: string; readonly startedAt: number; readonly endedAt: number | null;
  readonly states: Readonly<Record<string, RunningState>>;
}
export interface SlackButton { readonly id: string; readonly label: string; readonly person: string }
export interface SlackEntry { readonly ts: string; readonly at: number; readonly text: string; readonly reply: boolean; readonly updates: number; readonly buttons: readonly SlackButton[] }
export type JournalLine = Pick<JournalEntry, 'at' | 'step' | 'kind' | 'summary' | 'execution'> & { readonly gates: readonly { readonly gate: string; readonly passed: boolean; readonly value: string; readonly threshold: string }[] };
export interface ReportView {
  readonly outcome: string; readonly expected: string; readonly good: boolean; readonly fault: string; readonly reason: string;
  readonly writeDowntimeSeconds: number; readonly readDowntimeSeconds: number; readonly floorSeconds: number;
  readonly floorTerms: readonly { readonly term: string; readonly seconds: number }[];
  readonly phases: Readonly<Record<string, number>>;
  readonly acknowledged: number; readonly lost: number; readonly lostOutsideWindow: number; readonly lossWindowSeconds: number; readonly writers: number;
  readonly invariants: Readonly<Record<string, boolean>>; readonly notes: readonly string[];
}

export interface View {
  readonly session: SessionView;
  readonly outlines: readonly Outline[];
  readonly places: readonly PlaceView[];
  readonly watch: WatchView | null;
  readonly traffic: readonly TrafficSecond[];
  readonly workflow: WorkflowView | null;
  readonly slack: readonly SlackEntry[];
  readonly journal: readonly JournalLine[];
  readonly report: ReportView | null;
}

type Appended = 'traffic' | 'journal';
export type Change =
  | { [Slice in keyof View]: { readonly kind: 'set'; readonly slice: Slice; readonly value: View[Slice] } }[keyof View]
  | { [Slice in Appended]: { readonly kind: 'append'; readonly slice: Slice; readonly value: View[Slice] } }[Appended];

/** Kept of what only grows: five minutes of traffic, and more journal than a run has ever written. */
export const KEPT: Readonly<Record<Appended, number>> = { traffic: 300, journal: 500 };

export function applied(view: View, change: Change): View {
  if (change.kind === 'set') return { ...view, [change.slice]: change.value };
  return { ...view, [change.slice]: [...view[change.slice], ...change.value].slice(-KEPT[change.slice]) };
}

export const emptyView = (source: SessionView['source'], outlines: readonly Outline[], now: number): View => ({
  session: { source, phase: 'starting', headline: 'Starting', detail: '', since: now, fault: null, actions: [], notices: [] },
  outlines, places: [], watch: null, traffic: [], workflow: null, slack: [], journal: [], report: null,
});
