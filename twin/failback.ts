// A failback in the twin, as a person runs it: the old side is read as it stands, the failover is acknowledged and the failback started by
// the very commands of the command line, and its end is awaited. What it lost is counted from the ledger of the load, not from its own word.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { LostRow } from '../domain/failback.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { Instant } from '../domain/plan.ts';
import type { AcknowledgedWrite, StoredWrite } from './invariants.ts';
import type { LiveJournal } from './live-journal.ts';
import { USERS } from './network/addresses.ts';
import type { OldWriterEvidence } from './old-writer.ts';
import { pause } from './faults.ts';
import { readLocks, readOrders, readRows, readWrites } from './readings.ts';
import { APPLICATION, DATABASE, REGION_A, REGION_B, WITNESS } from './settings.ts';
import type { Twin } from './twin.ts';

/** The old writer as the failover left it: read before it is set aside. */
export interface OldSide extends Pick<OldWriterEvidence, 'locks' | 'attempts' | 'orders'> { readonly stored: readonly StoredWrite[]; readonly bypassing: OldWriterEvidence['rows'] }
export interface FailbackRun { readonly startedAt: Instant; readonly execution: string; readonly before: OldSide }

export interface FailbackFigures {
  readonly outcome: string;
  readonly reason: string;
  readonly seconds: number;
  /** From the withdrawal of the permits to the grant of new ones. */
  readonly writePauseSeconds: number;
  readonly acknowledgedWrites: number;
  /** Acknowledged while it ran, and not on the writer at the end. */
  readonly lostAckedWrites: number;
  /** Acknowledged before, and lost by the unplanned failover. */
  readonly lostInFailover: number;
  /** Rows that it has listed as lost, acknowledged or not. */
  readonly listed: number;
  /** Lost by the failover and not on the list. */
  readonly unlisted: number;
  /** The list, once it is written. */
  readonly file: string | null;
}

/** Commands that are refused are given again: the observers of a region that has just returned come within a minute. */
const READY_SECONDS = 90;
/** Two copies, two ramps and a switchover take some 80 s here. */
const PATIENCE_SECONDS = 240;
const root = join(import.meta.dirname, '..');

export async function failBack(twin: Twin, live: LiveJournal, say: (text: string) => void): Promise<FailbackRun> {
  const before = await readOldSide(twin);
  // Those who go past everything were the fence's trial; they would write to the old region's new replica in vain.
  for (const region of [REGION_A, REGION_B]) twin.clients.kill(region);
  await command(twin, ['ack', APPLICATION]);
  const startedAt = Date.now();
  const execution = await begun(twin);
  say(`  failback: ${execution}`);
  for (const endAt = startedAt + PATIENCE_SECONDS * 1000; !live.ended(execution) && Date.now() < endAt;) await pause(0.1);
  return { startedAt, execution, before };
}

async function begun(twin: Twin): Promise<string> {
  for (const endAt = Date.now() + READY_SECONDS * 1000; ;) {
    const { code, output } = await run(twin, ['failback', APPLICATION, '--yes', '--accept-lost', '--reason', 'the twin brings it home', '--json']);
    if (code === 0) return (JSON.parse(output) as { readonly execution: string }).execution;
    if (Date.now() > endAt) throw new Error(`hotshift failback ended with ${code}: ${output}`);
    await pause(1);
  }
}

async function command(twin: Twin, args: readonly string[]): Promise<void> {
  const { code, output } = await run(twin, args);
  if (code !== 0) throw new Error(`hotshift ${args.join(' ')} ended with ${code}: ${output}`);
}

/** Runs the command line on this twin, as a person in another terminal would. */
export function run(twin: Twin, args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const { NODE_OPTIONS: _options, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'cli', 'main.ts'), ...args, '--twin', twin.directory], { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: error === null ? stdout : `${stdout}${stderr}` });
    });
  });
}

async function readOldSide({ pair, clients, cloud }: Twin): Promise<OldSide> {
  const server = pair.server(REGION_A);
  const [locks, stored, bypassing] = [await readLocks(server, pair.ingress(REGION_A).rules.client), await readWrites(server), await readRows(server)];
  return { locks, stored, bypassing, attempts: [...clients.attempts], orders: (await readOrders(cloud.urls[USERS] ?? '', WITNESS, DATABASE)).filter((order) => order.region === REGION_A) };
}

/** What it found lost, as it journaled it. */
export const listedIn = (journal: readonly JournalEntry[]): readonly LostRow[] =>
  journal.filter(({ step }) => step === 'Compare databases').flatMap(({ evidence }) => (evidence as { readonly lost?: readonly LostRow[] } | undefined)?.lost ?? []);

/** `lost`: all acknowledged writes that the writer lacks at the end. */
export function failbackFigures({ startedAt, execution }: FailbackRun, all: readonly JournalEntry[], acknowledged: readonly AcknowledgedWrite[], lost: readonly AcknowledgedWrite[]): FailbackFigures {
  const journal = all.filter((entry) => entry.execution === execution);
  const end = journal.find(({ step }) => step === 'Conclude');
  const { outcome = 'none', reason = '' } = (end?.evidence ?? {}) as { readonly outcome?: string; readonly reason?: string };
  const at = (step: string, kind: JournalEntry['kind']): number => journal.findLast((entry) => entry.step === step && entry.kind === kind)?.at ?? Number.NaN;
  const listed = new Set(listedIn(journal).map(({ key }) => key.join(' ')));
  const before = lost.filter(({ sentAt }) => sentAt < startedAt);
  const pauseMs = at('Shift writes', 'result') - (journal.find(({ step, kind }) => step === 'Fence writer' && kind === 'intent')?.at ?? Number.NaN);
  return {
    outcome, reason, seconds: round(((end?.at ?? Date.now()) - startedAt) / 1000), writePauseSeconds: Number.isFinite(pauseMs) ? round(pauseMs / 1000) : 0,
    acknowledgedWrites: acknowledged.filter(({ sentAt }) => sentAt >= startedAt).length, lostAckedWrites: lost.length - before.length,
    lostInFailover: before.length, listed: listed.size, unlisted: before.filter(({ id }) => !listed.has(id)).length, file: null,
  };
}

/** Whether both databases are one again: the second holds what the writer holds, and follows it. */
export function failbackInvariants(figures: FailbackFigures, whole: boolean): Readonly<Record<string, boolean>> {
  return {
    'I17 failback is planned and loses nothing': figures.outcome === 'Failed back' && figures.lostAckedWrites === 0 && figures.acknowledgedWrites > 0,
    'I17 lost writes are listed before the old writer is set aside': figures.unlisted === 0,
    'the pair is whole after the failback': whole,
  };
}

const round = (seconds: number): number => Math.round(seconds * 100) / 100;
