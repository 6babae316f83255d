// Every fault of the menu, as a person starts it: the command, real processes, and the printed JSON. Behaviour only, no times.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunResult } from '../../twin/figures.ts';

const root = join(import.meta.dirname, '..', '..');
const RUN_MS_MAX = 240_000;
let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'twin-test-'));
  // As root, PostgreSQL runs under another account, which must get there.
  chmodSync(directory, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ended { readonly code: number; readonly result: RunResult; readonly progress: string; readonly report: string }

function hotshift(args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { NODE_OPTIONS: _jest, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'cli', 'main.ts'), ...args], { cwd: directory, env, maxBuffer: 32 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

async function run(fault: string, ...more: string[]): Promise<Ended> {
  const report = join(directory, `${fault}.html`);
  const { code, stdout, stderr } = await hotshift(['twin', 'run', '--fault', fault, '--json', '--directory', directory, '--report', report, ...more]);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`no JSON came last (exit ${code}):\n${stderr.slice(-3000)}`);
  return { code, result: JSON.parse(last) as RunResult, progress: stderr, report: readFileSync(report, 'utf8') };
}

const broken = (result: RunResult): readonly string[] => Object.entries(result.invariants).filter(([, held]) => !held).map(([name]) => name);

describe('fails over', () => {
  test.each(['region-crash', 'region-hang', 'database-crash', 'partition-crash', 'replication-cut'])('%s', async (fault) => {
    const { code, result, progress, report } = await run(fault);
    expect({ code, outcome: result.outcome, writers: result.writersSeen, outside: result.lostOutsideWindow, broken: broken(result) })
      .toEqual({ code: 0, outcome: 'Failed over', writers: 1, outside: 0, broken: [] });
    expect(Object.keys(result.invariants).length).toBeGreaterThanOrEqual(14);
    expect(result.ackedWrites).toBeGreaterThan(100);
    expect(result.epoch).toBe(1);
    expect(result.writeDowntimeSeconds).toBeGreaterThan(0);
    expect(result.reportedLoss).not.toBeNull();
    // What was cut off for seconds before the crash is really lost, and really counted.
    if (fault === 'partition-crash' || fault === 'replication-cut') expect(result.lostAckedWrites).toBeGreaterThan(0);
    if (fault === 'region-hang') expect(progress).toMatch(/Enforce fence in us-east-1 +orders: security group closed/);
    expect(result.messages.some((message) => message.startsWith('Failed over'))).toBe(true);
    expect(report).toContain('<svg');
    expect(report).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  }, RUN_MS_MAX);
});

describe('stands down, and nothing moves', () => {
  test.each([
    ['partition', /1 of 3 vantage points see us-(east-1|west-2) down/, /Replication lag/],
    ['vantage-cut', /1 of 3 vantage points see us-east-1 down/, /Stood down/],
    ['slow-region', /./, /Stood down/],
    ['both-regions-down', /both regions look down/, /Stood down/],
    ['monitor-sick', /cannot reach the control endpoint/, /Stood down/],
  ] as const)('%s', async (fault, reason, told) => {
    const { code, result } = await run(fault);
    expect({ code, outcome: result.outcome, epoch: result.epoch, broken: broken(result), lost: result.lostAckedWrites })
      .toEqual({ code: 0, outcome: 'Stood down', epoch: 0, broken: [], lost: 0 });
    expect(result.reason).toMatch(reason);
    expect(result.messages.join('\n')).toMatch(told);
  }, RUN_MS_MAX);

  test('none: no execution at all', async () => {
    const { code, result } = await run('none');
    expect([code, result.outcome, result.messages]).toEqual([0, 'nothing', []]);
  }, RUN_MS_MAX);
});

test('bad options are named with value and range, and nothing is started', async () => {
  const { code, stderr } = await hotshift(['twin', 'run', '--ttl', '0', '--rate', 'many', '--fault', 'earthquake', '--directory', directory]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--ttl 0: /);
  expect(stderr).toMatch(/--rate many: /);
  expect(stderr).toMatch(/--fault earthquake: /);
});

test('a directory that PostgreSQL cannot reach is named, and everything is stopped again', async () => {
  if (process.getuid?.() !== 0) return;
  const closed = join(directory, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const { code, stderr } = await hotshift(['twin', 'run', '--directory', closed]);
  expect(code).toBe(4);
  expect(stderr).toMatch(/cannot reach .*closed.* mode 0700/s);
  expect(readdirSync(closed)).toEqual([]);
  rmSync(closed, { recursive: true });
}, RUN_MS_MAX);

test('every run cleaned up after itself', () => {
  expect(readdirSync(directory).filter((name) => !name.endsWith('.html'))).toEqual([]);
});
