// moto's server as an AWS that nobody here wrote: the production adapters must get from it what the contract says.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding, Judge, Room } from './judge.ts';
import { run } from './python.ts';

interface JestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly message: string; readonly assertionResults: readonly { readonly fullName: string; readonly status: string; readonly failureMessages: readonly string[] }[] }[];
}

export const moto: Judge = {
  name: 'moto', needsPython: true,
  async judge({ root, pythonCommands = '' }: Room) {
    const folder = mkdtempSync(join(tmpdir(), 'hotshift-moto-'));
    const output = join(folder, 'report.json');
    try {
      const { stderr } = await run(process.execPath, ['--experimental-vm-modules', join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--selectProjects', 'tests', '--testMatch', '**/contract/*.judge.ts', '--json', '--outputFile', output], {
        cwd: root, env: { ...process.env, HOTSHIFT_MOTO_SERVER: join(pythonCommands, 'moto_server'), NODE_NO_WARNINGS: '1' },
      });
      if (!existsSync(output)) throw new Error(`jest left no report: ${stderr.slice(-1000)}`);
      return judged(JSON.parse(readFileSync(output, 'utf8')) as JestReport);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function judged({ testResults, numPassedTests, numPendingTests }: JestReport) {
  const failed = testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed'))
    .map(({ fullName, failureMessages }): Finding => ({ rule: 'case', where: fullName, what: (failureMessages[0] ?? '').slice(0, 1500) }));
  const broken = testResults.filter(({ assertionResults }) => assertionResults.length === 0).map(({ message }): Finding => ({ rule: 'suite', where: 'test/contract/*.judge.ts', what: message.slice(0, 1500) }));
  if (numPassedTests === 0 && failed.length + broken.length === 0) throw new Error('no case ran');
  return { findings: [...failed, ...broken], detail: `${numPassedTests} cases${numPendingTests === 0 ? '' : `, ${numPendingTests} not run`}` };
}
