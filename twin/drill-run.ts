// A drill in the twin: the deployed state machine, started as anybody would start it, under load from clients that resolve names; twice the
// load while all of them are in one region; and the shares of the regions counted at the clients, before and after.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { bucketOf } from '../domain/records.ts';
import { evidenceOf, evidenceText } from '../functions/archive/evidence.ts';
import { reportHtml } from '../functions/archive/page.ts';
import { timeline } from '../functions/archive/timeline.ts';
import type { JournalEntry } from '../domain/journal.ts';
import { ACCOUNT_ID } from './aws/service.ts';
import { pause } from './faults.ts';
import type { LoadConfig } from './load/config.ts';
import { startLoad, type LoadProcess } from './load/load-process.ts';
import type { SecondStatistics } from './load/statistics.ts';
import { loadConfig } from './observe-run.ts';
import { readJournal } from './readings.ts';
import { usedRights, type UsedRight } from './rights.ts';
import { APPLICATION, REGION_A, REGION_B, type Settings } from './settings.ts';
import { CACHES, isShown, percent, share, SHARE_ERROR_MAX } from './shares.ts';
import type { Twin } from './twin.ts';
import { drilled, followJournal, happens } from './with-twin.ts';

const PATIENCE_SECONDS = 240;
const RECORD_TRIES = 30;

export interface DrillResult {
  readonly mode: string; readonly outcome: string; readonly reason: string; readonly heldSeconds: number; readonly seconds: number;
  /** Part of the answered requests that region A answered. */
  readonly shareBefore: number; readonly shareInHold: number; readonly shareAfter: number; readonly shareError: number;
  readonly requests: number; readonly errors: number;
  /** Requests of the second load, which the hook has started. */
  readonly loadRequests: number; readonly loadErrors: number;
  readonly rights: readonly UsedRight[]; readonly files: readonly string[]; readonly seal: string;
  /** The record as `archive` has put it into the bucket of the region that took the users; empty when there is none. */
  readonly record: string;
}

/** Runs one drill, prints it, and says whether it passed and users are back. */
export const runDrill = (settings: Settings, { json, report = 'reports' }: { readonly json: boolean; readonly report?: string }): Promise<'kept' | 'broken' | 'cannotRun'> =>
  drilled(settings, json, (twin, say) => observeDrill(twin, settings, report, say), summary, ({ outcome, shareError }) => outcome === 'Drill passed' && shareError <= SHARE_ERROR_MAX);

async function observeDrill(twin: Twin, settings: Settings, directory: string, say: (text: string) => void): Promise<DrillResult> {
  const [startedAt, seen]: [number, JournalEntry[]] = [Date.now(), []];
  followJournal(twin, () => startedAt, say, (entry) => void seen.push(entry));
  const seconds: SecondStatistics[] = [];
  const config = { ...loadConfig(twin, settings), caches: CACHES };
  const more = moreLoad(twin, config);
  const load = await startLoad(config, { onSecond: (statistics) => seconds.push(statistics) });
  try {
    await happens(() => seconds.some(({ writes }) => writes.requests > 0 && writes.errors === 0), PATIENCE_SECONDS);
    await pause(settings.steadySeconds);
    const execution = `${APPLICATION}-drill-${startedAt}`;
    const beganAt = Date.now();
    await start(twin, execution, settings);
    const ended = await happens(() => seen.some(({ step, kind }) => step === 'Settle drill' && kind === 'result'), PATIENCE_SECONDS);
    const backAt = Date.now();
    const settledAt = backAt + settings.ttlSeconds * 1000 + 1000;
    await happens(() => isShown(seconds, settledAt, settings.ttlSeconds, Date.now()), PATIENCE_SECONDS);
    await pause(settings.afterSeconds);
    const [traffic, second] = await Promise.all([load.stop(), more.stop()]);
    const record = await keptRecord(twin, execution);
    const journal = await readJournal(twin.cloud.urls[REGION_B] ?? '', REGION_B, [execution]);
    const end = journal.findLast(({ step, kind }) => step === 'Settle drill' && kind === 'result')?.evidence as { readonly outcome?: string; readonly reason?: string; readonly heldSeconds?: number; readonly seconds?: number } | undefined;
    const held = journal.filter(({ step, kind }) => step === 'Hold drill' && kind === 'gate').map(({ at }) => at);
    const shareAfter = share(seconds, settledAt, Infinity);
    return {
      mode: settings.drill ?? 'traffic', outcome: ended ? end?.outcome ?? 'unknown' : 'running', reason: end?.reason ?? '', heldSeconds: end?.heldSeconds ?? 0, seconds: end?.seconds ?? 0,
      shareBefore: share(seconds, 0, beganAt), shareInHold: held[0] === undefined ? NaN : share(seconds, held[0] - (settings.holdSeconds * 1000) / 2, held[0]),
      shareAfter, shareError: Math.abs(shareAfter - 0.5), requests: traffic.requests, errors: traffic.errors, loadRequests: second.requests, loadErrors: second.errors,
      rights: usedRights(twin.cloud.endpoint.calls, twin.plan), record, ...save(directory, `twin-drill-${settings.drill ?? 'traffic'}`, journal),
    };
  } finally {
    load.kill();
    more.kill();
  }
}

