// The record of an execution that is kept for years: what was decided and on what, how long it took, who said yes, by which package. Its
// entries are chained by hashes, and records are chained to the one before, so that a change is seen. Pure. A chain is no signature: who
// can write all records can make new ones, which is what a bucket with object lock is for (docs/evidence.md).
import { createHash } from 'node:crypto';
import type { JournalEntry, Phase } from '../../domain/journal.ts';
import type { Observation } from '../../domain/observation.ts';
import type { Instant } from '../../domain/plan.ts';
import type { ExecutionCost } from './cost.ts';
import { timeline, type Timeline, type TimelineLoss } from './timeline.ts';

export interface Evidence {
  readonly form: 1;
  readonly kind: 'failover' | 'failback' | 'drill';
  readonly application: string;
  readonly execution: string;
  readonly outcome: string;
  readonly reason: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Only what ended as it should says what can be achieved; everything else is a record and no proof. */
  readonly counts: boolean;
  /** Absent unless it counts. From the first failure that anybody saw to the end of the confirmation. */
  readonly achievedRtoSeconds?: number;
  readonly vantagePoints: readonly { readonly vantagePoint: string; readonly failingSince: string; readonly seenWellAt: string; readonly seconds: number }[];
  readonly phases: readonly Phase[];
  readonly lossWindow: TimelineLoss | 'none';
  /** What the workflow and its functions cost; absent in records that were made before it was counted. */
  readonly cost?: ExecutionCost;
  readonly requestedBy: string;
  readonly approvals: readonly string[];
  readonly configSha256: string;
  readonly version: string;
  /** Seal of the record before; empty for the first. */
  readonly previous: string;
  readonly entries: readonly { readonly entry: JournalEntry; readonly hash: string }[];
  readonly seal: string;
}
export interface Slower extends Phase { readonly before: number }

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const iso = (at: Instant): string => new Date(at).toISOString();

export interface EvidenceParts {
  readonly cost?: ExecutionCost;
  /** How the workflow ended: what was stopped, or died before it concluded, has no outcome of its own and leaves a record all the same. */
  readonly ended?: { readonly status: EndStatus; readonly at: Instant };
}
export type EndStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
const WITHOUT_CONCLUSION: Readonly<Record<EndStatus, string>> = { SUCCEEDED: 'Ended', FAILED: 'Failed', TIMED_OUT: 'Timed out', ABORTED: 'Aborted' };

/** Undefined when nothing is journaled, or when it has not ended: an open record would have to be changed later. */
export function evidenceOf(entries: readonly JournalEntry[], previous: Pick<Evidence, 'seal'> | undefined, { cost, ended }: EvidenceParts = {}): Evidence | undefined {
  const found = timeline(entries);
  const outcome = found?.outcome ?? (ended === undefined ? undefined : WITHOUT_CONCLUSION[ended.status]);
  if (found === undefined || outcome === undefined) return undefined;
  const ordered = inOrder(entries);
  const end = ordered.findLast(({ step, kind }) => (step === 'Conclude' || step === 'Settle drill') && kind === 'result');
  const said = (end?.evidence ?? {}) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => (typeof said[name] === 'string' ? said[name] : 'not recorded');
  const counts = outcome === 'Failed over' || outcome === 'Drill passed';
  const vantagePoints = pointsOf(ordered);
  const achieved = outcome === 'Failed over' && vantagePoints.length > 0 ? { achievedRtoSeconds: Math.max(...vantagePoints.map(({ seconds }) => seconds)) } : {};
  const head: Omit<Evidence, 'entries' | 'seal'> = {
    form: 1, kind: kindOf(outcome, end?.step, text('runbook')), application: found.application, execution: found.execution,
    outcome, reason: found.reason ?? (ended === undefined ? '' : withoutConclusion(ended)), startedAt: iso(found.startedAt), endedAt: iso(found.endedAt), counts, ...achieved, vantagePoints, phases: phasesOf(found),
    lossWindow: found.lossWindow ?? 'none', ...(cost === undefined ? {} : { cost }), requestedBy: text('requestedBy'), approvals: approvalsOf(ordered), configSha256: text('configSha256'), version: text('version'), previous: previous?.seal ?? '',
  };
  const chained = chain(head.previous, ordered);
  return { ...head, entries: chained, seal: sealOf(head, chained) };
}

/** As a record holds them: by time, and what has the same time as the journal has it. */
export const inOrder = (entries: readonly JournalEntry[]): readonly JournalEntry[] => [...entries].sort((left, right) => left.at - right.at);

