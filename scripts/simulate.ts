// `npm run simulate`: random schedules of faults on the production steps and the deployed state machine, judged by the oracle.
// Prints counts of outcomes and speed; ends with 1, the seed and its story when an invariant is violated.
import { parseArgs } from 'node:util';
import { drawFaults } from '../simulator/menu.ts';
import { Random } from '../simulator/random.ts';
import { described } from '../simulator/faults.ts';
import { simulate, type RunResult } from '../simulator/simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '1000' }, faults: { type: 'string' },
    story: { type: 'boolean', default: false }, 'keep-going': { type: 'boolean', default: false },
  },
});
// Errors are ordinary here and nobody reads their stacks; taking them costs a tenth of the time.
Error.stackTraceLimit = 0;
const number = (name: 'seed' | 'runs' | 'faults', fallback: number): number => {
  const found = Number(values[name] ?? fallback);
  if (Number.isInteger(found) && found >= 0) return found;
  process.stderr.write(`--${name}: ${String(values[name])} is no whole number\n`);
  process.exit(2);
};

const first = number('seed', 1);
const runs = values.story ? 1 : number('runs', 1000);
const [outcomes, startedAt] = [new Map<string, number>(), performance.now()];
let [events, violating] = [0, 0];
for (let seed = first; seed < first + runs; seed += 1) {
  const result = await simulate({ seed, faults: faultsOf(seed) });
  outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
  events += result.events;
  if (values.story) process.stdout.write(`${result.story}\n`);
  if (result.violations.length === 0) continue;
  violating += 1;
  report(result);
  if (!values['keep-going']) break;
}
const seconds = (performance.now() - startedAt) / 1000;
const done = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
process.stdout.write(`${done} schedules in ${seconds.toFixed(1)} s, ${Math.round((done / seconds) * 60)} a minute, ${Math.round(events / done)} events each\n`);
for (const [outcome, count] of [...outcomes].sort((one, other) => other[1] - one[1])) process.stdout.write(`${String(count).padStart(8)}  ${outcome}\n`);
process.stdout.write(`${String(violating).padStart(8)}  with a violation\n`);
process.exitCode = violating > 0 ? 1 : 0;

function faultsOf(seed: number) {
  const random = new Random(seed * 7919);
  return drawFaults(random, number('faults', random.whole(1, 6)));
}

function report(result: RunResult): void {
  const faults = faultsOf(result.seed).map((fault) => `  at ${fault.at} s${fault.for === undefined ? '' : ` for ${fault.for} s`}: ${described(fault)}`);
  const found = result.violations.map((entry) => `VIOLATION of ${entry.invariant}: ${entry.what}`);
  const more = values.story ? [] : [`  npm run simulate -- --seed ${result.seed} --story${values.faults === undefined ? '' : ` --faults ${values.faults}`}`];
  process.stdout.write(`${[...found, `seed ${result.seed}`, ...faults, ...more].join('\n')}\n\n`);
}
