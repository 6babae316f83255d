// `hotshift check --aws`: will a failover work today? Holds AWS against the plan and the package; it reads, and changes nothing.
import { vantagePointsOf, type ApplicationPlan } from '../../domain/plan.ts';
import type { Plans } from '../../events/config.ts';
import { inspect, type Inspection } from '../../functions/rehearse/inspect.ts';
import { packagedOf } from '../../resources/packaged.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { findingsText } from '../format/findings.ts';
import { styleOf } from '../format/style.ts';
import type { World } from '../world.ts';

export interface AwsOptions { readonly region?: string; readonly json?: boolean; readonly strict?: boolean; readonly values?: boolean; readonly application?: string }

/** Some two hundred questions for each application; a region that does not answer costs its time-outs. */
const RUN_SECONDS = 300;

export async function checkAws(world: World, plans: Plans, options: AwsOptions): Promise<ExitCode> {
  const chosen = plans.applications.filter(({ application }) => options.application === undefined || application === options.application);
  const inspected = [];
  for (const plan of chosen) inspected.push({ plan, places: placesOf(plan, options), inspection: await inspectionOf(world, plans, plan, options) });
  const { terminal } = world;
  if (options.json === true) terminal.out(JSON.stringify({ applications: inspected.map(({ plan, places, inspection }) => ({ application: plan.application, places, ...counted(inspection), findings: inspection.findings })) }, null, 2));
  else terminal.out(inspected.map(({ plan, places, inspection }) => findingsText(plan, places, inspection, styleOf(terminal.colour), terminal.columns)).join('\n\n'));
  const bad = inspected.some(({ inspection }) => inspection.findings.some(({ severity }) => severity === 'critical' || (options.strict === true && severity === 'warning')));
  return bad ? exitCodes.failed : exitCodes.ok;
}

async function inspectionOf(world: World, plans: Plans, plan: ApplicationPlan, options: AwsOptions): Promise<Inspection> {
  const places = placesOf(plan, options);
  if (world.askAws === undefined) throw new CommandError(exitCodes.usage, 'this program was built without AWS', 'run it from the repository');
  world.terminal.progress(`Asking AWS in ${places.join(', ')}; nothing is changed`);
  const region = places[0] ?? plan.witness;
  const ports = await world.askAws({ region, table: plans.table }, options.values === true);
  const found = await inspect(ports, { plan, table: plans.table, packaged: packagedOf(plans) })({ places, withGlobal: true, runSeconds: RUN_SECONDS });
  const unsigned = found.findings.find(({ evidence }) => /CredentialsProviderError|Could not load credentials/.test(evidence));
  if (unsigned !== undefined) throw new CommandError(exitCodes.unreachable, `AWS was not asked: ${unsigned.evidence}`, 'give credentials (AWS_PROFILE, aws sso login) that may read; docs/security.md lists what the role of `rehearse` may');
  return found;
}

/** All three places, or the one that is named: then a dead region is not waited for. */
function placesOf(plan: ApplicationPlan, { region }: AwsOptions): readonly string[] {
  const places = vantagePointsOf(plan);
  if (region === undefined) return places;
  if (!places.includes(region)) throw new CommandError(exitCodes.usage, `--region ${region} is no place of ${plan.application}`, `name one of: ${places.join(', ')}`);
  return [region];
}

export function counted({ checks, findings }: Inspection) {
  const of = (severity: string): number => findings.filter((found) => found.severity === severity).length;
  return { checks, critical: of('critical'), warning: of('warning'), info: of('info'), notChecked: findings.filter(({ id }) => id === 'not-checked').length };
}
