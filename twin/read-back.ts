// The end of a run: everything is read back from where it lies (both databases, table, executions, logs), and handed to the judges as
// evidence. Nothing here is judged.
import type { JournalEntry } from '../domain/journal.ts';
import { pause } from './faults.ts';
import { failbackFigures, type FailbackRun } from './failback.ts';
import { figures, type RunResult } from './figures.ts';
import { floor } from './floor.ts';
import type { Evidence, StoredWrite } from './invariants.ts';
import type { LoadResult } from './load/outcome.ts';
import { USERS } from './network/addresses.ts';
import type { Returned } from './observe-run.ts';
import type { OldWriterEvidence } from './old-writer.ts';
import { callRecords, leaseEpochs, readExecutions, readJournal, readLocks, readOrders, readRows, readWrites, running, type ExecutionReading } from './readings.ts';
import { usedRights } from './rights.ts';
import { returnsOf, REGION_A, REGION_B, REGIONS, WITNESS, type Settings } from './settings.ts';
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
  const { stored, oldWriter, home } = await readDatabases(end, journal, endpoint, alive);
  const moved = executions.some(({ ended }) => ended === 'Failed over') || journal.some((entry) => entry.summary.includes('a write was committed'));
  const final = new Set((home ?? (moved ? stored.second : stored.first)).map(({ id }) => id));
  const acknowledged = traffic.acknowledged.map(({ id, sentAt, acknowledgedAt, epoch }) => ({ id, sentAt, acknowledgedAt, epoch }));
  const conclusion = journal.filter((entry) => entry.step === 'Conclude').map((entry) => entry.evidence as { lossWindow?: { from: number; to: number } }).find((entry) => entry.lossWindow !== undefined);
  const evidence: Evidence = {
    evacuated: REGION_A, faultAt, acknowledged, stored, oldWriter, lost: acknowledged.filter(({ id }) => !final.has(id)), plannedFrom: failback?.startedAt, lossWindow: conclusion?.lossWindow,
    journal, executions, calls: callRecords(calls), epochs: leaseEpochs(calls), emptyAnswers: emptyAnswers(traffic),
    texts: [...twin.logs, ...twin.slack.messages.map((message) => JSON.stringify(message)), ...executions.map(({ history }) => history), JSON.stringify(journal)], secrets: twin.secrets,
  };
  const span = (downtime: LoadResult['writeDowntime']): number => (downtime?.ms ?? 0) / 1000;
  const whole = home !== undefined && stored.second.length === home.length && stored.second.every(({ id }) => final.has(id));
  const result = figures({
    settings, ...(failback === undefined ? {} : { failback: { figures: failbackFigures(failback, journal, acknowledged, evidence.lost), whole } }), seed, evidence, rights: usedRights(calls, twin.plan), notes: notesOf(twin, traffic), coldStarts: twin.lambdas.statistics.coldStarts, messages: twin.slack.messages.map(({ text }) => shown(text)),
    floor: floor(settings, twin.cloud.measured.promotionSeconds), writeDowntimeSeconds: span(traffic.writeDowntime), readDowntimeSeconds: span(traffic.readDowntime),
  });
  return { result, journal };
}

/** The locks first, as they stand; then nobody but this reader gets to the databases any more, and the rows are read. */
async function readDatabases({ twin, settings, returned, failback, mustEnforce = returnsOf(settings) !== undefined }: RunEnd, journal: readonly JournalEntry[], endpoint: string, alive: string): Promise<Pick<Evidence, 'stored' | 'oldWriter'> & { readonly home?: readonly StoredWrite[] }> {
  const { pair } = twin;
  const locks = await readLocks(pair.server(REGION_A), pair.ingress(REGION_A).rules.client);
  const attempts = [...twin.clients.attempts];
  if (twin.clients.died.length > 0) throw new Error(twin.clients.died.join('; '));
  for (const region of [REGION_A, REGION_B]) pair.ingress(region).setRules({ client: false, maintenance: false, replication: false });
  const [first, bypassing] = await running(pair.server(REGION_A), async (server) => [await readWrites(server), await readRows(server)] as const);
  const second = await running(pair.server(REGION_B), readWrites);
  const oldWriter: OldWriterEvidence = {
    deposedAt: fenceProvenAt(journal), returned, mustEnforce, locks, attempts,
    orders: await readOrders(endpoint, alive, REGION_A), rows: [...bypassing, ...first.map(throughApplication)],
  };
  if (failback === undefined) return { stored: { first, second }, oldWriter };
  // The old writer as it was before it was set aside; what stands in its place now is another instance, with the writer's data.
  const { before } = failback;
  const rows = [...before.bypassing, ...before.stored.map(throughApplication)];
  return { stored: { first: before.stored, second }, oldWriter: { ...oldWriter, rows, locks: before.locks, attempts: before.attempts, orders: before.orders }, home: first };
}

const throughApplication = ({ id, writtenAt }: StoredWrite): OldWriterEvidence['rows'][number] => ({ id, writtenAt, kind: 'application', place: USERS });

/** The first proof counts: from then on another writer may be promoted. */
function fenceProvenAt(journal: readonly JournalEntry[]): number | undefined {
  const proofs = journal.filter((entry) => entry.step === 'Fence writer' && entry.gates?.some((gate) => gate.passed) === true).map((entry) => entry.at);
  return proofs.length === 0 ? undefined : Math.min(...proofs);
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
