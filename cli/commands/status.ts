// `hotshift status`: may it act now, what stands in the way, who sees what. Reads only.
import { vantagePointsOf, type ApplicationPlan } from '../../domain/plan.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { statusText } from '../format/status.ts';
import { styleOf } from '../format/style.ts';
import { connected, neededPlans, planNamed, unreachable, withTarget, type TargetOptions } from '../plans.ts';
import type { Registration } from '../program.ts';
import { statusView, type StatusView } from '../status-view.ts';
import type { Connection, World } from '../world.ts';

interface Options extends TargetOptions { readonly json?: boolean }

export function registerStatus({ program, world, ending }: Registration): void {
  withTarget(program.command('status').description('may Hotshift act now, what stands in the way, who sees what')
    .argument('[application]', 'one application (default: all of the configuration)'))
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
Exit codes: 0 it was read (whatever it says), 2 usage, 4 the table could not be reached.

Examples:
  $ hotshift status --region eu-west-2
  $ hotshift status shop --json | jq '.applications[0].blocks'`)
    .action(ending((application: string | undefined, options: Options) => status(world, application, options)));
}

async function status(world: World, application: string | undefined, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const chosen = application === undefined ? plans.applications : [planNamed(plans, application)];
  const connection = await connected(world, options, plans);
  let views: readonly StatusView[];
  try {
    views = await Promise.all(chosen.map((plan) => view(world, connection, plan)));
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
  const { terminal } = world;
  if (options.json === true) terminal.out(JSON.stringify({ applications: views }, null, 2));
  else terminal.out(views.map((entry) => statusText(entry, styleOf(terminal.colour), terminal.columns)).join('\n\n'));
  return exitCodes.ok;
}

async function view(world: World, { leases, permits, intents, observations, drills, followUps }: Connection, plan: ApplicationPlan): Promise<StatusView> {
  const [lease, given, orders, seen, drilled, found] = await Promise.all([
    leases.read(plan.application),
    Promise.all(plan.databases.map(async ({ name }) => ({ database: name, permit: await permits.read(plan.application, name) }))),
    Promise.all(plan.regions.map((region) => intents.listOpen(plan.application, region))),
    observations.list(plan.application),
    drills.list(plan.application),
    followUps.list(plan.application),
  ]);
  const known = seen.filter((entry) => vantagePointsOf(plan).includes(entry.vantagePoint));
  return statusView(plan, { lease, permits: given, intents: orders.flat(), observations: known, drills: drilled, followUps: found }, world.clock.now());
}
