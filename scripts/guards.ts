// `npm run guards`: takes each safety guard of test/guards/ out of a copy of the sources, one at a time, and demands that the tests which
// the list names fail. A guard whose removal nobody notices is either not needed or not tested; both must be known.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { faultsOf, proofsOf, readGuards, type Guard, type Proof } from './guards/list.ts';
import { Trial } from './guards/trial.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) } } });
const root = join(import.meta.dirname, '..');
const startedAt = performance.now();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Tried { readonly guard: Guard; readonly noticed: readonly string[]; readonly unnoticed: readonly string[] }

const all = readGuards(root);
const faults = faultsOf(root, all);
if (faults.length > 0) {
  say(faults.join('\n'));
  process.exit(1);
}
const guards = all.filter(({ guard }) => new RegExp(values.only).test(guard));
const trials = Array.from({ length: Math.max(1, Number(values.jobs)) }, () => new Trial(root));
const close = (): void => trials.forEach((trial) => trial.close());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { close(); process.exit(130); });
try {
  const broken = await inTurns(alone(guards.flatMap(proofsOf)), async (proof, trial) => {
    const found = await trial.run(proof);
    return found.kind === 'passed' ? [] : [`${proof.label}: ${found.message}`];
  });
  if (broken.flat().length > 0) {
    say(`with every guard in place these must pass, and do not:\n${broken.flat().join('\n')}`);
    process.exitCode = 1;
  } else {
    report(await inTurns(guards, tried));
  }
} finally {
  close();
}

/** Every trial takes the next one when it is free; answers in the order of the list. */
async function inTurns<T, R>(items: readonly T[], act: (item: T, trial: Trial) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  await Promise.all(trials.map(async (trial) => {
    for (let index = next++; index < items.length; index = next++) results[index] = await act(items[index] as T, trial);
  }));
  return results;
}

/** The same test may notice many guards; without a removal once is enough. All scenarios are one run, all tests of a file another. */
function alone(proofs: readonly Proof[]): readonly Proof[] {
  return [...new Set(proofs.map(({ file }) => file))].map((file) => {
    const patterns = [...new Set(proofs.filter((proof) => proof.file === file).map(({ pattern }) => pattern))];
    return { kind: 'unit', file, pattern: patterns.includes('') ? '' : patterns.join('|'), label: file };
  });
}

async function tried(guard: Guard, trial: Trial): Promise<Tried> {
  const [noticed, unnoticed]: [string[], string[]] = [[], []];
  await trial.without(guard.without, async () => {
    for (const proof of proofsOf(guard)) {
      const found = await trial.run(proof);
      if (found.kind === 'failed') noticed.push(`${proof.kind}: ${proof.kind === 'scenario' ? proof.label : found.test}${violated(found.message)}`);
      else unnoticed.push(`${proof.label} ${found.kind === 'passed' ? 'passes all the same' : `did not run: ${found.message}`}`);
    }
  });
  say(`${unnoticed.length === 0 ? 'noticed  ' : 'UNNOTICED'}  ${guard.serves.padEnd(9)}  ${guard.guard}\n${[...noticed, ...unnoticed].map((line) => `             ${line}`).join('\n')}`);
  return { guard, noticed, unnoticed };
}

/** The invariants that the oracle saw violated. */
function violated(message: string): string {
  const found = [...new Set([...message.matchAll(/"(I\d+): /g)].map(([, invariant]) => invariant))];
  return found.length === 0 ? '' : ` (violates ${found.join(', ')})`;
}

function report(results: readonly Tried[]): void {
  const noticed = results.filter(({ unnoticed }) => unnoticed.length === 0);
  const stories = results.filter(({ guard }) => proofsOf(guard).some(({ kind }) => kind === 'scenario' || kind === 'simulation'));
  say(`${stories.length} of them by a scenario or the simulation; ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  say(`${results.length} guards removed, ${noticed.length} noticed`);
  if (noticed.length < results.length || results.length === 0) process.exitCode = 1;
}