/** As documented in events/contracts-drill.ts: what the command line, the schedule and a person at the console send. */
async function start(twin: Twin, name: string, { drill, holdSeconds }: Settings): Promise<void> {
  const client = new SFNClient({ endpoint: twin.cloud.urls[REGION_B] ?? '', region: REGION_B, credentials: { accessKeyId: 'AKIDTWIN', secretAccessKey: 'twin' }, maxAttempts: 1 });
  const input = { application: APPLICATION, mode: drill ?? 'traffic', evacuate: REGION_A, holdSeconds, requestedBy: 'twin' };
  await client.send(new StartExecutionCommand({ stateMachineArn: twin.drillMachines[REGION_B], name, input: JSON.stringify(input) }));
  client.destroy();
}

/** It is written after the end and by nobody that waits for it: some tries, seconds apart. */
async function keptRecord(twin: Twin, execution: string): Promise<string> {
  const client = new S3Client({ endpoint: twin.cloud.urls[REGION_B] ?? '', region: REGION_B, credentials: { accessKeyId: 'AKIDTWIN', secretAccessKey: 'twin' }, maxAttempts: 1 });
  const asked = { Bucket: bucketOf(ACCOUNT_ID, REGION_B), Key: `records/${APPLICATION}/${execution}.json` };
  try {
    for (let turn = 0; turn < RECORD_TRIES; turn += 1) {
      const found = await client.send(new GetObjectCommand(asked)).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      });
      if (found !== undefined) return await found.Body?.transformToString() ?? '';
      await pause(1);
    }
    return '';
  } finally {
    client.destroy();
  }
}

/** The hook of the plan: a second generator beside the first one is twice the load. */
function moreLoad(twin: Twin, config: LoadConfig): { stop(): Promise<{ readonly requests: number; readonly errors: number }>; kill(): void } {
  let running: LoadProcess | undefined;
  const total = { requests: 0, errors: 0 };
  const end = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    const result = await ending?.stop();
    total.requests += result?.requests ?? 0;
    total.errors += result?.errors ?? 0;
  };
  twin.onLoad(async ({ action }) => {
    if (action === 'stop') await end();
    else running ??= await startLoad({ ...config, idPrefix: randomUUID().slice(0, 24) });
  });
  return { stop: async () => { await end(); return total; }, kill: () => running?.kill() };
}

/** The record of an execution and its page, as `hotshift report` makes them. */
export function save(directory: string, name: string, journal: readonly JournalEntry[]): Pick<DrillResult, 'files' | 'seal'> {
  const [evidence, found] = [evidenceOf(journal, undefined), timeline(journal)];
  if (evidence === undefined || found === undefined) return { files: [], seal: '' };
  mkdirSync(directory, { recursive: true });
  const files = [[join(directory, `${name}.json`), evidenceText(evidence)], [join(directory, `${name}.html`), reportHtml(found, { evidence, entries: journal })]] as const;
  for (const [file, text] of files) writeFileSync(file, text);
  return { files: files.map(([file]) => file), seal: evidence.seal };
}

const summary = (found: DrillResult): string => [
  '', `${found.outcome}: ${found.reason}`,
  `  ${REGION_A} answered ${percent(found.shareBefore)} before, ${percent(found.shareInHold)} in the hold of ${found.heldSeconds.toFixed(0)} s, ${percent(found.shareAfter)} after; at most ${SHARE_ERROR_MAX * 100} points from a half are allowed`,
  `  ${found.requests} requests, ${found.errors} errors; ${found.loadRequests} more in the hold, ${found.loadErrors} errors`,
  ...found.files.map((file) => `  wrote ${file}`), '  Figures of this machine, not of AWS.',
].join('\n');
