// One run: steady load, a fault, what Hotshift makes of it, and then everything is read back and counted.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalEntry } from '../domain/journal.ts';
import { inject, pause, wakeRegion } from './faults.ts';
import { figures, type RunResult } from './figures.ts';
import { floor } from './floor.ts';
import { startLoad } from './load/load-process.ts';
import { loadDefaults } from './load/config.ts';
import type { LoadResult } from './load/outcome.ts';
import type { SecondStatistics } from './load/statistics.ts';
import { addressOf, linkAddress, USERS } from './network/addresses.ts';
import { PUBLIC_NAME } from './plan.ts';
import { callRecords, journaled, leaseEpochs, readExecutions, readJournal, readWrites, type ExecutionReading } from './readings.ts';
import { reportPage } from './report.ts';
import { cleanLeftovers } from './run-directory.ts';
import { FAULT_TEXTS, REGION_A, REGION_B, REGIONS, rpoSecondsOf, WITNESS, type Settings } from './settings.ts';
import type { SlackMessage } from './slack.ts';
import { summaryText } from './summary.ts';
import { startTwin, type Twin } from './twin.ts';

export interface RunOptions { readonly json: boolean; readonly report?: string }

/** How long Hotshift may take before the run gives up waiting: far above anything that the twin's settings allow. */
const PATIENCE_SECONDS = 120;

/** Runs it, prints it, and says whether it ended as it must with all invariants. */
export async function runTwin(settings: Settings, { json, report }: RunOptions): Promise<'kept' | 'broken' | 'cannotRun'> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const seed = settings.seed ?? Math.floor(Math.random() * 1_000_000_000);
  for (const line of cleanLeftovers(settings.directory)) say(line);
  const interrupt = new Interrupt();
  let twin: Twin;
  try {
    twin = await startTwin({ settings, random: randomOf(seed), onProgress: (text) => say(`  ${text}`) });
  } catch (error) {
    say(`the twin could not start: ${error instanceof Error ? error.message : String(error)}`);
    interrupt.off();
    return 'cannotRun';
  }
  interrupt.started(twin);
  try {
    const { result, journal, seconds, faultAt } = await observeRun(twin, settings, seed, say);
    const file = report ?? `reports/twin-${settings.fault}.html`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, reportPage({ result, journal, faultAt, traffic: seconds.map(trafficOf), madeAt: new Date().toISOString().slice(0, 16).replace('T', ' ') }));
    const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    (json ? say : console.log)(summaryText(result, colour));
    (json ? say : console.log)(`  report: ${file}`);
    if (json) console.log(JSON.stringify(result));
    const kept = result.outcome === FAULT_TEXTS[settings.fault].ends && Object.values(result.invariants).every(Boolean);
    return kept ? 'kept' : 'broken';
  } finally {
    interrupt.off();
    await twin.stop();
  }
}

/** Ctrl-C and a polite kill: everything is stopped first, also what is just being started. A second one ends at once. */
class Interrupt {
  #twin: Twin | undefined;
  #asked = false;
  readonly #listener = (): void => this.#ask();

