// `hotshift failback`: a person brings the writer home after a failover, or only makes the pair whole again. The workflow looks at everything
// itself; what it would refuse is said here at once, and `--plan` says what it would do and starts nothing. Never started by anything else.
import type { LostRow } from '../../domain/failback.ts';
import { survivorOf, type ApplicationPlan, type Region } from '../../domain/plan.ts';
import { direction, gatesOf, type DatabaseFound, type Direction } from '../../functions/survey/gates.ts';
import { machineArn, stampOf } from '../../domain/starting.ts';
import { agreed } from '../by-hand.ts';
import { noteInJournal } from '../change-lease.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { safe, styleOf } from '../format/style.ts';
import { actor, type OperateOptions } from '../operate.ts';
import { connected, lineArgument, neededPlans, planNamed, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import type { Connection, World } from '../world.ts';

interface Options extends OperateOptions {
  readonly to?: string; readonly keepWriter?: boolean; readonly acceptLost?: boolean; readonly plan?: boolean; readonly lost?: string; readonly reason?: string; readonly runIn?: string; readonly yes?: boolean;
}

export function registerFailback({ program, world, ending }: Registration): void {
  withTarget(program.command('failback').description('after a failover: rebuild the old side, bring the writer home without a loss, share the users again')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .option('--plan', 'say what it would do and what speaks against it; start nothing')
    .option('--to <region>', 'where the writer shall be (default: the first region of the plan)')
    .option('--keep-writer', 'leave the writer where it is: only make the pair whole and share the users again')
    .option('--accept-lost', 'the lost writes were looked at; their database is kept under another name all the same')
    .option('--lost <execution>', 'print the lost writes that a failback has found, as CSV; start nothing')
    .option('--reason <text>', 'why, for the journal', lineArgument)
    .option('--run-in <region>', 'where the workflow runs (default: the witness, whose roles reach both regions)')
    .option('--yes', 'do not ask')
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
It stops without a change when writes were lost and --accept-lost is not given. It never deletes a database: the old one is renamed.
Start it again after any end: it looks where things stand and goes on from there. A failover takes over from it.
Exit codes: 0 started (or planned, or printed), 2 usage, 3 refused, 4 the table, RDS or Step Functions could not be reached.

Examples:
  $ hotshift failback shop --plan
  $ hotshift failback shop --reason "eu-west-1 is well since Monday"
  $ hotshift failback shop --lost shop-failback-20261124T120000Z > lost-writes.csv`)
    .action(ending((application: string | undefined, options: Options) => run(world, application, options)));
}

async function run(world: World, application: string | undefined, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const plan = planNamed(plans, application);
  const home = regionOf(plan, '--to', options.to) ?? plan.regions[0];
  const place = regionOf(plan, '--run-in', options.runIn, [plan.witness, ...plan.regions]) ?? plan.witness;
  const connection = await connected(world, options, plans);
  try {
    if (options.lost !== undefined) return printLost(world, await connection.journal.list(options.lost), options.lost, options.json === true);
    const { way, problems } = await look(world, connection, plan, home);
    if (options.plan === true) return show(world, plan, home, way, problems, options);
    if (problems.length > 0) throw new CommandError(exitCodes.refused, problems.join('; '), 'see `hotshift failback --plan` and `hotshift status`');
    await agreed(world, plan, `This rebuilds databases of ${plan.application}${options.keepWriter === true ? '' : ` and moves its writer to ${home}`}; writes pause for as long as RDS promotes.`, options);
    return await start(world, connection, plan, home, place, options);
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

function regionOf(plan: ApplicationPlan, option: string, given: string | undefined, allowed: readonly Region[] = plan.regions): Region | undefined {
  if (given === undefined || allowed.includes(given)) return given;
  throw new CommandError(exitCodes.usage, `${option}: ${JSON.stringify(given)} is not one of ${plan.application}'s`, `name one of: ${allowed.join(', ')}`);
}

/** What the workflow's first step will find, by the same rules. */
async function look({ clock }: World, { leases, observations, permits, intents, describe }: Connection, plan: ApplicationPlan, home: Region): Promise<{ readonly way: Direction; readonly problems: readonly string[] }> {
  const databases = await Promise.all(plan.databases.map(async (database): Promise<DatabaseFound> => {
    const permit = await permits.read(plan.application, database.name);
    const orders = await Promise.all(plan.regions.map((region) => intents.read(plan.application, database.name, region)));
    return { database: database.name, permit, orders: orders.filter((order) => order !== undefined), writer: permit === undefined ? undefined : await describe(database, permit.writer) };
  }));
  const way = direction(plan, databases, home);
  const gates = gatesOf(plan, { lease: await leases.read(plan.application), observations: await observations.list(plan.application), databases }, way, clock.now());
  return { way, problems: gates.filter(({ passed }) => !passed).map(({ gate, value }) => `${gate}: ${value}`) };
}

/** The steps in order, in the words of the workflow. */
function steps(plan: ApplicationPlan, home: Region, { writer, resumes }: Direction, keepWriter: boolean): readonly string[] {
  const [other, left] = [survivorOf(plan, writer), survivorOf(plan, home)];
  const names = plan.databases.map(({ name }) => name).join(', ');
  const rebuild = (region: Region, from: Region): string => `Rebuild replica: the old ${names} in ${region} is renamed and kept; a replica of ${from} is made in its place, and the region's network is opened as it was`;
  const share = 'Shift users: to both regions, step by step, each confirmed';
  const first = [`Compare databases: what only the old writer in ${other} holds is listed`, rebuild(other, writer), share];
  if (!resumes && (writer === home || keepWriter)) return [...first, 'Scale back'];
  return [
    ...(resumes ? [] : first), ...(resumes ? [] : [`Shift users: all to ${home}, step by step`]),
    `Fence writer, Promote replica, Shift writes: writes stop, ${home} replays every byte, then writes go there`, rebuild(left, home), share, 'Scale back',
  ];
}

function show({ terminal }: World, plan: ApplicationPlan, home: Region, way: Direction, problems: readonly string[], { json, keepWriter = false }: Options): ExitCode {
  const found = steps(plan, home, way, keepWriter);
  if (json === true) terminal.out(JSON.stringify({ application: plan.application, writer: way.writer, home, resumes: way.resumes, steps: found, problems }, null, 2));
  else {
    const style = styleOf(terminal.colour);
    terminal.out([
      `${style.bold(plan.application)}: the writer is in ${way.writer}${way.resumes ? ', and a failback ended in the middle of its switchover' : ''}`, ...found.map((step, index) => `  ${index + 1}. ${safe(step)}`),
      ...(problems.length === 0 ? ['Nothing speaks against it now.'] : [style.bad('It would be refused now:'), ...problems.map((problem) => `  - ${safe(problem)}`)]),
    ].join('\n'));
  }
  return problems.length === 0 ? exitCodes.ok : exitCodes.refused;
}

async function start(world: World, connection: Connection, plan: ApplicationPlan, home: Region, place: Region, options: Options): Promise<ExitCode> {
  const { terminal, clock } = world;
  const name = `${plan.application}-failback-${stampOf(clock.now())}`;
  const by = actor(world, options);
  const noted = await noteInJournal(connection, world, await connection.leases.read(plan.application), name, `started by ${by}: ${options.reason ?? 'no reason given'}`);
  await connection.executions.start(place, machineArn(plan, place, 'failback'), name, {
    application: plan.application, home, keepWriter: options.keepWriter === true, acceptLost: options.acceptLost === true, requestedBy: by.slice(0, 80),
  });
  if (options.json === true) terminal.out(JSON.stringify({ application: plan.application, execution: name, region: place, home, by }, null, 2));
  else terminal.out([`${styleOf(terminal.colour).good('started')}  ${safe(name)} in ${place}`, `  Follow it:    hotshift why ${name}`, `  Lost writes:  hotshift failback --lost ${name}`, `  Stop it:      hotshift abort ${name}`].join('\n'));
  if (!noted) terminal.remark('note: it was started, but who did so could not be written into its journal');
  return exitCodes.ok;
}

interface Listed { readonly database: string; readonly lost: readonly LostRow[]; readonly total: number }

function printLost({ terminal }: World, entries: readonly { readonly step: string; readonly evidence?: unknown }[], execution: string, json: boolean): ExitCode {
  const found = entries.filter(({ step }) => step === 'Compare databases').map(({ evidence }) => evidence as Listed);
  if (found.length === 0) throw new CommandError(exitCodes.refused, `${execution} has compared nothing`, 'name an execution of a failback; `hotshift why` shows how far it came');
  if (json) terminal.out(JSON.stringify(found, null, 2));
  else terminal.out(lostText(found));
  for (const { database, lost, total } of found) if (lost.length < total) terminal.remark(`note: ${database}: ${total} rows were found, ${lost.length} are listed; the old database holds them all`);
  return exitCodes.ok;
}

/** Lost writes as CSV: database, table, key, time. Values are quoted: a key is somebody's data. */
export function lostText(found: readonly Listed[]): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return ['database,table,key,writtenAt', ...found.flatMap(({ database, lost }) => lost.map(({ table, key, at }) => [quoted(database), quoted(table), quoted(key.join(' ')), new Date(at).toISOString()].join(',')))].join('\n');
}
