// What happened in an execution, rebuilt from its journal alone. Pure: the same timeline becomes text, JSON and HTML.
// What the journal does not say (an order without a result, no outcome) is said as such, never filled in.
import { DRILL_OUTCOMES, type DrillOutcome } from '../../domain/drill.ts';
import { FAILBACK_OUTCOMES, type FailbackOutcome } from '../../domain/failback.ts';
import type { Gate, JournalEntry, Outcome } from '../../domain/journal.ts';
import type { Instant } from '../../domain/plan.ts';

export interface TimelineEvent {
  readonly at: Instant;
  /** Seconds since the first entry. */
  readonly offsetSeconds: number;
  readonly step: string;
  readonly kind: JournalEntry['kind'];
  readonly summary: string;
  readonly epoch?: number;
  readonly gates: readonly Gate[];
}

export interface TimelineStep {
  readonly step: string;
  readonly startedAt: Instant;
  readonly seconds: number;
  readonly entries: number;
  /** `stopped`: its last word is a gate that did not pass. `open`: its last word is an order; no result followed. */
  readonly state: 'passed' | 'stopped' | 'open';
}

/** `from` 0: nobody knows how much was lost. */
export interface TimelineLoss { readonly from: Instant; readonly to: Instant; readonly seconds: number }

export interface Timeline {
  readonly application: string;
  readonly execution: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** From the first to the last entry. */
  readonly seconds: number;
  readonly epoch?: number;
  readonly outcome?: Outcome | DrillOutcome | FailbackOutcome;
  readonly reason?: string;
  /** Counted by the workflow from its start; absent while it has not ended. */
  readonly workflowSeconds?: number;
  readonly lossWindow?: TimelineLoss;
  readonly runbook?: string;
  readonly steps: readonly TimelineStep[];
  readonly events: readonly TimelineEvent[];
  /** What a reader should not believe blindly. */
  readonly remarks: readonly string[];
}

/** Undefined when there is no entry. Entries may come in any order and repeat: a step that was retried journals again. */
export function timeline(entries: readonly JournalEntry[]): Timeline | undefined {
  const ordered = distinct(entries).sort((left, right) => left.at - right.at);
  const [first] = ordered;
  const last = ordered.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const events = ordered.map((entry): TimelineEvent => ({
    at: entry.at, offsetSeconds: secondsBetween(first.at, entry.at), step: entry.step, kind: entry.kind, summary: entry.summary,
    gates: entry.gates ?? [], ...(entry.epoch === undefined ? {} : { epoch: entry.epoch }),
  }));
  const epochs = ordered.flatMap((entry) => (entry.epoch === undefined ? [] : [entry.epoch]));
  // A message takes no part in the work: it would stretch over the whole failover.
  const steps = stepsOf(events.filter((event) => event.kind !== 'page'));
  const end = conclusionOf(ordered);
  return {
    application: first.application, execution: first.execution, startedAt: first.at, endedAt: last.at, seconds: secondsBetween(first.at, last.at),
    ...(epochs.length === 0 ? {} : { epoch: Math.max(...epochs) }),
    ...end, steps, events, remarks: remarksOn(ordered, steps, end.outcome, epochs),
  };
}

const secondsBetween = (from: Instant, to: Instant): number => Math.round((to - from) / 10) / 100;

/** The journal is put once for each moment, step and kind; two readings of it may still overlap. */
function distinct(entries: readonly JournalEntry[]): JournalEntry[] {
  const seen = new Map(entries.map((entry) => [JSON.stringify([entry.at, entry.step, entry.kind, entry.summary]), entry]));
  return [...seen.values()];
}

function stepsOf(events: readonly TimelineEvent[]): readonly TimelineStep[] {
  const names = [...new Set(events.map((event) => event.step))];
  const databases = new Set(events.flatMap((event) => (event.step === 'Promote replica' ? [beforeColon(event.summary)] : [])));
  return names.map((step) => {
    const own = events.filter((event) => event.step === step);
    const startedAt = own[0]?.at ?? 0;
    return { step, startedAt, seconds: secondsBetween(startedAt, own.at(-1)?.at ?? startedAt), entries: own.length, state: stateOf(own, databases) };
  });
}

const beforeColon = (summary: string): string => /^([a-z][a-z0-9-]*): /.exec(summary)?.[1] ?? '';

/** A step that works on several databases is as good as the worst of them: the last word on each counts. */
function stateOf(own: readonly TimelineEvent[], databases: ReadonlySet<string>): TimelineStep['state'] {
  const about = (event: TimelineEvent): string => (databases.has(beforeColon(event.summary)) ? beforeColon(event.summary) : '');
  const last = [...new Set(own.map(about))].flatMap((subject) => own.findLast((event) => about(event) === subject) ?? []);
  if (last.some((event) => event.kind === 'gate' && (event.gates.length === 0 || event.gates.some((gate) => !gate.passed)))) return 'stopped';
  // An order about all databases is answered by a later word on one of them.
  return last.some((event) => event.kind === 'intent' && (about(event) !== '' || event === own.at(-1))) ? 'open' : 'passed';
}

const outcomes: readonly (Outcome | DrillOutcome | FailbackOutcome)[] = ['Failed over', 'Stood down', 'Handed to a human', ...DRILL_OUTCOMES, ...FAILBACK_OUTCOMES];
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

type Conclusion = Pick<Timeline, 'outcome' | 'reason' | 'workflowSeconds' | 'lossWindow' | 'runbook'>;

/** The last entry of `Conclude` holds the end as evidence; an older form holds it in words. */
function conclusionOf(ordered: readonly JournalEntry[]): Conclusion {
  const entry = ordered.findLast((candidate) => (candidate.step === 'Conclude' || candidate.step === 'Settle drill') && candidate.kind === 'result');
  if (entry === undefined) return {};
  const said = isRecord(entry.evidence) ? entry.evidence : {};
  const outcome = outcomes.find((candidate) => candidate === said['outcome'] || entry.summary.startsWith(candidate));
  return {
    ...(outcome === undefined ? {} : { outcome }),
    reason: typeof said['reason'] === 'string' ? said['reason'] : entry.summary,
    ...(typeof said['seconds'] === 'number' ? { workflowSeconds: said['seconds'] } : {}),
    ...(typeof said['runbook'] === 'string' ? { runbook: said['runbook'] } : {}),
    ...(isLoss(said['lossWindow']) ? { lossWindow: said['lossWindow'] } : {}),
  };
}

const isLoss = (value: unknown): value is TimelineLoss =>
  isRecord(value) && ['from', 'to', 'seconds'].every((key) => typeof value[key] === 'number');

function remarksOn(ordered: readonly JournalEntry[], steps: readonly TimelineStep[], outcome: Outcome | DrillOutcome | FailbackOutcome | undefined, epochs: readonly number[]): readonly string[] {
  const remarks: string[] = [];
  if (outcome === undefined) remarks.push('the journal names no outcome: the execution is still running, or it died');
  for (const { step } of steps.filter((candidate) => candidate.state === 'open')) remarks.push(`${step}: an order was journaled and no result after it`);
  if (new Set(epochs).size > 1) remarks.push(`entries speak of several epochs (${[...new Set(epochs)].join(', ')})`);
  const applications = new Set(ordered.map((entry) => entry.application));
  if (applications.size > 1) remarks.push(`entries speak of several applications (${[...applications].join(', ')})`);
  return remarks;
}
