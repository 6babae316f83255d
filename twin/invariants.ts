// The invariants that a run of the twin can show, decided from what was read back afterwards: both databases, the journal, the
// load generator's own record, the log of every AWS call and every DNS answer. Pure; the statements are in docs/safety.md.
import type { JournalEntry } from '../domain/journal.ts';
import type { FenceIntent } from '../domain/lease.ts';
import type { Instant } from '../domain/plan.ts';
import { oldWriterInvariants, type OldWriterEvidence } from './old-writer.ts';

export interface AcknowledgedWrite { readonly id: string; readonly sentAt: Instant; readonly acknowledgedAt: Instant; readonly epoch: number }
export interface StoredWrite { readonly id: string; readonly epoch: number; readonly writtenAt: Instant }
export interface CallRecord { readonly service: string; readonly operation: string; readonly region: string; readonly caller: string; readonly at: Instant; readonly error?: string | undefined }
export interface ExecutionRecord { readonly name: string; readonly region: string; readonly status: string; readonly ended: string | undefined }

/** What one database can show of itself, by its own ledger and its own rows. */
export interface DatabaseEvidence {
  readonly database: string;
  /** The region whose users it holds; absent: all users'. */
  readonly shardOf?: string;
  /** Where its writer was at the beginning. */
  readonly home: string;
  readonly acknowledged: readonly AcknowledgedWrite[];
  /** The rows of both sides, read from each by itself: `first` was the writer at the beginning. */
  readonly stored: { readonly first: readonly StoredWrite[]; readonly second: readonly StoredWrite[] };
  readonly oldWriter: OldWriterEvidence;
  /** Orders to fence it, in whichever region. */
  readonly orders: readonly FenceIntent[];
  readonly lost: readonly AcknowledgedWrite[];
  /** Of what the failover said of this database. */
  readonly lossWindow: { readonly from: Instant; readonly to: Instant } | undefined;
  /** The lines of the journal that are about it. */
  readonly journal: readonly JournalEntry[];
  /** The permit that servers obey at the end. */
  readonly permit: { readonly epoch: number; readonly writer: string; readonly withdrawn: boolean } | undefined;
}

export interface Evidence {
  readonly evacuated: string;
  readonly faultAt: Instant;
  /** The first is everybody's. */
  readonly databases: readonly [DatabaseEvidence, ...DatabaseEvidence[]];
  /** From when on everything that is done was asked for, with both regions well. */
  readonly plannedFrom?: Instant | undefined;
  readonly journal: readonly JournalEntry[];
  readonly executions: readonly ExecutionRecord[];
  readonly calls: readonly CallRecord[];
  readonly epochs: readonly number[];
  readonly emptyAnswers: number;
  /** Everything that was logged, sent or kept as history; and the secrets that must not be in it. */
  readonly texts: readonly string[];
  readonly secrets: readonly string[];
}

/** Calls of the twin's own set-up come from here. */
const OPERATOR = 'users';

const MUTATIONS: Readonly<Record<string, readonly string[]>> = {
  'Promote replica': ['rds:PromoteReadReplica'],
  'Shift reads': ['route-53:ChangeResourceRecordSets'],
};

/**
 * How many databases accepted client writes of their own at one time. A row that only the second database holds was accepted
 * there; every row in the first (the writer of the beginning, read by itself and not as a standby) was accepted there.
 */
export function writersSeen({ first, second }: DatabaseEvidence['stored']): number {
  const inFirst = new Set(first.map((row) => row.id));
  const ownOfSecond = second.filter((row) => !inFirst.has(row.id));
  if (first.length === 0 || ownOfSecond.length === 0) return first.length + second.length > 0 ? 1 : 0;
  const lastOfFirst = first.reduce((latest, row) => Math.max(latest, row.writtenAt), -Infinity);
  const firstOfSecond = ownOfSecond.reduce((earliest, row) => Math.min(earliest, row.writtenAt), Infinity);
  return lastOfFirst >= firstOfSecond ? 2 : 1;
}

/** Lost acknowledged writes that the reported window does not hold. */
export function lostOutsideWindow(lost: readonly AcknowledgedWrite[], window: DatabaseEvidence['lossWindow']): readonly AcknowledgedWrite[] {
  if (window === undefined) return lost;
  return lost.filter((write) => write.acknowledgedAt < window.from || write.sentAt > window.to);
}

/** One line per invariant; true means that it held in this run. Of several databases each has its own lines, and all of them the others. */
export function invariants(evidence: Evidence): Readonly<Record<string, boolean>> {
  const { databases, evacuated } = evidence;
  const several = databases.length > 1;
  return {
    ...(several ? {} : ledgerInvariants(databases[0])),
    'I4 loss within the budget': before(evidence.journal, 'Promote replica', (entry) => entry.gates?.some((gate) => gate.gate === 'RPO' && gate.passed) === true),
    'I5 one lease holder': oneHolderPerEpoch(evidence.journal),
    'I6 epochs never go back': evidence.epochs.every((epoch, index) => index === 0 || epoch >= (evidence.epochs[index - 1] ?? 0)),
    'I7 quorum before acting': quorumFirst(evidence.journal),
    ...(several ? {} : { 'I9 fence before promote before shift': inOrder(evidence.journal) }),
    'I10 always an answer in DNS': evidence.emptyAnswers === 0,
    'I12 one failover per incident': evidence.executions.filter((entry) => entry.ended === 'Failed over').length <= 1,
    'I14 every execution ends in a named outcome': evidence.executions.every((entry) => entry.ended !== undefined),
    'I15 every mutation is journaled': mutationsJournaled(evidence),
    'I18 no call to the evacuated region': callsToEvacuated(evidence).length === 0,
    'I20 no secret in a log, message or history': leaks(evidence).length === 0,
    ...(several ? Object.fromEntries(databases.flatMap((one) => Object.entries(databaseInvariants(one, evacuated)).map(([name, held]) => [`${one.database}: ${name}`, held])))
      : oldWriterInvariants(databases[0].oldWriter)),
  };
}

