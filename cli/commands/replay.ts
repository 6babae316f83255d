// `hotshift replay FILE`: past alarms, metrics and observations through the production policy. What would it have done, when and why,
// and how does that compare with what people say that happened? Reads files and moves nothing.
import type { ApplicationPlan } from '../../domain/plan.ts';
import { cloudwatchRecords, readSignals } from '../../replay/cloudwatch.ts';
import { RecordError } from '../../replay/lines.ts';
import { changedPolicy } from '../../replay/policy.ts';
import { evidenceOf } from '../../replay/record.ts';
import { evidenceIn, formatOf, treesOf, type Format, type Placed } from '../../replay/read.ts';
import { replay, type Candidate } from '../../replay/replay.ts';
import { incidentOf, type Incident } from '../../replay/score.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { replayText } from '../format/replay.ts';
import { styleOf } from '../format/style.ts';
import type { Registration } from '../program.ts';
import { durationArgument, neededPlans, planNamed, withConfig } from '../plans.ts';
import type { World } from '../world.ts';

interface Options {
  readonly config?: string; readonly application?: string; readonly incidents?: string; readonly policy: readonly string[]; readonly signals?: string;
  readonly records?: boolean; readonly format?: string; readonly acknowledge?: number; readonly json?: boolean;
}

export function registerReplay({ program, world, ending }: Registration): void {
  withConfig(program.command('replay').description('past alarms, metrics and observations through the policy: what would it have done, when, why').argument('<file>', 'JSON Lines or CSV (docs/replay.md)'))
    .option('--application <name>', 'application of the configuration (default: the only one)')
    .option('--incidents <file>', 'labelled incidents, JSON Lines or CSV: finds false alarms, misses and delays')
    .option('--policy <field=value>', 'compare with this change, such as detection.quorum=1; may be repeated', (text: string, all: readonly string[]) => [...all, text], [] as readonly string[])
    .option('--signals <file>', 'the file is an answer of CloudWatch (GetMetricData or DescribeAlarmHistory); YAML that says what each series is about')
    .option('--records', 'with --signals: print the records instead of replaying them')
    .option('--format <format>', 'jsonl or csv (default: by the name of the file)')
    .option('--acknowledge <duration>', 'a person acknowledges a failover after this long (default: policy.cooldown)', durationArgument)
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', `
Exit codes: 0 replayed, whatever was found; 2 a line that cannot be read, with its number.

Examples:
  $ hotshift replay october.jsonl
  $ hotshift replay october.csv --incidents outages.csv
  $ hotshift replay october.jsonl --incidents outages.csv --policy detection.failuresToSuspect=1
  $ hotshift replay metrics.json --signals signals.yml --records > october.jsonl`)
    .action(ending((file: string, options: Options) => command(world, file, options)));
}

async function command(world: World, file: string, options: Options): Promise<ExitCode> {
  try {
    return await replayed(world, file, options);
  } catch (error) {
    if (error instanceof RecordError) throw new CommandError(exitCodes.usage, error.message, error.fix, { cause: error });
    throw error;
  }
}

async function replayed(world: World, file: string, options: Options): Promise<ExitCode> {
  const plan = planNamed(await neededPlans(world, options), options.application);
  if (options.signals !== undefined && options.records === true) {
    for (const record of await converted(world, file, options.signals)) world.terminal.out(JSON.stringify(record));
    return exitCodes.ok;
  }
  if (options.records === true) throw new CommandError(exitCodes.usage, '--records converts an answer of CloudWatch', 'give --signals as well');
  const incidents = options.incidents === undefined ? undefined : await incidentsIn(world, options.incidents, plan);
  const changed = options.policy.length === 0 ? undefined : changedPolicy(plan, options.policy);
  const candidates: readonly Candidate[] = [{ name: 'the plan', plan }, ...(changed === undefined ? [] : [{ name: options.policy.join(' '), plan: changed.plan }])];
  for (const refusal of changed?.refusals ?? []) world.terminal.remark(`${styleOf(world.terminal.colour).warn('note:')} hotshift check would refuse the changed policy: ${refusal}`);
  const found = await replay(await evidence(world, file, options, plan), candidates, incidents, options.acknowledge === undefined ? undefined : options.acknowledge / 1000);
  world.terminal.out(options.json === true ? JSON.stringify({ application: plan.application, ...found }, null, 2) : replayText({ application: plan.application, ...found }, styleOf(world.terminal.colour), world.terminal.columns));
  return exitCodes.ok;
}

async function evidence(world: World, file: string, options: Options, plan: ApplicationPlan): Promise<AsyncIterable<Placed>> {
  if (options.signals === undefined) return evidenceIn(await parts(world, file), formatGiven(options.format, file), plan, file);
  const records = await converted(world, file, options.signals);
  return each(records.map((record, index): Placed => ({ evidence: evidenceOf(record, plan, `${file}, record ${index + 1}`), line: index + 1 })));
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function converted(world: World, file: string, signalsFile: string): Promise<readonly object[]> {
  return cloudwatchRecords(await text(world, file), readSignals(await text(world, signalsFile), signalsFile), file);
}

async function incidentsIn(world: World, file: string, plan: ApplicationPlan): Promise<readonly Incident[]> {
  const found: Incident[] = [];
  for await (const { tree, line } of treesOf(await parts(world, file), formatOf(file), file, 'from')) found.push(incidentOf(numbers(tree), plan, `${file}:${line}`));
  return found;
}

/** In CSV a time in milliseconds is text. */
const numbers = (tree: unknown): unknown => (typeof tree !== 'object' || tree === null ? tree
  : Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, (name === 'from' || name === 'to') && typeof value === 'string' && /^\d{12,14}$/.test(value) ? Number(value) : value])));

function formatGiven(format: string | undefined, file: string): Format {
  if (format === undefined) return formatOf(file);
  if (format === 'jsonl' || format === 'csv') return format;
  throw new CommandError(exitCodes.usage, `--format is ${JSON.stringify(format)}`, 'write jsonl or csv');
}

const missing = (path: string): CommandError => new CommandError(exitCodes.usage, `there is no file ${path}`, 'give the path of a record (docs/replay.md)');

async function parts(world: World, path: string): Promise<AsyncIterable<string>> {
  const found = await world.readParts(path);
  if (found === undefined) throw missing(path);
  return found;
}

async function text(world: World, path: string): Promise<string> {
  const found = await world.readText(path);
  if (found === undefined) throw missing(path);
  return found;
}
