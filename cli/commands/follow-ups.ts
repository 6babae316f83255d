// `hotshift follow-ups`: what drills have found, who takes care of it until when, and how it was settled. Only a person closes one.
import { isOverdue, openOf, type FollowUp } from '../../domain/follow-ups.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { followUpLines } from '../format/follow-ups.ts';
import { safe, styleOf } from '../format/style.ts';
import { stampOf } from '../../domain/starting.ts';
import { actor, type OperateOptions } from '../operate.ts';
import { connected, lineArgument, neededPlans, planNamed, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import type { Connection, World } from '../world.ts';

interface Options extends OperateOptions {
  readonly all?: boolean; readonly add?: string; readonly execution?: string; readonly assign?: string; readonly close?: string; readonly owner?: string; readonly due?: number; readonly how?: string;
}

/** Where a person names no day. */
const DUE_MS = 28 * 86_400_000;

export function registerFollowUps({ program, world, ending }: Registration): void {
  withTarget(program.command('follow-ups').description('what drills have found: list, assign, add, close')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .option('--all', 'list the closed ones as well')
    .option('--assign <id>', 'give it an --owner, a --due day, or both')
    .option('--close <id>', 'it is settled; say --how')
    .option('--add <text>', 'add one by hand', lineArgument)
    .option('--execution <name>', 'with --add: the execution that it belongs to', lineArgument)
    .option('--owner <name>', 'who takes care of it', lineArgument)
    .option('--due <day>', 'until when, as 2026-12-24', dayArgument)
    .option('--how <text>', 'with --close: how it was settled', lineArgument)
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
A drill that was refused, stopped or handed over adds one by itself, due before the next monthly drill.
Exit codes: 0 listed or changed, 2 usage, 3 there is no such entry, or somebody changed it meanwhile, 4 the table could not be reached.

Examples:
  $ hotshift follow-ups shop
  $ hotshift follow-ups shop --assign shop-drill-traffic-20261103T100000Z --owner ana --due 2026-11-20
  $ hotshift follow-ups shop --close shop-drill-traffic-20261103T100000Z --how "alarm shop-errors had a wrong threshold"`)
    .action(ending((application: string | undefined, options: Options) => run(world, application, options)));
}

/** The end of that day, UTC: due on a day is not late on it. */
function dayArgument(text: string): number {
  const at = Date.parse(`${text}T23:59:59Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !Number.isFinite(at) || new Date(at).toISOString().slice(0, 10) !== text) throw new CommandError(exitCodes.usage, `--due: ${JSON.stringify(text)} is no day`, 'write it as 2026-12-24');
  return at;
}

async function run(world: World, given: string | undefined, options: Options): Promise<ExitCode> {
  const wishes = [options.add, options.assign, options.close].filter((one) => one !== undefined);
  if (wishes.length > 1) throw new CommandError(exitCodes.usage, 'one thing at a time: --add, --assign or --close', 'run it once for each');
  const plans = await neededPlans(world, options);
  const { application } = planNamed(plans, given);
  const connection = await connected(world, options, plans);
  try {
    if (options.add !== undefined) await connection.followUps.add(added(world, application, options.add, options));
    else if (wishes.length === 1) await change(world, connection, application, options);
    return show(world, await connection.followUps.list(application), options);
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

function added({ clock }: World, application: string, what: string, { owner, due, execution }: Options): FollowUp {
  const now = clock.now();
  return { application, id: `by-hand-${stampOf(now)}`, execution: execution ?? 'by hand', what, foundAt: now, dueAt: due ?? now + DUE_MS, version: 1, ...(owner === undefined ? {} : { owner }) };
}

async function change(world: World, { followUps }: Connection, application: string, options: Options): Promise<void> {
  const id = options.assign ?? options.close;
  const before = (await followUps.list(application)).find((one) => one.id === id);
  if (before === undefined) throw new CommandError(exitCodes.refused, `${application} has no follow-up ${JSON.stringify(id)}`, `see \`hotshift follow-ups ${application} --all\``);
  if (before.closed !== undefined) throw new CommandError(exitCodes.refused, `it was closed by ${before.closed.by}: ${before.closed.how}`, 'add another one with --add');
  const { version: _version, ...rest } = before;
  if (!(await followUps.replace(before, { ...rest, ...changes(world, options) }))) throw new CommandError(exitCodes.refused, 'somebody changed it meanwhile: nothing was changed', 'look at it again');
}

function changes(world: World, options: Options): Partial<FollowUp> {
  const { owner, due, how } = options;
  if (options.close !== undefined) {
    if (how === undefined) throw new CommandError(exitCodes.usage, '--how is missing', 'say how it was settled: an auditor will ask');
    return { closed: { at: world.clock.now(), by: actor(world, options), how } };
  }
  if (owner === undefined && due === undefined) throw new CommandError(exitCodes.usage, '--assign changes nothing', 'give --owner, --due, or both');
  return { ...(owner === undefined ? {} : { owner }), ...(due === undefined ? {} : { dueAt: due }) };
}

function show({ terminal, clock }: World, all: readonly FollowUp[], { json, all: withClosed }: Options): ExitCode {
  const now = clock.now();
  const shown = withClosed === true ? [...openOf(all), ...all.filter(({ closed }) => closed !== undefined)] : openOf(all);
  if (json === true) terminal.out(JSON.stringify({ followUps: shown.map((one) => ({ ...one, overdue: isOverdue(one, now) })) }, null, 2));
  else terminal.out(shown.length === 0 ? 'nothing is open' : followUpLines(shown, now, styleOf(terminal.colour)).map(safe).join('\n'));
  return exitCodes.ok;
}
