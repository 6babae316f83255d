// `hotshift failover`: a person starts the workflow for a region. It verifies, assesses and fences like any other; only cooldown,
// acknowledgement and approval do not hold it up, since a person who starts it by hand has looked.
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import { noteInJournal } from '../change-lease.ts';
import { tellEverybody } from '../telling.ts';
import { blocksOf, isHeld } from '../../domain/control.ts';
import { machineArn, stampOf } from '../../domain/starting.ts';
import { agreed } from '../by-hand.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { safe, styleOf } from '../format/style.ts';
import { actor, type OperateOptions } from '../operate.ts';
import { connected, lineArgument, neededPlans, planNamed, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import type { Connection, World } from '../world.ts';

interface Options extends OperateOptions { readonly evacuate: string; readonly reason: string; readonly yes?: boolean; readonly breakGlass?: boolean; readonly runIn?: string }

export function registerFailover({ program, world, ending }: Registration): void {
  withTarget(program.command('failover').description('start a failover by hand: it still verifies, assesses and fences')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .requiredOption('--evacuate <region>', 'the region to leave')
    .requiredOption('--reason <text>', 'why, for the journal', lineArgument)
    .option('--run-in <region>', 'where the workflow runs (default: the survivor; the witness works too)')
    .option('--break-glass', 'where two people must agree: alone, this time; --reason says why, and everybody is told')
    .option('--yes', 'do not ask')
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
A region that a quorum does not see down is not left: it stands down and says so. A pause stops it too.
Exit codes: 0 started, 2 usage, 3 paused, or another execution is at work, 4 the table or Step Functions could not be reached.

Examples:
  $ hotshift failover shop --evacuate eu-west-1 --reason "second outage within the cooldown"`)
    .action(ending((application: string | undefined, options: Options) => run(world, application, options)));
}

async function run(world: World, application: string | undefined, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const plan = planNamed(plans, application);
  const place = placeFor(plan, options);
  const connection = await connected(world, options, plans);
  try {
    await refuseIfBlocked(world, connection, plan);
    await agreed(world, plan, `This moves ${plan.application} from ${options.evacuate} to ${survivorOf(plan, options.evacuate)} if a quorum sees ${options.evacuate} down.`, options);
    return await start(world, connection, plan, place, options);
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

function placeFor(plan: ApplicationPlan, { evacuate, runIn }: Options): string {
  if (!plan.regions.includes(evacuate)) throw new CommandError(exitCodes.usage, `--evacuate: ${plan.application} does not run in ${JSON.stringify(evacuate)}`, `name one of: ${plan.regions.join(', ')}`);
  const places = [survivorOf(plan, evacuate), plan.witness];
  if (runIn !== undefined && !places.includes(runIn)) throw new CommandError(exitCodes.usage, `--run-in: ${JSON.stringify(runIn)} is not where it can run`, `name one of: ${places.join(', ')}`);
  return runIn ?? survivorOf(plan, evacuate);
}

/** The workflow would find the same and stand down; here the person hears it at once. */
async function refuseIfBlocked(world: World, { leases }: Connection, plan: ApplicationPlan): Promise<void> {
  const lease = await leases.read(plan.application);
  const now = world.clock.now();
  if (isHeld(lease, now)) throw new CommandError(exitCodes.refused, `${lease.holder} is at work already`, `follow it: hotshift why ${lease.holder}`);
  if (lease.pausedUntil !== undefined && lease.pausedUntil > now) throw new CommandError(exitCodes.refused, blocksOf(lease, now)[0] ?? 'paused', `hotshift resume ${plan.application}`);
}

async function start(world: World, connection: Connection, plan: ApplicationPlan, place: string, options: Options): Promise<ExitCode> {
  const { terminal, clock } = world;
  const stamp = stampOf(clock.now());
  const name = `${plan.application}-by-hand-${options.evacuate}-${stamp}`;
  const arn = machineArn(plan, place);
  const lease = await connection.leases.read(plan.application);
  const by = actor(world, options);
  const noted = await noteInJournal(connection, world, lease, name, `started by ${by}: ${options.reason}`);
  const incident = `by-hand-${stamp}`;
  const agreeing = plan.policy.approvalsNeeded > 1 && options.breakGlass !== true ? { requestedBy: by } : {};
  await connection.executions.start(place, arn, name, { application: plan.application, region: options.evacuate, incident, mode: 'manual', ...agreeing });
  await tellEverybody(connection, world, {
    key: `${name}/started`, application: plan.application, incident, severity: 'page', title: `${options.breakGlass === true ? 'BREAK-GLASS: ' : ''}${by} starts a failover of ${plan.application} out of ${options.evacuate}`,
    lines: [options.reason, ...('requestedBy' in agreeing ? ['Another person must agree before anything is touched.'] : [])], card: { state: 'started by hand', decided: `started by ${by}: ${options.reason}` },
  });
  if (options.json === true) terminal.out(JSON.stringify({ application: plan.application, execution: name, region: place, evacuate: options.evacuate, by }, null, 2));
  else terminal.out([`${styleOf(terminal.colour).good('started')}  ${safe(name)} in ${place}`, `  Follow it:  hotshift why ${name}`, `  Stop it:    hotshift abort ${name}`].join('\n'));
  if (!noted) terminal.remark('note: it was started, but who did so could not be written into its journal');
  return exitCodes.ok;
}
