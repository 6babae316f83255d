// `hotshift drill`: a person starts a drill, or brings back what one has left behind. The workflow looks at everything itself; what it would
// refuse for the lease's sake is said here at once.
import { InvalidArgumentError } from 'commander';
import type { DrillMode } from '../../domain/drill.ts';
import { blocksOf } from '../../domain/control.ts';
import { survivorOf, type ApplicationPlan } from '../../domain/plan.ts';
import { agreed, machineArn, stampOf } from '../by-hand.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { safe, styleOf } from '../format/style.ts';
import { actor, type OperateOptions } from '../operate.ts';
import { connected, durationArgument, lineArgument, neededPlans, planNamed, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import type { World } from '../world.ts';

interface Options extends OperateOptions { readonly mode: DrillMode; readonly evacuate?: string; readonly hold?: number; readonly yes?: boolean; readonly return?: boolean }

export function registerDrill({ program, world, ending }: Registration): void {
  withTarget(program.command('drill').description('rehearse on purpose: all users to one region and back')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .option('--mode <mode>', 'traffic: move users; rehearsal: only look', modeArgument, 'traffic')
    .option('--evacuate <region>', 'the region to leave')
    .option('--hold <duration>', 'how long all users stay in the other region (default: drills.hold)', durationArgument)
    .option('--return', 'bring back the users and the capacity that an earlier drill has left behind')
    .option('--yes', 'do not ask')
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
It moves no database. An alarm, a sick region, a freeze, a pause or a due acknowledgement refuse it; a guard that trips, and
\`hotshift abort\`, bring the users back; a real outage takes over from it.
Exit codes: 0 started, 2 usage, 3 refused, 4 the table or Step Functions could not be reached.

Examples:
  $ hotshift drill shop --evacuate eu-west-1 --hold 30m
  $ hotshift drill shop --return`)
    .action(ending((application: string | undefined, options: Options) => run(world, application, options)));
}

function modeArgument(text: string): DrillMode {
  if (text === 'traffic' || text === 'rehearsal') return text;
  if (text === 'switchover') throw new InvalidArgumentError('A planned switchover of the databases is no drill of this command.');
  throw new InvalidArgumentError('Write traffic or rehearsal.');
}

async function run(world: World, application: string | undefined, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const plan = planNamed(plans, application);
  const mode: DrillMode = options.return === true ? 'return' : options.mode;
  const place = placeFor(plan, mode, options);
  const connection = await connected(world, options, plans);
  try {
    const lease = await connection.leases.read(plan.application);
    const [block] = blocksOf(lease, world.clock.now());
    if (block !== undefined) throw new CommandError(exitCodes.refused, block, 'see `hotshift status`');
    // A rehearsal only looks.
    if (mode !== 'rehearsal') await agreed(world, plan, mode === 'return' ? `This brings the users of ${plan.application} back to both regions.` : `This moves all users of ${plan.application} to ${place}, and back.`, options);
    const name = `${plan.application}-drill-${mode}-${stampOf(world.clock.now())}`;
    await connection.executions.start(place, machineArn(plan, place, 'drill'), name, {
      application: plan.application, mode, requestedBy: actor(world, options).slice(0, 80),
      ...(options.evacuate === undefined ? {} : { evacuate: options.evacuate }), ...(options.hold === undefined ? {} : { holdSeconds: options.hold / 1000 }),
    });
    if (options.json === true) world.terminal.out(JSON.stringify({ application: plan.application, execution: name, region: place, mode }, null, 2));
    else world.terminal.out([`${styleOf(world.terminal.colour).good('started')}  ${safe(name)} in ${place}`, `  Follow it:             hotshift report ${name}`, `  Bring the users back:  hotshift abort ${name}`].join('\n'));
    return exitCodes.ok;
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

/** In the region that takes the users; a return works from either. */
function placeFor(plan: ApplicationPlan, mode: DrillMode, { evacuate, hold }: Options): string {
  if (mode === 'return') return plan.regions[0];
  if (evacuate === undefined) throw new CommandError(exitCodes.usage, '--evacuate is missing', `name the region to leave: ${plan.regions.join(' or ')}`);
  if (!plan.regions.includes(evacuate)) throw new CommandError(exitCodes.usage, `--evacuate: ${plan.application} does not run in ${JSON.stringify(evacuate)}`, `name one of: ${plan.regions.join(', ')}`);
  if (hold !== undefined && (hold < 1000 || hold > 7_200_000)) throw new CommandError(exitCodes.usage, '--hold: must be between 1s and 2h', 'give another duration');
  return survivorOf(plan, evacuate);
}
