// One run: a twin is started, observed and stopped, its result printed, and its page written. How a run ends for scripts is decided here.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { lostText } from '../cli/commands/failback.ts';
import { listedIn } from './failback.ts';
import type { SecondStatistics } from './load/statistics.ts';
import { observeRun, type Observed } from './observe-run.ts';
import { reportPage } from './report.ts';
import { DATABASE, FAULT_TEXTS, type Settings } from './settings.ts';
import { summaryText } from './summary.ts';
import { seedOf, withTwin } from './with-twin.ts';

export interface RunOptions { readonly json: boolean; readonly report?: string }

/** Runs it, prints it, and says whether it ended as it must with all invariants. */
export async function runTwin(settings: Settings, options: RunOptions): Promise<'kept' | 'broken' | 'cannotRun'> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const seed = seedOf(settings);
  return withTwin(settings, seed, say, async (twin) => {
    const observed = await observeRun(twin, settings, seed, say);
    print(observed, settings, options, say);
    const { outcome, invariants } = observed.result;
    return outcome === FAULT_TEXTS[settings.fault].ends && Object.values(invariants).every(Boolean) ? 'kept' : 'broken';
  });
}

/** The page, the summary for people, and the one JSON object last where it was asked for. */
function print({ result: found, journal, seconds, faultAt }: Observed, settings: Settings, { json, report }: RunOptions, say: (text: string) => void): void {
  const file = report ?? `reports/twin-${settings.fault}.html`;
  mkdirSync(dirname(file), { recursive: true });
  const result = found.failback === null ? found : { ...found, failback: { ...found.failback, file: writeLost(file.replace(/\.html$/, '') + '-lost-writes.csv', journal) } };
  writeFileSync(file, reportPage({ result, journal, faultAt, traffic: seconds.map(trafficOf), madeAt: new Date().toISOString().slice(0, 16).replace('T', ' ') }));
  const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  (json ? say : console.log)(summaryText(result, colour));
  (json ? say : console.log)(`  report: ${file}`);
  if (json) console.log(JSON.stringify(result));
}

/** The list that the failback has made, in the form of `hotshift failback --lost`. */
function writeLost(file: string, journal: Observed['journal']): string {
  const lost = listedIn(journal);
  writeFileSync(file, `${lostText([{ database: DATABASE, lost, total: lost.length }])}\n`);
  return file;
}

export function trafficOf(second: SecondStatistics): Parameters<typeof reportPage>[0]['traffic'][number] {
  const byRegion = Object.fromEntries(Object.entries(second.regions).filter(([region]) => region !== 'none').map(([region, { requests, errors }]) => [region, requests - errors]));
  return { at: second.at, ok: second.requests - second.errors, failed: second.errors, p50Ms: second.p50Ms ?? 0, p99Ms: second.p99Ms ?? 0, byRegion };
}