  constructor() {
    // The program's own listener ends at once, which is right for all other commands.
    process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
    process.on('SIGINT', this.#listener).on('SIGTERM', this.#listener);
  }

  started(twin: Twin): void {
    this.#twin = twin;
    if (this.#asked) this.#stop(twin);
  }

  off(): void {
    process.off('SIGINT', this.#listener).off('SIGTERM', this.#listener);
  }

  #ask(): void {
    if (this.#asked) process.exit(130);
    this.#asked = true;
    process.stderr.write('\nstopping everything that was started; once more to end at once\n');
    if (this.#twin !== undefined) this.#stop(this.#twin);
  }

  #stop(twin: Twin): void {
    twin.stop().then(() => process.exit(130), (error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  }
}

interface Observed { readonly result: RunResult; readonly journal: readonly JournalEntry[]; readonly seconds: readonly SecondStatistics[]; readonly faultAt: number }

async function observeRun(twin: Twin, settings: Settings, seed: number, say: (text: string) => void): Promise<Observed> {
  const live = new LiveJournal();
  let faultAt = Infinity;
  twin.cloud.endpoint.onCall((call, phase) => {
    const entry = phase === 'ended' ? journaled(call) : undefined;
    if (entry === undefined) return;
    live.add(entry);
    say(`  ${`+${((entry.at - faultAt) / 1000).toFixed(2)}`.padStart(7)} s  ${entry.step.padEnd(16)} ${entry.summary}`);
  });
  const seconds: SecondStatistics[] = [];
  const load = await startLoad(loadConfig(twin, settings), { onSecond: (statistics) => seconds.push(statistics) });
  try {
    say(`  steady: ${settings.rate} requests a second, half of them writes, to both regions`);
    await until(() => seconds.some(({ writes }) => writes.requests > 0 && writes.errors === 0), PATIENCE_SECONDS, 'the application never took a write');
    await pause(settings.steadySeconds + randomOf(seed + 1)() * settings.probeIntervalSeconds);
    faultAt = Date.now();
    say(`  fault: ${settings.fault}, ${FAULT_TEXTS[settings.fault].does}`);
    await inject(settings.fault, twin, settings);
    await awaitEnd(twin, settings, live);
    const traffic = await load.stop();
    return { ...(await readBack(twin, settings, seed, faultAt, traffic)), seconds, faultAt };
  } finally {
    load.kill();
  }
}

/** Waits for the outcome that this fault must have, and then long enough to see that nothing else happens. */
async function awaitEnd(twin: Twin, settings: Settings, live: LiveJournal): Promise<void> {
  const { ends } = FAULT_TEXTS[settings.fault];
  const roundSeconds = settings.probeIntervalSeconds * settings.failuresToSuspect + settings.probeTimeoutSeconds;
  if (ends === 'nothing') return pause(roundSeconds * 2);
  await until(() => live.concluded(ends === 'Failed over' ? ['Failed over', 'Handed to a human'] : ['Failed over', 'Handed to a human', 'Stood down']), PATIENCE_SECONDS, '').catch(() => undefined);
  if (settings.fault === 'region-hang') {
    await wakeRegion(twin, REGION_A);
    // The agent of the region that woke up finds the order and closes its database.
    await until(() => live.has(`Enforce fence in ${REGION_A}`), roundSeconds * 4 + 20, '').catch(() => undefined);
  }
  // Replication has stopped as well: its page comes when the lag passes the RPO.
  if (settings.fault === 'partition') await until(() => twin.slack.messages.some(isLagPage), rpoSecondsOf(settings) + 30, '').catch(() => undefined);
  await pause(settings.afterSeconds + (ends === 'Stood down' ? roundSeconds : 0));
}

async function readBack(twin: Twin, settings: Settings, seed: number, faultAt: number, traffic: LoadResult): Promise<Omit<Observed, 'seconds' | 'faultAt'>> {
  const endpoint = twin.cloud.urls[USERS] ?? '';
  const executions = await finished(twin, endpoint);
  const alive = REGIONS.find((region) => twin.network.reachable(USERS, region)) ?? WITNESS;
  const journal = await readJournal(endpoint, alive, executions.map(({ name }) => name));
  const calls = [...twin.cloud.endpoint.calls];
  // Nobody but this reader gets to the databases any more.
  for (const region of [REGION_A, REGION_B]) twin.pair.ingress(region).setRules({ client: false, maintenance: false, replication: false });
  const [first, second] = [await readWrites(twin.pair.server(REGION_A)), await readWrites(twin.pair.server(REGION_B))];
  const moved = executions.some(({ ended }) => ended === 'Failed over') || journal.some((entry) => entry.summary.includes('a write was committed'));
  const final = new Set((moved ? second : first).map(({ id }) => id));
  const acknowledged = traffic.acknowledged.map(({ id, sentAt, acknowledgedAt, epoch }) => ({ id, sentAt, acknowledgedAt, epoch }));
  const conclusion = journal.filter((entry) => entry.step === 'Conclude').map((entry) => entry.evidence as { lossWindow?: { from: number; to: number } }).find((entry) => entry.lossWindow !== undefined);
  const evidence = {
    evacuated: REGION_A, faultAt, acknowledged, stored: { first, second }, lost: acknowledged.filter(({ id }) => !final.has(id)), lossWindow: conclusion?.lossWindow,
    journal, executions, calls: callRecords(calls), epochs: leaseEpochs(calls), emptyAnswers: emptyAnswers(traffic),
    texts: [...twin.logs, ...twin.slack.messages.map((message) => JSON.stringify(message)), ...executions.map(({ history }) => history), JSON.stringify(journal)], secrets: twin.secrets,
  };
  const notes = [
    ...(traffic.lateness.overloaded ? [`this machine was too slow for the load: ${(traffic.lateness.lateShare * 100).toFixed(1)} % of the requests were late, up to ${traffic.lateness.msMax.toFixed(0)} ms`] : []),
    ...twin.troubles.slice(0, 3),
  ];
  const span = (downtime: LoadResult['writeDowntime']): number => (downtime?.ms ?? 0) / 1000;
  const result = figures({
    settings, seed, evidence, notes, coldStarts: twin.lambdas.statistics.coldStarts, messages: twin.slack.messages.map(({ text }) => shown(text)), floor: floor(settings, twin.cloud.measured.promotionSeconds),
    writeDowntimeSeconds: span(traffic.writeDowntime), readDowntimeSeconds: span(traffic.readDowntime),
  });
  return { result, journal };
}

/** All executions in the regions that answer, once none of them runs any more (or patience ends: then it shows as not ended). */
async function finished(twin: Twin, endpoint: string): Promise<readonly ExecutionReading[]> {
  const reachable = REGIONS.filter((region) => twin.network.reachable(USERS, region));
  let found: readonly ExecutionReading[] = [];
  const read = async (): Promise<boolean> => {
    found = (await Promise.all(reachable.map((region) => readExecutions(endpoint, region, twin.machines[region] ?? '')))).flat();
    return found.every(({ status }) => status !== 'RUNNING');
  };
  for (let tries = 0; tries < 60 && !(await read()); tries += 1) await pause(0.5);
  return found;
}

const emptyAnswers = (traffic: LoadResult): number =>
  traffic.errorSpans.flatMap(({ statuses }) => Object.entries(statuses)).filter(([status]) => /ENODATA|ENOTFOUND/.test(status)).reduce((sum, [, count]) => sum + count, 0);

function loadConfig(twin: Twin, settings: Settings): Parameters<typeof startLoad>[0] {
  const regions = [REGION_A, REGION_B];
  return {
    ...loadDefaults, name: PUBLIC_NAME, port: twin.applicationPort, dnsServer: twin.names.publicServer, rate: settings.rate, idPrefix: randomUUID().slice(0, 24),
    addressMap: Object.fromEntries(regions.map((region) => [addressOf(region), linkAddress(USERS, region)])),
    addressRegions: Object.fromEntries(regions.map((region) => [addressOf(region), region])),
  };
}

function trafficOf(second: SecondStatistics): Parameters<typeof reportPage>[0]['traffic'][number] {
  const byRegion = Object.fromEntries(Object.entries(second.regions).filter(([region]) => region !== 'none').map(([region, { requests, errors }]) => [region, requests - errors]));
  return { at: second.at, ok: second.requests - second.errors, failed: second.errors, p50Ms: second.p50Ms ?? 0, p99Ms: second.p99Ms ?? 0, byRegion };
}

/** What was journaled so far, as it is written. */
class LiveJournal {
  readonly #entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.#entries.push(entry);
  }

  concluded(outcomes: readonly string[]): boolean {
    return this.#entries.some((entry) => entry.step === 'Conclude' && outcomes.some((outcome) => entry.summary.startsWith(outcome)));
  }

  has(step: string): boolean {
    return this.#entries.some((entry) => entry.step === step);
  }
}

async function until(holds: () => boolean, seconds: number, why: string): Promise<void> {
  const endAt = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > endAt) throw new Error(`${why || 'it did not happen'} within ${seconds} s`);
    await pause(0.05);
  }
}

/** Slack's three escapes, as its clients show them. */
const shown = (text: string): string => text.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');

const isLagPage = (message: SlackMessage): boolean => JSON.stringify(message).includes('Replication lag');

/** A small seeded generator (mulberry32): the phases of the clocks of a run can be had again. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