const ledgerInvariants = ({ stored, acknowledged, lost, lossWindow }: DatabaseEvidence): Readonly<Record<string, boolean>> => ({
  'I1 one reachable writer': writersSeen(stored) <= 1,
  'I2 no write acknowledged by a deposed writer': noLateAcknowledgement(acknowledged),
  'I3 no silent loss': lostOutsideWindow(lost, lossWindow).length === 0,
});

/** Of one among several. That it took writes at all is one of them: a ledger without a line would hold everything. */
function databaseInvariants(evidence: DatabaseEvidence, evacuated: string): Readonly<Record<string, boolean>> {
  return {
    ...ledgerInvariants(evidence), 'I9 fence before promote before shift': inOrder(evidence.journal), ...oldWriterInvariants(evidence.oldWriter),
    'its ledger has writes': evidence.acknowledged.length > 0,
    ...(evidence.home === evacuated ? {} : { 'what the survivor writes already is untouched': isUntouched(evidence) }),
  };
}

/** No order, no permit withdrawn or granted anew, no change announced, nothing lost. */
export function isUntouched({ orders, permit, home, journal, lost }: DatabaseEvidence): boolean {
  return orders.length === 0 && permit?.epoch === 0 && permit.writer === home && !permit.withdrawn && acting(journal).length === 0 && lost.length === 0;
}

/** Once a write under a newer epoch was acknowledged, none that was sent later may be acknowledged under an older one. */
function noLateAcknowledgement(writes: readonly AcknowledgedWrite[]): boolean {
  const newest = Math.max(0, ...new Set(writes.map((write) => write.epoch)));
  const firstOfNewest = writes.filter((write) => write.epoch === newest).reduce((least, write) => Math.min(least, write.acknowledgedAt), Infinity);
  return writes.every((write) => write.epoch === newest || write.sentAt <= firstOfNewest);
}

function before(journal: readonly JournalEntry[], step: string, holds: (entry: JournalEntry) => boolean): boolean {
  return journal.filter((entry) => entry.step === step && entry.kind === 'intent').every(holds);
}

function oneHolderPerEpoch(journal: readonly JournalEntry[]): boolean {
  const holders = new Map<number, string>();
  // A person's word names the epoch that it met; it acts under none.
  return journal.filter((entry) => entry.epoch !== undefined && entry.step !== 'Operator').every((entry) => {
    const epoch = entry.epoch ?? 0;
    const holder = holders.get(epoch) ?? entry.execution;
    holders.set(epoch, holder);
    return holder === entry.execution;
  });
}

const acting = (journal: readonly JournalEntry[]): readonly JournalEntry[] => journal.filter((entry) => entry.kind === 'intent');

function quorumFirst(journal: readonly JournalEntry[]): boolean {
  return acting(journal).every((act) => journal.some((entry) =>
    entry.execution === act.execution && entry.at <= act.at && entry.gates?.some((gate) => gate.gate === 'quorum' && gate.passed) === true));
}

function inOrder(journal: readonly JournalEntry[]): boolean {
  const fenced = (act: JournalEntry): boolean => journal.some((entry) => entry.execution === act.execution && entry.at <= act.at
    && entry.step === 'Fence writer' && entry.gates?.some((gate) => gate.passed) === true);
  const proven = (act: JournalEntry): boolean => journal.some((entry) => entry.execution === act.execution && entry.at <= act.at
    && entry.step === 'Promote replica' && entry.kind === 'result' && entry.summary.includes('a write was committed'));
  return acting(journal).every((act) => (act.step !== 'Promote replica' || fenced(act)) && (act.step !== 'Shift writes' || proven(act)));
}

function mutationsJournaled({ calls, journal }: Evidence): boolean {
  return Object.entries(MUTATIONS).every(([step, operations]) => {
    const made = calls.filter((call) => operations.includes(`${call.service}:${call.operation}`) && call.caller !== OPERATOR);
    const intents = journal.filter((entry) => entry.kind === 'intent' && (entry.step === step || entry.step === 'Shift writes'));
    return made.every((call) => intents.some((entry) => entry.at <= call.at));
  });
}

/**
 * Calls that anybody outside the evacuated region made to it after the fault. A vantage point that raises a suspicion about
 * the other region knocks at this one's bus first and then goes elsewhere: that is detection, and no failover waits for it.
 */
export function callsToEvacuated({ calls, evacuated, faultAt, plannedFrom = Infinity }: Evidence): readonly CallRecord[] {
  return calls.filter((call) => call.at > faultAt && call.at < plannedFrom && `${call.service}:${call.operation}` !== 'eventbridge:PutEvents' && call.region === evacuated && call.caller !== evacuated && call.caller !== OPERATOR);
}

const leaks = ({ texts, secrets }: Evidence): readonly string[] => secrets.filter((secret) => texts.some((text) => text.includes(secret)));
