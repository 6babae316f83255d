// A run from the first request to the last reading: steady load, the fault, what Hotshift makes of it, the old region's return, and a
// quiet time in which nothing more must happen. It waits for outcomes, never for a fixed time, and gives up after its patience.
import { randomUUID } from 'node:crypto';
import type { JournalEntry } from '../domain/journal.ts';
import { bringBack, inject, pause } from './faults.ts';
import type { RunResult } from './figures.ts';
import { failBack } from './failback.ts';
import { LiveJournal } from './live-journal.ts';
import { loadDefaults, type LoadConfig } from './load/config.ts';
import { startLoad } from './load/load-process.ts';
import type { SecondStatistics } from './load/statistics.ts';
import { addressOf, linkAddress, USERS } from './network/addresses.ts';
import { PUBLIC_NAME } from './plan.ts';
import { readBack } from './read-back.ts';
import { randomOf } from './seeded.ts';
import { FAULT_TEXTS, REGION_A, REGION_B, returnsOf, rpoSecondsOf, type Settings } from './settings.ts';
import type { SlackMessage } from './slack.ts';
import type { Twin } from './twin.ts';
import { followJournal, happens } from './with-twin.ts';

/** How long Hotshift may take before the run gives up waiting: far above anything that the twin's settings allow. */
const PATIENCE_SECONDS = 120;
/** The agents of a region that returns come with the next turn of their schedule, within a minute; with room for a busy machine. */
const RETURN_SECONDS = 90;
/** Without the agent nothing ends the writes of those who ignore permits: long enough to see that they go on. */
const WITHOUT_AGENT_SECONDS = 5;

export interface Observed {
  readonly result: RunResult;
  readonly journal: readonly JournalEntry[];
  readonly seconds: readonly SecondStatistics[];
  readonly faultAt: number;
}
export interface Returned { readonly how: string; readonly at: number }

export async function observeRun(twin: Twin, settings: Settings, seed: number, say: (text: string) => void): Promise<Observed> {
  const live = new LiveJournal();
  let faultAt = Infinity;
  followJournal(twin, () => faultAt, say, (entry) => live.add(entry));
  const seconds: SecondStatistics[] = [];
  const load = await startLoad(loadConfig(twin, settings), { onSecond: (statistics) => seconds.push(statistics) });
  try {
    say(`  steady: ${settings.rate} requests a second, half of them writes, to both regions`);
    await until(() => seconds.some(({ writes }) => writes.requests > 0 && writes.errors === 0), PATIENCE_SECONDS, 'the application never took a write');
    await pause(settings.steadySeconds + randomOf(seed + 1)() * settings.probeIntervalSeconds);
    faultAt = Date.now();
    say(`  fault: ${settings.fault}, ${FAULT_TEXTS[settings.fault].does}`);
    await inject(settings.fault, twin, settings);
    await awaitOutcome(twin, settings, live);
    const settledAt = Date.now();
    const returned = await comeBack(twin, settings, live, say);
    const failback = settings.failback && returned !== undefined ? await failBack(twin, live, say) : undefined;
    await pause(settings.afterSeconds);
    const traffic = await load.stop({ brokenAt: faultAt, settledAt });
    return { ...(await readBack({ twin, settings, seed, faultAt, traffic, returned, failback })), seconds, faultAt };
  } finally {
    load.kill();
  }
}

/** Waits for the outcome that this fault must have; where nothing may move, long enough to see that nothing does. */
async function awaitOutcome(twin: Twin, settings: Settings, live: LiveJournal): Promise<void> {
  const { ends } = FAULT_TEXTS[settings.fault];
  const roundSeconds = settings.probeIntervalSeconds * settings.failuresToSuspect + settings.probeTimeoutSeconds;
  if (ends === 'nothing') return pause(roundSeconds * 2);
  const awaited = ends === 'Failed over' ? ['Failed over', 'Handed to a human'] as const : ['Failed over', 'Handed to a human', 'Stood down'] as const;
  const slowSeconds = Object.values(settings.slowSteps).reduce((sum, seconds) => sum + seconds * 2, 0);
  await happens(() => live.concluded(awaited), PATIENCE_SECONDS + slowSeconds);
  // A person who stopped it has the time that the run was given to look at it and to start another one.
  if (ends === 'Failed over' && !live.concluded(['Failed over'])) await happens(() => live.concluded(['Failed over']), settings.afterSeconds);
  // Replication has stopped as well: its page comes when the lag passes the RPO.
  if (settings.fault === 'partition') await happens(() => twin.slack.messages.some(isLagPage), rpoSecondsOf(settings) + 30);
  if (ends === 'Stood down') await pause(roundSeconds);
}

/** Brings the old region back, if its fault says so, and waits until its agent has found the order and closed its database. */
async function comeBack(twin: Twin, settings: Settings, live: LiveJournal, say: (text: string) => void): Promise<Returned | undefined> {
  const returns = returnsOf(settings);
  if (returns === undefined || !live.concluded(['Failed over', 'Handed to a human'])) return undefined;
  const at = Date.now();
  say(`  ${REGION_A} ${returns}`);
  await bringBack(returns, twin);
  if (settings.withoutAgent) await pause(WITHOUT_AGENT_SECONDS);
  else {
    const fenced = twin.databases.filter(({ writer }) => writer === REGION_A);
    await happens(() => fenced.every(({ name }) => live.has(`Enforce fence in ${REGION_A}`, `${name}: `, 'sessions ended')), RETURN_SECONDS);
  }
  return { how: returns, at };
}

/** Requests to the public name, as users send them. */
export function loadConfig(twin: Twin, settings: Settings): LoadConfig {
  const regions = [REGION_A, REGION_B];
  return {
    ...loadDefaults, name: PUBLIC_NAME, port: twin.applicationPort, dnsServer: twin.names.publicServer, rate: settings.rate, idPrefix: randomUUID().slice(0, 24), sessionUser: 'ada',
    addressMap: Object.fromEntries(regions.map((region) => [addressOf(region), linkAddress(USERS, region)])),
    addressRegions: Object.fromEntries(regions.map((region) => [addressOf(region), region])), ...sharded(twin),
  };
}

/** A third of the writes goes to what all have in common; that is as much as each of two shards gets. */
function sharded({ databases: [first, ...shards] }: Twin): Pick<LoadConfig, 'shards'> {
  if (shards.length === 0) return {};
  return { shards: { common: first.name, commonEvery: 3, databases: Object.fromEntries(shards.map(({ name, shardOf = '' }) => [shardOf, name])) } };
}

async function until(holds: () => boolean, seconds: number, why: string): Promise<void> {
  if (!(await happens(holds, seconds))) throw new Error(`${why} within ${seconds} s`);
}

const isLagPage = (message: SlackMessage): boolean => JSON.stringify(message).includes('Replication lag');
