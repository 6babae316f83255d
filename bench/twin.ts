// The twin, run after run: how long clients could not write for each fault that ends in a failover, against the floor that the twin's own
// settings allow. Real processes and real time: each run takes most of a minute, and every run counts, also one that ended otherwise.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { FAULT_TEXTS, FAULTS, type Fault } from '../twin/settings.ts';
import { quantile } from './statistics.ts';

export const MEASURED_FAULTS: readonly Fault[] = FAULTS.filter((fault) => FAULT_TEXTS[fault].ends === 'Failed over');

export interface TwinRun { readonly fault: Fault; readonly seed: number; readonly outcome: string; readonly downtimeSeconds?: number; readonly floorSeconds?: number; readonly lost?: number; readonly writers?: number }
export interface TwinFigures { readonly fault: Fault; readonly runs: number; readonly failedOver: number; readonly p50: number | undefined; readonly p95: number | undefined; readonly floor: number | undefined; readonly ratioP50: number | undefined; readonly ratioP95: number | undefined }

/** One run in a process of its own, which is ended when it takes far too long. */
export function runTwin(fault: Fault, seed: number): Promise<TwinRun> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'cli', 'main.ts'), 'twin', 'run', '--fault', fault, '--seed', String(seed), '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const limit = setTimeout(() => child.kill('SIGINT'), 300_000);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => { text += part; });
  return new Promise((resolve) => child.on('close', () => {
    clearTimeout(limit);
    resolve({ fault, seed, ...readRun(text) });
  }));
}

/** What the JSON of a run says; a run that says nothing has no outcome. */
export function readRun(text: string): Pick<TwinRun, 'outcome'> & Partial<TwinRun> {
  const trimmed = text.trim();
  const begin = trimmed.startsWith('{') ? 0 : trimmed.lastIndexOf('\n{') + 1;
  try {
    const found = JSON.parse(trimmed.slice(begin)) as { readonly outcome?: string; readonly writeDowntimeSeconds?: number; readonly floor?: { readonly seconds: number }; readonly lostWrites?: number; readonly writersSeen?: number };
    return {
      outcome: found.outcome ?? 'no outcome', ...(found.writeDowntimeSeconds === undefined ? {} : { downtimeSeconds: found.writeDowntimeSeconds }),
      ...(found.floor === undefined ? {} : { floorSeconds: found.floor.seconds }), ...(found.writersSeen === undefined ? {} : { writers: found.writersSeen }),
    };
  } catch {
    return { outcome: 'no result' };
  }
}

export function twinFigures(fault: Fault, runs: readonly TwinRun[]): TwinFigures {
  const good = runs.filter(({ outcome, downtimeSeconds, floorSeconds }) => outcome === 'Failed over' && downtimeSeconds !== undefined && floorSeconds !== undefined);
  const downtimes = good.map(({ downtimeSeconds = 0 }) => downtimeSeconds);
  const ratios = good.map(({ downtimeSeconds = 0, floorSeconds = 1 }) => downtimeSeconds / floorSeconds);
  return {
    fault, runs: runs.length, failedOver: good.length, p50: quantile(downtimes, 0.5), p95: quantile(downtimes, 0.95),
    floor: quantile(good.map(({ floorSeconds = 0 }) => floorSeconds), 0.5), ratioP50: quantile(ratios, 0.5), ratioP95: quantile(ratios, 0.95),
  };
}
