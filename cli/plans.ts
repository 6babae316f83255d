// Which configuration, which applications, which table, from which region: what all commands share about options.
import { type Command, InvalidArgumentError } from 'commander';
import { RefusedByAwsError, TryAgainError } from '../domain/errors.ts';
import type { ApplicationPlan, Instant } from '../domain/plan.ts';
import { parsePlans, type Plans } from '../events/config.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { RunningTwin } from './running-twin.ts';
import type { Connection, World } from './world.ts';

/** `twin`: the twin that runs on this machine, or the one of a directory. */
export interface ConfigOptions { readonly config?: string; readonly twin?: string | true }
export interface TargetOptions extends ConfigOptions { readonly region?: string; readonly table?: string }

const standardConfig = 'hotshift.yml';

export const withConfig = (command: Command): Command =>
  command.option('-c, --config <file>', `configuration to read (default: ${standardConfig})`);

export const withTarget = (command: Command): Command => withConfig(command)
  .option('--region <region>', 'region to reach the table from (default: $AWS_REGION); one that works: the witness is a good choice')
  .option('--twin [directory]', 'act on the twin that runs on this machine instead of AWS')
  .option('--table <name>', "Hotshift's DynamoDB table (default: $HOTSHIFT_TABLE, or the one in the configuration)");

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
const regionOf = ({ variables }: World, options: TargetOptions): string | undefined =>
  given(options.region) ?? given(variables['AWS_REGION']) ?? given(variables['AWS_DEFAULT_REGION']);

/** Undefined unless it was asked for. */
function twinOf({ findTwin }: World, { twin }: ConfigOptions): RunningTwin | undefined {
  return twin === undefined ? undefined : findTwin?.(twin === true ? undefined : twin);
}

/** The plans of the configuration; undefined when it does not exist and was not asked for by name. */
export async function readPlans(world: World, options: ConfigOptions): Promise<Plans | undefined> {
  const path = options.config ?? twinOf(world, options)?.configFile ?? standardConfig;
  const text = await world.readText(path);
  if (text !== undefined) return parsePlans(text, path);
  if (options.config !== undefined) throw new CommandError(exitCodes.usage, `--config: there is no file ${path}`, 'give the path of your hotshift.yml');
  return undefined;
}

export async function neededPlans(world: World, options: ConfigOptions): Promise<Plans> {
  const plans = await readPlans(world, options);
  if (plans !== undefined) return plans;
  throw new CommandError(exitCodes.usage, `there is no ${standardConfig} here`, 'run `hotshift init`, or give its path with --config');
}

/** The plan of an application; without a name, the only one. */
export function planNamed(plans: Plans, application: string | undefined): ApplicationPlan {
  const names = plans.applications.map((plan) => plan.application);
  const [first] = plans.applications;
  if (application === undefined && names.length === 1 && first !== undefined) return first;
  const plan = plans.applications.find((candidate) => candidate.application === application);
  if (plan !== undefined) return plan;
  const problem = application === undefined ? 'the configuration has several applications' : `there is no application ${JSON.stringify(application)} in the configuration`;
  throw new CommandError(exitCodes.usage, problem, `name one of: ${names.join(', ')}`);
}

/** Connects to the table from a region that was named: guessing one could mean asking the region that is down. */
export async function connected(world: World, options: TargetOptions, plans: Plans | undefined): Promise<Connection> {
  const twin = twinOf(world, options);
  const region = options.region ?? twin?.region ?? regionOf(world, options);
  const witness = plans?.applications[0]?.witness;
  if (region === undefined) {
    throw new CommandError(exitCodes.usage, 'no region is named', `give --region or set AWS_REGION${witness === undefined ? '' : `; the witness works when the pair does not: --region ${witness}`}`);
  }
  const table = given(options.table) ?? given(world.variables['HOTSHIFT_TABLE']) ?? plans?.table;
  if (table === undefined) throw new CommandError(exitCodes.usage, 'no table is named', 'give --table, or a configuration with --config');
  world.terminal.progress(`Reading ${table} from ${region}`);
  return world.connect({ region, table, ...(twin === undefined ? {} : { endpoint: twin.endpoint }) });
}

/** A store that gives no answer: said with where it was looked for, and where else to look. Any other error stays what it is. */
export function unreachable(error: unknown, world: World, options: TargetOptions, plans: Plans | undefined): unknown {
  if (!(error instanceof TryAgainError || error instanceof RefusedByAwsError)) return error;
  const reason = error.message.split('\n')[0] ?? error.name;
  const region = regionOf(world, options);
  const others = [...new Set(plans?.applications.flatMap((plan) => [plan.witness, ...plan.regions]) ?? [])].filter((other) => other !== region);
  const elsewhere = others.length === 0 ? 'try another region with --region' : `try another region: --region ${others.join(' or ')}`;
  const fix = error instanceof RefusedByAwsError ? 'check credentials, permissions and --table' : elsewhere;
  return new CommandError(exitCodes.unreachable, `the table could not be used from ${region ?? 'here'}: ${reason}`, fix, { cause: error });
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90m` as milliseconds, for --for. */
export function durationArgument(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (unitMs[unit] ?? Number.NaN);
  if (!(milliseconds > 0)) throw new InvalidArgumentError('Write a duration such as 30m, 2h or 1d.');
  return milliseconds;
}

/** An ISO time with its zone, for --until: a time without a zone means something else on each laptop. */
export function instantArgument(text: string): Instant {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError('Write a time with its zone, such as 2026-11-24T18:00Z or 2026-11-24T19:00+01:00.');
  }
  return Date.parse(text);
}

/** A name or a reason that will be shown to others: one line, not endless. */
export function lineArgument(text: string): string {
  const line = text.trim();
  if (line === '' || line.length > 200 || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line)) throw new InvalidArgumentError('Write one line of at most 200 characters.');
  return line;
}
