// `hotshift deploy --plan`: what would be deployed, per region, and what differs from the last package and from what stands on AWS.
// It deploys nothing: that is `npm run deploy`, one region at a time.
import type { DeployedStack } from '../../adapters/stacks.ts';
import { contentsOf } from '../../resources/difference.ts';
import { allRegions } from '../../resources/plans.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { changedFunctions, comparedWithAws, functionsText, stackText } from '../format/deployment.ts';
import { styleOf } from '../format/style.ts';
import type { Packaged } from '../packages.ts';
import type { Registration } from '../program.ts';
import { neededPlans, withConfig } from '../plans.ts';
import type { World } from '../world.ts';

interface Options { readonly plan?: boolean; readonly config?: string; readonly region?: string; readonly stage: string; readonly json?: boolean; readonly offline?: boolean }

/** Where packages and deployed stacks come from; tests give their own. */
export interface DeploymentSources {
  readonly packageStacks: (config: string | undefined) => Promise<Packaged>;
  readonly deployedStack: (region: string, stackName: string) => Promise<DeployedStack>;
}

// Loaded when asked for: packaging and the CloudFormation client are not needed by any other command.
const real: DeploymentSources = {
  packageStacks: async (config) => (await import('../packages.ts')).packageStacks(config),
  deployedStack: async (region, stackName) => (await import('../../adapters/stacks.ts')).deployedStack(region, stackName),
};

export function registerDeploy({ program, world, ending }: Registration, sources: DeploymentSources = real): void {
  withConfig(program.command('deploy').description('show what would be deployed, and what that changes; deploys nothing itself'))
    .option('--plan', 'show it (deploying is `npm run deploy -- --region <region>`)')
    .option('--region <region>', 'one region instead of all of the configuration')
    .option('--stage <stage>', 'stage of the stack, as osls names it', 'prod')
    .option('--offline', 'do not ask AWS what stands there')
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
The stacks are packaged as \`npm run package\` does it, without AWS. With credentials the template of each deployed stack is read
(cloudformation:GetTemplate) and compared; without, that is said.

Examples:
  $ hotshift deploy --plan
  $ hotshift deploy --plan --region eu-west-1 --offline
  $ hotshift deploy --plan --json | jq '.stacks[].aws'`)
    .action(ending((options: Options) => deploy(world, options, sources)));
}

async function deploy(world: World, options: Options, sources: DeploymentSources): Promise<ExitCode> {
  if (options.plan !== true) throw new CommandError(exitCodes.usage, 'hotshift deploys nothing itself', 'see it first with `hotshift deploy --plan`, then run `npm run deploy -- --region <region>`, the region of the table first');
  const { terminal } = world;
  const all = allRegions(await neededPlans(world, options));
  const regions = all.filter((region) => options.region === undefined || region === options.region);
  if (regions.length === 0) throw new CommandError(exitCodes.usage, `--region ${options.region ?? ''}: the configuration has no stack there`, `give one of ${all.join(', ')}`);
  terminal.progress('packaging');
  const packaged = await sources.packageStacks(options.config);
  const stacks = await Promise.all(regions.map(async (region) => ({ region, deployed: options.offline === true ? { kind: 'unknown', reason: '--offline' } as const : await sources.deployedStack(region, `hotshift-${options.stage}`) })));
  if (options.json === true) terminal.out(JSON.stringify(asJson(packaged, stacks), null, 2));
  else show(world, packaged, stacks);
  return exitCodes.ok;
}

type Stack = { readonly region: string; readonly deployed: DeployedStack };

function show({ terminal }: World, packaged: Packaged, stacks: readonly Stack[]): void {
  const style = styleOf(terminal.colour);
  const texts = stacks.map(({ region, deployed }) => {
    const template = packaged.after.templates[region] ?? { Resources: {} };
    return stackText({ region, template, before: packaged.before.templates[region], deployed }, style, terminal.columns);
  });
  terminal.out([functionsText(packaged, style, terminal.columns), ...texts].join('\n\n'));
}

function asJson({ before, after }: Packaged, stacks: readonly Stack[]): unknown {
  return {
    functions: after.functions.map(({ name, kilobytes }) => ({ name, kilobytes })),
    codeChanged: before.functions.length === 0 ? null : changedFunctions(before.functions, after.functions),
    stacks: stacks.map(({ region, deployed }) => {
      const template = after.templates[region] ?? { Resources: {} };
      const old = before.templates[region];
      return { region, ...contentsOf(template), lastPackage: old === undefined ? null : comparedWithAws({ kind: 'deployed', template: old }, template), aws: comparedWithAws(deployed, template) };
    }),
  };
}
