// The end of a run: everything is read back from where it lies (both databases, table, executions, logs), and handed to the judges as
// evidence. Nothing here is judged.
import type { JournalEntry } from '../domain/journal.ts';
import { pause } from './faults.ts';
import { failbackFigures, type FailbackRun } from './failback.ts';
import { figures, type RunResult } from './figures.ts';
import { floor } from './floor.ts';
import type { AcknowledgedWrite, Evidence } from './invariants.ts';
import type { LoadResult } from './load/outcome.ts';
import { USERS } from './network/addresses.ts';
import type { Returned } from './observe-run.ts';
import { isWritten, readDatabases, withLedger, type DatabaseRead } from './read-databases.ts';
import { callRecords, leaseEpochs, readExecutions, readJournal, type ExecutionReading } from './readings.ts';
import { usedRights } from './rights.ts';
import { REGION_A, REGIONS, WITNESS, type Settings } from './settings.ts';
import type { Twin } from './twin.ts';

export interface RunEnd {
  readonly twin: Twin;
  readonly settings: Settings;
  readonly seed: number;
  readonly faultAt: number;
  readonly traffic: LoadResult;
  /** When and how the old region came back, if it did. */
  readonly returned: Returned | undefined;
  /** What was done after that, if anything. */
  readonly failback?: FailbackRun | undefined;
  /** Must the old region have closed its own database by now? By the settings when absent: a region that stays away cannot. */
  readonly mustEnforce?: boolean;
}

export async function readBack(end: RunEnd): Promise<{ readonly result: RunResult; readonly journal: readonly JournalEntry[] }> {
  const { twin, settings, seed, faultAt, traffic, failback } = end;
  const endpoint = twin.cloud.urls[USERS] ?? '';
  const executions = await finished(twin, endpoint);
  const alive = REGIONS.find((region) => twin.network.reachable(USERS, region)) ?? WITNESS;
  const journal = await readJournal(endpoint, alive, executions.map(({ name }) => name));
  const calls = [...twin.cloud.endpoint.calls];
  const [read, ...others] = await readDatabases(end, journal, endpoint, alive);
  const moved = executions.some(({ ended }) => ended === 'Failed over') || isWritten(journal);
  const first = withLedger(read, ledgerOf(traffic, others.length === 0 ? undefined : read.database), others.length === 0 ? moved : isWritten(read.journal));
  const evidence: Evidence = {
    evacuated: REGION_A, faultAt, databases: [first, ...others.map((one) => withLedger(one, ledgerOf(traffic, one.database), isWritten(one.journal)))], plannedFrom: failback?.startedAt,
    journal, executions, calls: callRecords(calls), epochs: leaseEpochs(calls), emptyAnswers: emptyAnswers(traffic),
    texts: [...twin.logs, ...twin.slack.messages.map((message) => JSON.stringify(message)), ...executions.map(({ history }) => history), JSON.stringify(journal)], secrets: twin.secrets,
  };
  const span = (downtime: LoadResult['writeDowntime']): number => (downtime?.ms ?? 0) / 1000;
  const result = figures({
    settings, ...(failback === undefined ? {} : { failback: { figures: failbackFigures(failback, journal, first.acknowledged, first.lost), whole: isWhole(read) } }), seed, evidence, rights: usedRights(calls, twin.plan), notes: notesOf(twin, traffic), coldStarts: twin.lambdas.statistics.coldStarts, messages: twin.slack.messages.map(({ text }) => shown(text)),
    writeDowntimes: traffic.writeDowntimes, pins: traffic.pins, aftermath: traffic.aftermath,
    floor: floor(settings, twin.cloud.measured.promotionSeconds), writeDowntimeSeconds: Math.max(...[traffic.writeDowntime, ...Object.values(traffic.writeDowntimes)].map(span)), readDowntimeSeconds: span(traffic.readDowntime),
  });
  return { result, journal };
}

/** The acknowledged writes of one database; of all where there is one. */
const ledgerOf = ({ acknowledged }: LoadResult, database: string | undefined): readonly AcknowledgedWrite[] =>
  acknowledged.filter((write) => database === undefined || write.database === database).map(({ id, sentAt, acknowledgedAt, epoch }) => ({ id, sentAt, acknowledgedAt, epoch }));

/** After a failback: do both sides hold the same? */
function isWhole({ stored: { second }, rowsAtHome }: DatabaseRead): boolean {
  const final = new Set((rowsAtHome ?? []).map(({ id }) => id));
  return rowsAtHome !== undefined && second.length === rowsAtHome.length && second.every(({ id }) => final.has(id));
}

/** All executions in the regions that answer, once none of them runs any more (or patience ends: then it shows as not ended). */
async function finished(twin: Twin, endpoint: string): Promise<readonly ExecutionReading[]> {
  const reachable = REGIONS.filter((region) => twin.network.reachable(USERS, region));
  let found: readonly ExecutionReading[] = [];
  const read = async (): Promise<boolean> => {
    found = (await Promise.all([
      ...reachable.map((region) => readExecutions(endpoint, region, twin.machines[region] ?? '')), ...(twin.failbackMachine === undefined ? [] : [readExecutions(endpoint, WITNESS, twin.failbackMachine)]),
    ])).flat();
    return found.every(({ status }) => status !== 'RUNNING');
  };
  for (let tries = 0; tries < 60 && !(await read()); tries += 1) await pause(0.5);
  return found;
}

const emptyAnswers = (traffic: LoadResult): number =>
  traffic.errorSpans.flatMap(({ statuses }) => Object.entries(statuses)).filter(([status]) => /ENODATA|ENOTFOUND/.test(status)).reduce((sum, [, count]) => sum + count, 0);

const notesOf = (twin: Twin, { lateness }: LoadResult): readonly string[] => [
  ...(lateness.overloaded ? [`this machine was too slow for the load: ${(lateness.lateShare * 100).toFixed(1)} % of the requests were late, up to ${lateness.msMax.toFixed(0)} ms`] : []),
  ...twin.troubles.slice(0, 3),
];

/** Slack's three escapes, as its clients show them. */
const shown = (text: string): string => text.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