export const withoutConclusion = ({ status, at }: NonNullable<EvidenceParts['ended']>): string =>
  `Step Functions ended it as ${status} at ${iso(at)}, and the journal has no conclusion: look at where it stands`;

/** What stood down or was handed over is told apart by its page of the runbook. */
function kindOf(outcome: string, lastStep: string | undefined, runbook: string): Evidence['kind'] {
  if (outcome.startsWith('Drill') || lastStep === 'Settle drill') return 'drill';
  return outcome === 'Failed back' || outcome === 'Failback yielded' || runbook.includes('#failback-') ? 'failback' : 'failover';
}

const phasesOf = ({ steps }: Timeline): readonly Phase[] => steps.filter(({ step }) => step !== 'Operator').map(({ step, seconds }) => ({ step, seconds }));
const approvalsOf = (entries: readonly JournalEntry[]): readonly string[] => entries.filter(({ step, kind }) => step === 'Operator' || (step === 'Approve failover' && kind !== 'page')).map(({ summary }) => summary);

/** When each vantage point saw the outage begin, and the first moment at which it saw the survivor serve and write after it. */
function pointsOf(entries: readonly JournalEntry[]): Evidence['vantagePoints'] {
  const seen = (step: string): readonly Observation[] => {
    const { evidence } = entries.findLast((entry) => entry.step === step && entry.gates?.every(({ passed }) => passed) === true) ?? {};
    return Array.isArray(evidence) ? evidence as readonly Observation[] : [];
  };
  const after = seen('Confirm service');
  return seen('Verify outage').flatMap(({ vantagePoint, target, failingSince }) => {
    const well = after.find((entry) => entry.vantagePoint === vantagePoint && entry.target !== target && entry.result === 'up' && entry.write === 'ok');
    return failingSince === undefined || well === undefined || well.at < failingSince ? []
      : [{ vantagePoint, failingSince: iso(failingSince), seenWellAt: iso(well.at), seconds: (well.at - failingSince) / 1000 }];
  });
}

function chain(previous: string, entries: readonly JournalEntry[]): Evidence['entries'] {
  let hash = sha256(previous);
  return entries.map((entry) => {
    hash = sha256(`${hash}${JSON.stringify(entry)}`);
    return { entry, hash };
  });
}
const sealOf = (head: object, entries: Evidence['entries']): string => sha256(`${entries.at(-1)?.hash ?? ''}${JSON.stringify(head)}`);

/** The file, to the byte: a record is read back as it was written, or it was changed. */
export const evidenceText = (evidence: Evidence): string => `${JSON.stringify(evidence, null, 1)}\n`;

/** What is wrong with a record's file; empty when not one byte was changed since it was sealed. */
export function problemsOf(text: string): readonly string[] {
  let read: Partial<Readonly<Record<keyof Evidence, unknown>>> | null;
  try {
    read = JSON.parse(text) as typeof read;
  } catch (error) {
    return [`it is no JSON: ${error instanceof Error ? error.message.slice(0, 80) : 'unknown'}`];
  }
  if (read === null || typeof read !== 'object' || read.form !== 1 || !Array.isArray(read.entries) || typeof read.seal !== 'string' || typeof read.previous !== 'string') return ['it is no record of this form'];
  const found = read as Evidence;
  const { entries, seal, ...head } = found;
  const chained = chain(head.previous, entries.map(({ entry }) => entry));
  const broken = chained.findIndex(({ hash }, index) => hash !== entries[index]?.hash);
  // Whatever stands in a file that was changed.
  const damaged = entries[broken] as Partial<Evidence['entries'][number]> | undefined;
  return [
    ...(broken < 0 ? [] : [`the chain breaks at entry ${broken + 1} of ${entries.length} (${damaged?.entry?.step ?? 'unknown'})`]),
    ...(sealOf(head, chained) === seal ? [] : ['the seal does not fit what it seals']),
    ...(evidenceText(found) === text ? [] : ['it is not written as it was: something was added, removed or spaced otherwise']),
  ];
}

/** Steps that took more than a fifth and a second longer than before. */
export const slowerThan = (now: readonly Phase[], before: readonly Phase[]): readonly Slower[] => now.flatMap(({ step, seconds }) => {
  const last = before.find((entry) => entry.step === step);
  return last !== undefined && seconds > last.seconds * 1.2 && seconds > last.seconds + 1 ? [{ step, seconds, before: last.seconds }] : [];
});
