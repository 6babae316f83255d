// `npm run simulate`: random schedules of faults on the production steps and the deployed state machine, judged by the oracle.
// Prints counts of outcomes and speed; ends with 1, the seed and its story when an invariant is violated.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawFaults } from '../simulator/menu.ts';
import { Random } from '../simulator/random.ts';
import { described } from '../simulator/faults.ts';
import { shrunk } from '../simulator/shrink.ts';
import { simulate, type RunResult } from '../simulator/simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' }, runs: { type: 'string' }, faults: { type: 'string' }, workers: { type: 'string' },
    story: { type: 'boolean', default: false }, 'keep-going': { type: 'boolean', default: false }, json: { type: 'boolean', default: false },
  },
});
// Errors are ordinary here and nobody reads their stacks; taking them costs a tenth of the time.
Error.stackTraceLimit = 0;
const number = (name: 'seed' | 'runs' | 'faults' | 'workers', fallback: number): number => {
  const found = Number(values[name] ?? fallback);
  if (Number.isInteger(found) && found >= 0) return found;
  process.stderr.write(`--${name}: ${String(values[name])} is no whole number\n`);
  process.exit(2);
};

interface Part { readonly done: number; readonly events: number; readonly violating: readonly string[]; readonly outcomes: Readonly<Record<string, number>> }
interface Range { readonly first: number; readonly runs: number }

const first = number('seed', 1);
// A seed by itself is that one schedule again.
const runs = values.story ? 1 : number('runs', values.seed === undefined ? 1000 : 1);
if (process.send === undefined) await whole();
else process.once('message', (range: Range) => void part(range).then((found) => process.send?.(found, () => process.disconnect())));

/** All seeds, split over as many processes as the machine has processors: one process simulates on one. */
async function whole(): Promise<void> {
  const startedAt = performance.now();
  const workers = Math.max(1, Math.min(number('workers', availableParallelism()), Math.ceil(runs / 50)));
  const each = Math.ceil(runs / workers);
  const ranges = Array.from({ length: workers }, (_, index): Range => ({ first: first + index * each, runs: Math.max(0, Math.min(each, runs - index * each)) }));
  const parts = workers === 1 ? [await part({ first, runs })] : await Promise.all(ranges.map(elsewhere));
  const seconds = (performance.now() - startedAt) / 1000;
  const sum = (of: (one: Part) => number): number => parts.reduce((total, one) => total + of(one), 0);
  const [done, events, violating] = [sum((one) => one.done), sum((one) => one.events), parts.flatMap((one) => one.violating)];
  const outcomes = new Map<string, number>();
  for (const one of parts) for (const [outcome, count] of Object.entries(one.outcomes)) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  const aMinute = Math.round((done / seconds) * 60);
  if (values.json) process.stdout.write(`${JSON.stringify({ schedules: done, seconds, aMinute, workers, eventsEach: Math.round(events / done), outcomes: Object.fromEntries(outcomes), violating: violating.length })}\n`);
  else {
    process.stdout.write(violating.map((text) => `${text}\n\n`).join(''));
    process.stdout.write(`${done} schedules in ${seconds.toFixed(1)} s by ${workers} processes, ${aMinute} a minute, ${Math.round(events / done)} events each\n`);
    for (const [outcome, count] of [...outcomes].sort((one, other) => other[1] - one[1])) process.stdout.write(`${String(count).padStart(8)}  ${outcome}\n`);
    process.stdout.write(`${String(violating.length).padStart(8)}  with a violation\n`);
  }
  process.exitCode = violating.length > 0 ? 1 : 0;
}

function elsewhere(range: Range): Promise<Part> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
    child.once('message', (found) => resolve(found as Part)).once('error', reject);
    child.once('exit', (code) => reject(new Error(`a process that simulated seeds ${range.first} to ${range.first + range.runs - 1} ended with ${String(code)}`)));
    child.send(range);
  });
}

async function part(range: Range): Promise<Part> {
  const outcomes: Record<string, number> = {};
  const violating: string[] = [];
  let [done, events] = [0, 0];
  for (let seed = range.first; seed < range.first + range.runs; seed += 1) {
    const result = await simulate({ seed, faults: faultsOf(seed) });
    done += 1;
    outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1;
    events += result.events;
    if (values.story) process.stdout.write(`${result.story}\n`);
    if (result.violations.length === 0) continue;
    violating.push(await report(result));
    if (!values['keep-going']) break;
  }
  return { done, events, violating, outcomes };
}

function faultsOf(seed: number) {
  const random = new Random(seed * 7919);
  return drawFaults(random, number('faults', random.whole(1, 6)));
}

async function report(result: RunResult): Promise<string> {
  const { seed, violations, story } = result;
  const told = (fault: ReturnType<typeof faultsOf>[number]): string => `  at ${fault.at} s${fault.for === undefined ? '' : ` for ${fault.for} s`}: ${described(fault)}`;
  const whole = faultsOf(seed);
  const fewest = await shrunk(seed, whole, violations[0]?.invariant ?? '');
  const found = violations.map((entry) => `VIOLATION of ${entry.invariant}: ${entry.what}`);
  const more = values.story || runs === 1 ? [] : [`  npm run simulate -- --seed ${seed} --story${values.faults === undefined ? '' : ` --faults ${values.faults}`}`];
  // Told at once where one schedule was asked for; of thousands the command above tells it.
  return [...found, `seed ${seed}`, ...whole.map(told), ...(fewest.length < whole.length ? ['of these are needed', ...fewest.map(told)] : []), ...more, ...(runs === 1 && !values.story ? [story] : [])].join('\n');
}
