// The result of a run as figures: from the load generator's record, the databases, the journal and the clocks. Pure.
import type { JournalEntry } from '../domain/journal.ts';
import { databaseFigures, pinFigures, pinInvariants, type DatabaseFigures, type PinFigures } from './database-figures.ts';
import type { Floor } from './floor.ts';
import { failbackInvariants, type FailbackFigures } from './failback.ts';
import { invariants, lostOutsideWindow, writersSeen, type Evidence } from './invariants.ts';
import type { Aftermath } from './load/aftermath.ts';
import type { LoadResult } from './load/outcome.ts';
import { oldWriterFigures, type OldWriterFigures } from './old-writer.ts';
import type { UsedRight } from './rights.ts';
import type { Settings } from './settings.ts';

export interface RunResult {
  readonly fault: Settings['fault'];
  readonly outcome: string;
  readonly reason: string;
  readonly epoch: number;
  /** Of several databases: the longest of one. */
  readonly writeDowntimeSeconds: number;
  readonly readDowntimeSeconds: number;
  readonly floor: Floor;
  readonly ackedWrites: number;
  readonly lostAckedWrites: number;
  readonly lostOutsideWindow: number;
  readonly lossWindowSeconds: number;
  readonly reportedLoss: { readonly from: string; readonly to: string } | null;
  readonly writersSeen: number;
  /** Of the first database. */
  readonly oldWriter: OldWriterFigures;
  /** Each by itself, where there are several. */
  readonly databases?: readonly DatabaseFigures[];
  /** Users that are pinned to a region, where there are several databases. */
  readonly pins?: readonly PinFigures[];
  /** Sessions, caches and latency before the fault and after its outcome; null where nobody said when that was. */
  readonly aftermath: Aftermath | null;
  readonly phases: Readonly<Record<string, number>>;
  readonly invariants: Readonly<Record<string, boolean>>;
  /** What each function asked of AWS, each right once. */
  readonly rights: readonly UsedRight[];
  /** Null where none was asked for. */
  readonly failback: FailbackFigures | null;
  readonly settings: Settings;
  readonly seed: number;
  readonly coldStarts: number;
  /** What people were told, in order. */
  readonly messages: readonly string[];
  readonly notes: readonly string[];
}

interface Conclusion { readonly outcome: string; readonly reason: string; readonly epoch?: number; readonly lossWindow?: { readonly from: number; readonly to: number; readonly seconds: number } }

export interface RunInput {
  readonly settings: Settings;
  readonly seed: number;
  readonly floor: Floor;
  readonly evidence: Evidence;
  readonly failback?: { readonly figures: FailbackFigures; readonly whole: boolean };
  readonly rights: readonly UsedRight[];
  readonly writeDowntimes: LoadResult['writeDowntimes'];
  readonly pins: LoadResult['pins'];
  readonly aftermath: LoadResult['aftermath'];
  readonly writeDowntimeSeconds: number;
  readonly readDowntimeSeconds: number;
  readonly coldStarts: number;
  readonly messages: readonly string[];
  readonly notes: readonly string[];
}

/** The conclusion that counts: a failover if there was one, else the last thing that was concluded. */
export function conclusionOf(journal: readonly JournalEntry[]): Conclusion | undefined {
  const all = journal.filter((entry) => entry.step === 'Conclude').map((entry) => entry.evidence as Conclusion);
  return all.find((entry) => entry.outcome === 'Failed over') ?? all.find((entry) => entry.outcome === 'Handed to a human') ?? all.at(-1);
}

export function figures(input: RunInput): RunResult {
  const { evidence } = input;
  const conclusion = conclusionOf(evidence.journal);
  const window = conclusion?.lossWindow;
  const { databases } = evidence;
  const writers = Math.max(...databases.map(({ stored }) => writersSeen(stored)));
  return {
    fault: input.settings.fault,
    outcome: conclusion?.outcome ?? 'nothing',
    reason: conclusion?.reason ?? 'no execution was started',
    epoch: conclusion?.epoch ?? 0,
    writeDowntimeSeconds: round(input.writeDowntimeSeconds),
    readDowntimeSeconds: round(input.readDowntimeSeconds),
    floor: input.floor,
    ackedWrites: sum(databases.map(({ acknowledged }) => acknowledged.length)),
    lostAckedWrites: sum(databases.map(({ lost }) => lost.length)),
    lostOutsideWindow: sum(databases.map(({ lost, lossWindow }) => lostOutsideWindow(lost, lossWindow).length)),
    lossWindowSeconds: window?.seconds ?? 0,
    reportedLoss: window === undefined ? null : { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() },
    writersSeen: writers, oldWriter: oldWriterFigures(databases[0].oldWriter, writersSeen(databases[0].stored)),
    ...(databases.length === 1 ? {} : { databases: databases.map((one) => databaseFigures(one, input.writeDowntimes)), pins: pinFigures(input.pins) }),
    aftermath: input.aftermath ?? null,
    phases: phases(evidence.journal, evidence.faultAt),
    invariants: { ...invariants(evidence), ...pinInvariants(databases, input.pins), ...sessionInvariants(input.aftermath), 'every call is one that the role of its function allows': input.rights.every(({ allowed }) => allowed), ...(input.failback === undefined ? {} : failbackInvariants(input.failback.figures, input.failback.whole)) },
    failback: input.failback?.figures ?? null,
    rights: input.rights,
    settings: input.settings, seed: input.seed, coldStarts: input.coldStarts, messages: input.messages, notes: input.notes,
  };
}

/** The other region reads the tokens of the one that is gone: nobody has to log in again. */
const sessionInvariants = (found: Aftermath | undefined): Readonly<Record<string, boolean>> =>
  (found === undefined ? {} : { 'sessions outlive what happens': found.sessions.kept === found.sessions.shown && found.sessions.reauthentications === 0 });

/** Seconds of each phase of the execution that acted, one after the other from the fault on; steps that run side by side end side by side. */
export function phases(journal: readonly JournalEntry[], faultAt: number): Readonly<Record<string, number>> {
  const main = journal.find((entry) => entry.step === 'Conclude' && (entry.evidence as Conclusion).outcome === 'Failed over')?.execution
    ?? journal.findLast((entry) => entry.step === 'Conclude')?.execution;
  const mine = journal.filter((entry) => entry.execution === main && entry.at >= faultAt).sort((left, right) => left.at - right.at);
  const ends = new Map<string, number>();
  for (const entry of mine) ends.set(entry.step, entry.at);
  const first = mine[0];
  if (first === undefined) return {};
  const result: Record<string, number> = { 'Detect and start': round((first.at - faultAt) / 1000) };
  let before = first.at;
  for (const [step, end] of [...ends].sort((left, right) => left[1] - right[1])) {
    if (step === 'Announce') continue;
    result[step] = round(Math.max(0, end - before) / 1000);
    before = Math.max(before, end);
  }
  return result;
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
const round = (seconds: number): number => Math.round(seconds * 100) / 100;
