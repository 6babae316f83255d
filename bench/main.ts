// `npm run bench -- grid | fleet | sizes | speed | twin | check`: prints tables in Markdown; docs/benchmarks.md holds what came out.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { failoverUse } from '../cost/workflow.ts';
import { simulatedPlan } from '../simulator/plan.ts';
import { FAULTS, type Fault } from '../twin/settings.ts';
import { fleetCloud, measureFleet, type FleetResult } from './fleets.ts';
import { cellGates, fleetGates } from './gates.ts';
import { GRID, STANDARD, cells, measureCell, type Cell, type CellResult } from './grid.ts';
import { measureSizes, BUDGET_KILOBYTES } from './sizes.ts';
import { schedulesPerMinute, statesPerSecond } from './speed.ts';
import { shown } from './statistics.ts';
import type { SubjectName } from './subjects.ts';
import { fleetTable, gateTable, gridTable, table, twinTable } from './tables.ts';
import { MEASURED_FAULTS, runTwin, twinFigures, type TwinFigures, type TwinRun } from './twin.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, whole: { type: 'boolean', default: false }, applications: { type: 'string' }, subjects: { type: 'string' }, faults: { type: 'string' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
});
// Errors are ordinary here and nobody reads their stacks; taking them costs a tenth of the time.
Error.stackTraceLimit = 0;
const out = (text: string): void => void process.stdout.write(`${text}\n`);
const runs = (fallback: number): number => Number(values.runs ?? fallback);
const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => Number(values.seed) + index);

async function grid(): Promise<void> {
  // Around one cell in the middle, or every combination with --whole.
  const middle = { promotionSeconds: [240], statusLagSeconds: [60] } as const;
  const wanted: readonly Cell[] = values.whole ? cells() : [
    ...cells({ ...GRID, transitionMs: [STANDARD.transitionMs], eventLoss: [STANDARD.eventLoss] }),
    ...cells({ ...middle, transitionMs: GRID.transitionMs, eventLoss: GRID.eventLoss }).filter(({ transitionMs, eventLoss }) => transitionMs !== STANDARD.transitionMs || eventLoss !== STANDARD.eventLoss),
  ];
  const results: CellResult[] = [];
  for (const cell of wanted) results.push(await measureCell(cell, seeds(runs(10))));
  out(values.json ? JSON.stringify(results) : gridTable(results));
}

const SUBJECTS: readonly SubjectName[] = ['hotshift evacuate', 'hotshift', 'orchestrator', 'orchestrator with retries', 'naive'];

async function fleet(): Promise<void> {
  const results: FleetResult[] = [];
  const subjects = values.subjects === undefined ? SUBJECTS : SUBJECTS.filter((name) => values.subjects?.split(',').includes(name));
  for (const applications of (values.applications ?? '1,10,100').split(',').map(Number)) {
    for (const subject of subjects) {
      results.push(await measureFleet(subject, fleetCloud(applications, Number(values.seed))));
      process.stderr.write(`${subject}, ${applications}: ${shown(results.at(-1)?.wallSeconds, 0)} s\n`);
    }
  }
  out(values.json ? JSON.stringify(results.map(({ measured: { applications: _, ...rest }, ...result }) => ({ ...result, ...rest }))) : fleetTable(results));
}

async function sizes(): Promise<void> {
  const found = await measureSizes(runs(5));
  out(table(['function', 'KB', `within ${BUDGET_KILOBYTES} KB`, 'loads in, ms (median)', 'largest parts, KB'], found.map(({ name, kilobytes, loadMs, largest }) =>
    [name, String(kilobytes), kilobytes <= BUDGET_KILOBYTES ? 'yes' : 'no', shown(loadMs, 0), largest])));
  const use = await failoverUse(simulatedPlan(), { promotion: 240, records: 10 });
  out(`\nOne failover with a promotion of 240 s, counted from the workflow: ${use.transitions} transitions, ${Object.values(use.calls).reduce((sum, calls) => sum + calls, 0)} invocations.`);
}

async function speed(): Promise<void> {
  const [states, schedules] = [await statesPerSecond(5), await schedulesPerMinute(runs(30))];
  out(table(['instrument', 'figure'], [
    ['interpreter, states a second (Pass with an assignment, Choice)', shown(states, 0)],
    [`simulator with oracle, schedules a minute on one processor (${schedules.schedules} run)`, shown(schedules.perMinute, 0)], ['violations', String(schedules.violations)], ['processors of this machine', String(availableParallelism())],
  ]));
}

async function twin(): Promise<void> {
  const faults = values.faults === undefined ? MEASURED_FAULTS : FAULTS.filter((fault): fault is Fault => values.faults?.split(',').includes(fault) === true);
  const figures: TwinFigures[] = [];
  for (const fault of faults) {
    const found: TwinRun[] = [];
    for (const seed of seeds(runs(20))) {
      const run = await runTwin(fault, seed);
      found.push(run);
      process.stderr.write(`${fault} seed ${seed}: ${run.outcome}, ${shown(run.downtimeSeconds, 2)} s of ${shown(run.floorSeconds, 2)} s\n`);
    }
    figures.push(twinFigures(fault, found));
  }
  out(values.json ? JSON.stringify(figures) : twinTable(figures));
}

/** A short form for CI: five cells and a small fleet. */
async function check(): Promise<void> {
  const chosen = cells({ promotionSeconds: [20, 120, 240], statusLagSeconds: [0, 60], transitionMs: [STANDARD.transitionMs], eventLoss: [0] });
  const gates = [];
  for (const cell of chosen) gates.push(...cellGates(await measureCell(cell, seeds(3))));
  const cloud = fleetCloud(20, Number(values.seed));
  gates.push(...fleetGates(await measureFleet('hotshift evacuate', cloud), await measureFleet('orchestrator with retries', cloud)));
  const failed = gates.filter(({ passed }) => !passed);
  out(gateTable(failed.length === 0 ? gates : failed));
  out(failed.length === 0 ? `bench:check: all ${gates.length} gates hold` : `bench:check: ${failed.length} of ${gates.length} gates are broken`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = { grid, fleet, sizes, speed, twin, check };
const command = COMMANDS[positionals[0] ?? 'grid'];
if (command === undefined) {
  process.stderr.write(`${positionals[0] ?? ''}: unknown; one of ${Object.keys(COMMANDS).join(', ')}\n`);
  process.exitCode = 2;
} else await command();
