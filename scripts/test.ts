// `npm test`: all tests. Those of the twin wait for real processes most of the time and must not run beside each other; the rest only
// computes and runs behind them, at a lower priority. With a path or a name one Jest runs what was asked for.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const jest = [join(root, 'node_modules/jest/bin/jest.js'), ...given];
const env = { ...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning` };
/** Minutes each, and spoilt by a neighbour on the machine: by name only, `npm test -- test/twin/switchover test/twin/databases`. */
const LONG = 'test/twin/(switchover|databases)\\.test';
/** More than these are no accident. */
const SECOND_TURN_MAX = 3;
const children: ReturnType<typeof spawn>[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => children.forEach((child) => child.kill(signal)));

if (given.every((argument) => /^--(ci|silent|colors|no-colors|verbose)$/.test(argument))) {
  const parts = await Promise.all([
    captured([process.execPath, ...jest, '--testPathPatterns', 'test/twin/', '--testPathIgnorePatterns', LONG]),
    captured(['nice', '-n', '10', process.execPath, ...jest, '--testPathIgnorePatterns', 'test/twin/', '--maxWorkers', '2']),
  ]);
  const texts = parts.map(({ text }) => text);
  const failed = [...new Set(texts.flatMap((text) => [...text.matchAll(/^FAIL (?:\w+ )?(test\/\S+)/gm)].map(([, file = '']) => file)))];
  const isBroken = parts.some(({ code }) => code !== 0);
  // Few that failed beside all others have another turn alone: what is wrong fails again, what only had no processor does not. Both are told.
  const isWhole = parts.every(({ code, text }) => code === 0 || (/^FAIL /m.test(text) && /^Tests: /m.test(text)));
  const again = isBroken && isWhole && failed.length > 0 && failed.length <= SECOND_TURN_MAX ? await captured([process.execPath, ...jest, '--runInBand', '--runTestsByPath', ...failed]) : undefined;
  if (again !== undefined) process.stderr.write(`${again.code === 0 ? 'passed alone, after they had failed beside others' : 'failed again alone'}: ${failed.join(', ')}\n`);
  const isMended = again?.code === 0;
  for (const what of ['Test Suites', 'Tests'] as const) process.stdout.write(`${summed(what, texts, isMended)}\n`);
  process.exitCode = isBroken && !isMended ? 1 : 0;
} else {
  const child = spawn(process.execPath, jest, { stdio: 'inherit', env });
  children.push(child);
  child.once('close', (code) => { process.exitCode = code ?? 1; });
}

/** Shows what a part says as it comes, and keeps it for the sum. */
function captured([command = '', ...rest]: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        process.stderr.write(chunk);
      });
    }
    child.once('error', reject).once('close', (code) => resolve({ code: code ?? 1, text }));
  });
}

/** `Tests: 1 failed, 20 passed, 21 total` of all parts in one line, as Jest writes it. */
function summed(what: string, texts: readonly string[], isMended: boolean): string {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const line = [...text.matchAll(new RegExp(`^${what}:\\s+(.+)$`, 'gm'))].at(-1)?.[1] ?? '0 total';
    for (const [, number, kind = ''] of line.matchAll(/(\d+) (\w+)/g)) counts.set(kind, (counts.get(kind) ?? 0) + Number(number));
  }
  if (isMended) {
    counts.set('passed', (counts.get('passed') ?? 0) + (counts.get('failed') ?? 0));
    counts.delete('failed');
  }
  const kinds = ['failed', 'skipped', 'passed', 'total'].filter((kind) => counts.has(kind));
  return `${`${what}:`.padEnd(12)} ${kinds.map((kind) => `${counts.get(kind)} ${kind}`).join(', ')}`;
}
