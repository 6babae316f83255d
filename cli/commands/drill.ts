// `hotshift drill`: a person starts a drill, or brings back what one has left behind. The workflow looks at everything itself; what it would
// refuse for the lease's sake is said here at once.
import { InvalidArgumentError } from 'commander';
import type { DrillMode } from '../../domain/drill.ts';
import { blocksOf } from '../../domain/control.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { drillMeaning, drillStart } from '../../domain/starting.ts';
import { agreed } from '../by-hand.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { safe, styleOf } from '../format/style.ts';
import { actor, type OperateOptions } from '../operate.ts';
import { connected, durationArgument, lineArgument, neededPlans, planNamed, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import type { World } from '../world.ts';

interface Options extends OperateOptions { readonly mode: DrillMode; readonly evacuate?: string; readonly hold?: number; readonly yes?: boolean; readonly return?: boolean }

export function registerDrill({ program, world, ending }: Registration): void {
  withTarget(program.command('drill').description('rehearse on purpose: all users to one region and back, or the writer to the other region')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .option('--mode <mode>', 'traffic: move users and bring them back; switchover: move the writer, which stays there; rehearsal: only look', modeArgument, 'traffic')
    .option('--evacuate <region>', 'the region to leave (of a switchover: the one that has the writer, which is the default)')
    .option('--hold <duration>', 'how long all users stay in the other region (default: drills.hold)', durationArgument)
    .option('--return', 'bring back the users and the capacity that an earlier drill has left behind')
    .option('--yes', 'do not ask')
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
Of traffic moves no database: a guard that trips, and \`hotshift abort\`, bring the users back. A switchover loses nothing and is not brought
back: the next one is the way back (docs/decisions/0015). An alarm, a sick region, a freeze, a pause or a due acknowledgement refuse both;
a real outage takes over from both.
Exit codes: 0 started, 2 usage, 3 refused, 4 the table or Step Functions could not be reached.

Examples:
  $ hotshift drill shop --evacuate eu-west-1 --hold 30m
  $ hotshift drill shop --return`)
    .action(ending((application: string | undefined, options: Options) => run(world, application, options)));
}

function modeArgument(text: string): DrillMode {
  if (text === 'traffic' || text === 'switchover' || text === 'rehearsal') return text;
  throw new InvalidArgumentError('Write traffic, switchover or rehearsal.');
}

async function run(world: World, application: string | undefined, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const plan = planNamed(plans, application);
  const mode: DrillMode = options.return === true ? 'return' : options.mode;
  allowed(plan, mode, options);
  const connection = await connected(world, options, plans);
  try {
    const lease = await connection.leases.read(plan.application);
    const [block] = blocksOf(lease, world.clock.now());
    if (block !== undefined) throw new CommandError(exitCodes.refused, block, 'see `hotshift status`');
    const wish = { mode, evacuate: mode === 'return' ? undefined : options.evacuate, holdSeconds: options.hold === undefined ? undefined : options.hold / 1000, by: actor(world, options) };
    // A rehearsal only looks.
    if (mode !== 'rehearsal') await agreed(world, plan, drillMeaning(plan, wish), options);
    const { place, arn, name, input } = drillStart(plan, wish, world.clock.now());
    await connection.executions.start(place, arn, name, input);
    if (options.json === true) world.terminal.out(JSON.stringify({ application: plan.application, execution: name, region: place, mode }, null, 2));
    else world.terminal.out([`${styleOf(world.terminal.colour).good('started')}  ${safe(name)} in ${place}`, `  Follow it:             hotshift report ${name}`, mode === 'switchover' ? `  Stop it:               hotshift abort ${name}` : `  Bring the users back:  hotshift abort ${name}`].join('\n'));
    return exitCodes.ok;
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

/** What the workflow would refuse, or could not understand. */
function allowed(plan: ApplicationPlan, mode: DrillMode, { evacuate, hold }: Options): void {
  if (mode === 'return') return;
  if (evacuate === undefined && mode !== 'switchover') throw new CommandError(exitCodes.usage, '--evacuate is missing', `name the region to leave: ${plan.regions.join(' or ')}`);
  if (evacuate !== undefined && !plan.regions.includes(evacuate)) throw new CommandError(exitCodes.usage, `--evacuate: ${plan.application} does not run in ${JSON.stringify(evacuate)}`, `name one of: ${plan.regions.join(', ')}`);
  if (hold !== undefined && (hold < 1000 || hold > 7_200_000)) throw new CommandError(exitCodes.usage, '--hold: must be between 1s and 2h', 'give another duration');
}
