// A copy of the sources in which a guard can be taken out, and Jest run on it. The checkout itself is never touched.
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import type { Proof, Removal } from './list.ts';

/** What is not needed to run tests, or must not be copied (running twins, reports). */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git', '.hotshift', '.venv', '.serverless', '.stryker-tmp', 'coverage', 'dist', 'docs', 'reports']);
/** A test takes seconds, on a busy machine minutes. One that does not end has not noticed anything. */
const LIMIT_MS = 600_000;

interface Assertion { readonly fullName: string; readonly status: string; readonly failureMessages: readonly string[] }
interface JestReport { readonly numRuntimeErrorTestSuites: number; readonly testResults: readonly { readonly message: string; readonly assertionResults: readonly Assertion[] }[] }

/** `broken`: no test could run at all, which is not the same as a test that noticed. */
export type Found =
  | { readonly kind: 'passed'; readonly tests: number }
  | { readonly kind: 'failed'; readonly test: string; readonly message: string }
  | { readonly kind: 'broken'; readonly message: string };

export class Trial {
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(root: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'hotshift-guards-'));
    cpSync(root, this.#folder, { recursive: true, filter: (source) => !LEFT_OUT.has(relative(root, source).split(sep)[0] ?? '') });
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'), 'dir');
  }

  /** Runs `work` on sources that lack a guard, and puts it back. */
  async without<T>(removals: readonly Removal[], work: () => Promise<T>): Promise<T> {
    const before = new Map<string, string>();
    try {
      for (const { in: file, replace, by } of removals) {
        const path = join(this.#folder, file);
        const text = readFileSync(path, 'utf8');
        if (!before.has(path)) before.set(path, text);
        const [head, tail, ...more] = text.split(replace);
        if (head === undefined || tail === undefined || more.length > 0) throw new Error(`${file} does not hold this text exactly once: ${replace}`);
        writeFileSync(path, head + by + tail);
      }
      return await work();
    } finally {
      for (const [path, text] of before) writeFileSync(path, text);
    }
  }

  /** Runs these tests of one file. */
  async run({ file, pattern }: Pick<Proof, 'file' | 'pattern'>): Promise<Found> {
    const report = join(this.#folder, 'report.json');
    rmSync(report, { force: true });
    const said = await this.#jest(['--ci', '--runInBand', '--json', `--outputFile=${report}`, '--runTestsByPath', file, ...(pattern === '' ? [] : ['-t', pattern])]);
    let found: JestReport;
    try {
      found = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
    } catch (error) {
      return { kind: 'broken', message: `Jest gave no report (${String(error)}): ${said.slice(-2000)}` };
    }
    const assertions = found.testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = assertions.find(({ status }) => status === 'failed');
    if (failed !== undefined) return { kind: 'failed', test: failed.fullName, message: failed.failureMessages.join('\n') };
    if (found.numRuntimeErrorTestSuites > 0) return { kind: 'broken', message: found.testResults.map(({ message }) => message).join('\n') };
    const tests = assertions.filter(({ status }) => status === 'passed').length;
    return tests === 0 ? { kind: 'broken', message: `no test of ${file} is named ${pattern}` } : { kind: 'passed', tests };
  }

  #jest(more: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(this.#folder, 'node_modules/jest/bin/jest.js'), ...more], {
        cwd: this.#folder, env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' }, timeout: LIMIT_MS, killSignal: 'SIGKILL',
      });
      this.#child = child;
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => { said += part.toString(); });
      child.once('error', reject);
      child.once('close', () => { this.#child = undefined; resolve(said); });
    });
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
