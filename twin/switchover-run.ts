// A drill of the switchover in the twin, there and back: by the command line's own words the writer goes to the other region under load,
// stays there for the hold, and comes home by the next drill. What was lost is counted from the ledger of the load on the final writer, who
// writes is asked of the engines, and the shares are counted at the clients. Nothing is taken from what the workflow says of itself.
import type { JournalEntry } from '../domain/journal.ts';
import { save } from './drill-run.ts';
import { run } from './failback.ts';
import { pause } from './faults.ts';
import type { AcknowledgedWrite } from './invariants.ts';
import { startLoad } from './load/load-process.ts';
import type { SecondStatistics } from './load/statistics.ts';
import { loadConfig } from './observe-run.ts';
import { readJournal, readWrites } from './readings.ts';
import { usedRights, type UsedRight } from './rights.ts';
import { APPLICATION, REGION_A, REGION_B, WITNESS, type Settings } from './settings.ts';
import { CACHES, isShown, ledShare, percent, share, SHARE_ERROR_MAX } from './shares.ts';
import type { Twin } from './twin.ts';
import { drilled, followJournal, happens } from './with-twin.ts';

/** One way of the writer. */
export interface Move {
  readonly execution: string; readonly outcome: string; readonly reason: string; readonly seconds: number;
  /** From the order to fence to the grant of new permits. */
  readonly writePauseSeconds: number;
  /** Part of the answers that region A gave from the order to fence until the new writer was confirmed. */
  readonly shareMeanwhile: number;
  readonly files: readonly string[]; readonly seal: string;
}
export interface SwitchoverResult {
  readonly mode: 'switchover'; readonly outcome: string; readonly reason: string; readonly moves: readonly Move[];
  /** Regions whose engine took writes: before, in the hold, after. */
  readonly writers: readonly (readonly string[])[];
  readonly heldSeconds: number; readonly acknowledgedWrites: number; readonly acknowledgedInHold: number;
  /** Acknowledged to a client, and not on the final writer. */
  readonly lostAckedWrites: number;
  /** At the end the other region held the same rows. */
  readonly whole: boolean;
  /** Part of the requests that were led to region A. */
  readonly shareBefore: number; readonly shareInHold: number; readonly shareAfter: number; readonly shareError: number;
  readonly requests: number; readonly errors: number;
  /** Of the failed requests: status -> how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly rights: readonly UsedRight[];
}

/** The command is refused while a place has not looked yet; a person would give it again, too. */
const READY_SECONDS = 90;
/** A copy, two ramps and a switchover take some 40 s here. */
const PATIENCE_SECONDS = 600;

/** Runs both ways, prints them, and says whether nothing was lost and all is as before. */
export const runSwitchover = (settings: Settings, { json, report = 'reports' }: { readonly json: boolean; readonly report?: string }): Promise<'kept' | 'broken' | 'cannotRun'> =>
  drilled(settings, json, (twin, say) => observe(twin, settings, report, say), summary, isKept);

const isKept = ({ outcome, writers, lostAckedWrites, acknowledgedInHold, whole, shareError }: SwitchoverResult): boolean =>
  outcome === 'Drill passed' && JSON.stringify(writers) === JSON.stringify([[REGION_A], [REGION_B], [REGION_A]]) && lostAckedWrites === 0 && acknowledgedInHold > 0 && whole && shareError <= SHARE_ERROR_MAX;

async function observe(twin: Twin, settings: Settings, directory: string, say: (text: string) => void): Promise<SwitchoverResult> {
  const [startedAt, seen, seconds]: [number, JournalEntry[], SecondStatistics[]] = [Date.now(), [], []];
  followJournal(twin, () => startedAt, say, (entry) => void seen.push(entry));
  // Those who go past everything are a fence's trial; they would write to the new replica in vain.
  for (const region of [REGION_A, REGION_B]) twin.clients.kill(region);
  const load = await startLoad({ ...loadConfig(twin, settings), caches: CACHES }, { onSecond: (statistics) => seconds.push(statistics) });
  try {
    await happens(() => seconds.some(({ writes }) => writes.requests > 0 && writes.errors === 0), PATIENCE_SECONDS);
    await pause(settings.steadySeconds);
    const [writers, beganAt] = [[await writing(twin)], Date.now()];
    const executions = [await move(twin, seen, say)];
    const heldFrom = Date.now();
    writers.push(await writing(twin));
    await pause(settings.holdSeconds);
    await happens(() => seconds.some(({ at, writes }) => at >= heldFrom && writes.requests > writes.errors), PATIENCE_SECONDS);
    const heldTo = Date.now();
    if (isPassed(seen, executions[0])) executions.push(await move(twin, seen, say));
    const settledAt = Date.now() + settings.ttlSeconds * 1000 + 1000;
    await happens(() => isShown(seconds, settledAt, settings.ttlSeconds, Date.now()), PATIENCE_SECONDS);
    await pause(settings.afterSeconds);
    const traffic = await load.stop();
    writers.push(await writing(twin));
    const stored = await rows(twin);
    const moves = await Promise.all(executions.map((execution, index) => moveOf(twin, execution, seconds, directory, index === 0 ? 'out' : 'home')));
    const [last] = moves.slice(-1);
    const shareAfter = ledShare(seconds, settledAt, Infinity);
    return {
      mode: 'switchover', outcome: moves.length === 2 && moves.every(({ outcome }) => outcome === 'Drill passed') ? 'Drill passed' : last?.outcome ?? 'running', reason: last?.reason ?? '', moves, writers,
      heldSeconds: (heldTo - heldFrom) / 1000, acknowledgedWrites: traffic.acknowledged.length, acknowledgedInHold: traffic.acknowledged.filter(({ sentAt, acknowledgedAt }) => sentAt >= heldFrom && acknowledgedAt <= heldTo).length,
      lostAckedWrites: lostOf(traffic.acknowledged, stored.home), whole: stored.home.size === stored.other.size && [...stored.home].every((id) => stored.other.has(id)),
      shareBefore: ledShare(seconds, 0, beganAt), shareInHold: ledShare(seconds, heldFrom, heldTo), shareAfter, shareError: Math.abs(shareAfter - 0.5),
      requests: traffic.requests, errors: traffic.errors, failures: failuresOf(seconds), rights: usedRights(twin.cloud.endpoint.calls, twin.plan),
    };
  } finally {
    load.kill();
  }
}

/** Starts one switchover as a person does, and waits for its end. One that was refused moved nothing and is started again. */
async function move(twin: Twin, seen: readonly JournalEntry[], say: (text: string) => void): Promise<string> {
  for (const endAt = Date.now() + READY_SECONDS * 1000; ;) {
    const { code, output } = await run(twin, ['drill', APPLICATION, '--mode', 'switchover', '--yes', '--by', 'twin', '--json']);
    if (code !== 0) throw new Error(`hotshift drill --mode switchover ended with ${code}: ${output}`);
    const { execution } = JSON.parse(output) as { readonly execution: string };
    say(`  switchover: ${execution}`);
    await happens(() => endOf(seen, execution) !== undefined, PATIENCE_SECONDS);
    if (endOf(seen, execution)?.outcome !== 'Drill refused' || Date.now() > endAt) return execution;
    await pause(1);
  }
}

const endOf = (journal: readonly JournalEntry[], execution?: string): { readonly outcome?: string; readonly reason?: string; readonly seconds?: number } | undefined =>
  journal.findLast((entry) => entry.execution === execution && entry.step === 'Settle drill' && entry.kind === 'result')?.evidence as ReturnType<typeof endOf>;
const isPassed = (journal: readonly JournalEntry[], execution?: string): boolean => endOf(journal, execution)?.outcome === 'Drill passed';

/** By what the engines say, not by permits or RDS. */
async function writing({ pair }: Twin): Promise<readonly string[]> {
  const found = await Promise.all([REGION_A, REGION_B].map(async (region) => {
    const [row] = await pair.server(region).query<{ readonly replica: boolean }>('select pg_is_in_recovery() as replica');
    return row?.replica === false ? [region] : [];
  }));
  return found.flat();
}

/** Nobody but this reader gets to the databases any more; the replica has what the writer has, once it has replayed it. */
async function rows({ pair }: Twin): Promise<{ readonly home: ReadonlySet<string>; readonly other: ReadonlySet<string> }> {
  for (const region of [REGION_A, REGION_B]) pair.ingress(region).setRules({ client: false, maintenance: false, replication: true });
  const ids = async (region: string): Promise<ReadonlySet<string>> => new Set((await readWrites(pair.server(region))).map(({ id }) => id));
  const home = await ids(REGION_A);
  let other = await ids(REGION_B);
  for (const endAt = Date.now() + READY_SECONDS * 1000; other.size < home.size && Date.now() < endAt;) {
    await pause(0.1);
    other = await ids(REGION_B);
  }
  return { home, other };
}

const lostOf = (acknowledged: readonly AcknowledgedWrite[], stored: ReadonlySet<string>): number => acknowledged.filter(({ id }) => !stored.has(id)).length;

function failuresOf(seconds: readonly SecondStatistics[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const { failures } of seconds) for (const [status, count] of Object.entries(failures)) total[status] = (total[status] ?? 0) + count;
  return total;
}

async function moveOf(twin: Twin, execution: string, seconds: readonly SecondStatistics[], directory: string, way: 'out' | 'home'): Promise<Move> {
  const journal = await readJournal(twin.cloud.urls[WITNESS] ?? '', WITNESS, [execution]);
  const { outcome = 'running', reason = '', seconds: spent = 0 } = endOf(journal, execution) ?? {};
  const at = (step: string, kind?: JournalEntry['kind']): number => journal.find((entry) => entry.step === step && (kind === undefined || entry.kind === kind))?.at ?? Number.NaN;
  const [fencedAt, confirmedAt] = [at('Fence writer', 'intent'), journal.findLast(({ step }) => step === 'Confirm service')?.at ?? Number.NaN];
  return {
    execution, outcome, reason, seconds: spent, writePauseSeconds: Math.round(at('Shift writes', 'result') - fencedAt) / 1000, shareMeanwhile: share(seconds, fencedAt, confirmedAt),
    ...save(directory, `twin-drill-switchover-${way}`, journal),
  };
}

const summary = (found: SwitchoverResult): string => [
  '', `${found.outcome}: ${found.reason}`,
  ...found.moves.map(({ execution, outcome, seconds, writePauseSeconds, shareMeanwhile }) => `  ${execution}: ${outcome} after ${seconds} s; writes paused for ${writePauseSeconds} s, and ${REGION_A} gave ${percent(shareMeanwhile)} of the answers meanwhile`),
  `  ${found.acknowledgedWrites} writes acknowledged, ${found.acknowledgedInHold} of them in the hold of ${found.heldSeconds.toFixed(0)} s; ${found.lostAckedWrites} lost; the writer was in ${found.writers.map((regions) => regions.join(' and ') || 'none').join(', ')}; ${found.whole ? 'both regions hold the same rows' : 'the regions hold different rows'}`,
  `  ${percent(found.shareBefore)} of the requests were led to ${REGION_A} before, ${percent(found.shareInHold)} in the hold, ${percent(found.shareAfter)} after; at most ${SHARE_ERROR_MAX * 100} points from a half are allowed`,
  `  ${found.requests} requests, ${found.errors} errors${found.errors === 0 ? '' : ` (${Object.entries(found.failures).map(([status, count]) => `${status}: ${count}`).join(', ')})`}`,
  ...found.moves.flatMap(({ files }) => files).map((file) => `  wrote ${file}`), '  Figures of this machine, not of AWS.',
].join('\n');
