// `hotshift evacuate`: a person leads every application of a region out of it. It starts a workflow that starts each application's own
// failover in its turn; whether one is moved is decided there, by its own vantage points, lease, fence and gates. `--plan` only looks.
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import { DOCUMENTED_RATES, RESERVED_SHARE } from '../../functions/muster/rates.ts';
import { turns, type Standing, type Turns } from '../../functions/muster/turns.ts';
import { machineArn, stampOf } from '../../domain/starting.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { safe, styleOf } from '../format/style.ts';
import { actor } from '../operate.ts';
import { connected, lineArgument, neededPlans, unreachable, withConfig } from '../plans.ts';
import type { Registration } from '../program.ts';
import type { Connection, World } from '../world.ts';

interface Options { readonly config?: string; readonly region: string; readonly from?: string; readonly table?: string; readonly runIn?: string; readonly reason?: string; readonly plan?: boolean; readonly yes?: boolean; readonly by?: string; readonly json?: boolean }

export function registerEvacuate({ program, world, ending }: Registration): void {
  withConfig(program.command('evacuate').description('fail over every application of a region, each by its own failover, in the order of their priority'))
    .requiredOption('--region <region>', 'the region to leave')
    .option('--reason <text>', 'why, for the record (needed, but for --plan)', lineArgument)
    .option('--plan', 'show who would go when and who would stay, and start nothing')
    .option('--run-in <region>', 'where the workflow runs (default: the survivor of the first application; a witness works too)')
    .option('--from <region>', 'region to reach the table from (default: where the workflow runs)')
    .option('--table <name>', "Hotshift's DynamoDB table (default: $HOTSHIFT_TABLE, or the one in the configuration)")
    .option('--yes', 'do not ask')
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
It fences nothing itself: an application whose own vantage points do not see the region down is not moved, and says so; a pause stops it.
Turns keep the documented rates of RDS and Route 53, with a fifth left to people. Stopping the evacuation stops no failover that began.
Exit codes: 0 started or shown, 2 usage, 4 the table or Step Functions could not be reached.

Examples:
  $ hotshift evacuate --region eu-west-1 --plan
  $ hotshift evacuate --region eu-west-1 --reason "the region is gone"`)
    .action(ending((options: Options) => run(world, options)));
}

async function run(world: World, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const mine = plans.applications.filter(({ regions }) => regions.includes(options.region));
  const [first] = mine;
  if (first === undefined) throw new CommandError(exitCodes.usage, `--region: no application of the configuration runs in ${JSON.stringify(options.region)}`, `name one of: ${[...new Set(plans.applications.flatMap(({ regions }) => regions))].join(', ')}`);
  const place = placeFor(mine, first, options);
  const target = { ...options, region: options.from ?? place };
  const connection = await connected(world, target, plans);
  try {
    const found = turns(mine, await standings(connection, mine), options.region, DOCUMENTED_RATES, world.clock.now());
    if (options.plan === true) return show(world, found, options);
    if (options.reason === undefined) throw new CommandError(exitCodes.usage, '--reason is missing', 'say why, for the record; or look first with --plan');
    if (options.json !== true) show(world, found, options);
    await agreed(world, options, found);
    return await start(world, connection, first, place, { ...options, reason: options.reason });
  } catch (error) {
    throw unreachable(error, world, target, plans);
  }
}

/** One place for all: it must be able to run each application's failover. */
function placeFor(mine: readonly ApplicationPlan[], first: ApplicationPlan, { region, runIn }: Options): string {
  const place = runIn ?? survivorOf(first, region);
  const unable = mine.filter((plan) => place !== survivorOf(plan, region) && place !== plan.witness).map(({ application }) => application);
  if (unable.length === 0) return place;
  throw new CommandError(exitCodes.usage, `--run-in: ${place} is neither the survivor nor the witness of ${unable.slice(0, 5).join(', ')}`, 'name a region that is one of the two for every application, or split the configuration');
}

async function standings({ leases, permits }: Connection, mine: readonly ApplicationPlan[]): Promise<ReadonlyMap<string, Standing>> {
  return new Map(await Promise.all(mine.map(async ({ application, databases }) => {
    const [lease, ...found] = await Promise.all([leases.read(application), ...databases.map(({ name }) => permits.read(application, name))]);
    return [application, { lease, writers: found.map((permit) => (permit === undefined || permit.withdrawn ? undefined : permit.writer)) }] as const;
  })));
}

function show({ terminal, clock }: World, found: Turns, { region, json }: Options): ExitCode {
  const now = clock.now();
  if (json === true) {
    terminal.out(JSON.stringify({ region, turns: found.turns.map(({ application, at }) => ({ application, inSeconds: Math.round((at - now) / 100) / 10 })), left: found.left, rates: DOCUMENTED_RATES, reservedShare: RESERVED_SHARE }, null, 2));
    return exitCodes.ok;
  }
  const style = styleOf(terminal.colour);
  const width = Math.max(0, ...[...found.turns, ...found.left].map(({ application }) => application.length));
  terminal.out([
    style.bold(`Out of ${safe(region)}: ${found.turns.length} to move, ${found.left.length} to leave as they are`),
    ...found.turns.map(({ application, at }) => `  ${safe(application).padEnd(width)}  in ${((at - now) / 1000).toFixed(0)} s`),
    ...found.left.map(({ application, reason, well }) => `  ${safe(application).padEnd(width)}  ${well ? style.dim('stays') : style.warn('stays')}: ${safe(reason)}`),
  ].join('\n'));
  return exitCodes.ok;
}

async function agreed({ terminal }: World, { region, yes }: Options, { turns: going }: Turns): Promise<void> {
  if (yes === true) return;
  const answer = await terminal.ask(`This starts the failover of ${going.length} applications out of ${region}. Type the region's name to go on: `, '');
  if (answer === region) return;
  throw new CommandError(exitCodes.usage, answer === undefined ? 'nobody can be asked here' : `${JSON.stringify(answer)} is not ${region}: nothing was started`, 'type the name, or add --yes');
}

async function start(world: World, connection: Connection, first: ApplicationPlan, place: string, options: Options & { readonly reason: string }): Promise<ExitCode> {
  const { terminal, clock } = world;
  const name = `out-of-${options.region}-${stampOf(clock.now())}`;
  const by = actor(world, options).slice(0, 80);
  await connection.executions.start(place, machineArn(first, place, 'evacuate'), name, { region: options.region, requestedBy: by, reason: options.reason });
  if (options.json === true) terminal.out(JSON.stringify({ execution: name, region: place, evacuate: options.region, by }, null, 2));
  else terminal.out([`${styleOf(terminal.colour).good('started')}  ${safe(name)} in ${place}`, `  Follow an application:  hotshift why <application>-${name}`, `  Stop one:               hotshift abort <application>-${name}`].join('\n'));
  return exitCodes.ok;
}
