// The twin as a person starts it: the command as a process of its own, its progress, and the JSON that comes last.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '../../twin/figures.ts';

export const root = join(import.meta.dirname, '..', '..');

export interface Ended { readonly code: number; readonly result: RunResult; readonly progress: string; readonly report: string }

/** What nobody looked at counts as written, and a machine with other work looks late: the RPO is for the tests that are about it. */
export const ANY_LOSS = ['--rpo', '300'];

/** Slow enough for a machine with other work: order and words are shown with it, no speed. */
export const UNHURRIED = [...ANY_LOSS, '--rate', '20', '--probe-interval', '3', '--probe-timeout', '2.5', '--permit-ttl', '12'];

/** A directory of its own, so that what is left in it was left by this test. */
export function runDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'twin-test-'));
  // As root, PostgreSQL runs under another account, which must get there.
  chmodSync(directory, 0o755);
  return directory;
}

/** Without the options of the test runner's own Node. */
export function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _jest, ...env } = process.env;
  return env;
}

export function hotshift(directory: string, args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'cli', 'main.ts'), ...args], { cwd: directory, env: environment(), maxBuffer: 32 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

export async function twinRun(directory: string, fault: string, ...more: string[]): Promise<Ended> {
  const report = join(directory, `${fault}.html`);
  const { code, stdout, stderr } = await hotshift(directory, ['twin', 'run', '--fault', fault, '--json', '--directory', directory, '--report', report, ...more]);
  return { code, result: resultIn(stdout, `exit ${code}:\n${stderr.slice(-3000)}`), progress: stderr, report: readFileSync(report, 'utf8') };
}

/** The last line that was printed. */
export function resultIn(stdout: string, otherwise: string): RunResult {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`no JSON came last; ${otherwise}`);
  return JSON.parse(last) as RunResult;
}

export const broken = (result: RunResult): readonly string[] => Object.entries(result.invariants).filter(([, held]) => !held).map(([name]) => name);
