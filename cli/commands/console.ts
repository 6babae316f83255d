// `hotshift console`: the live page over the table of a deployment. It shows and changes nothing; the page and its bundler are there in
// development only, as the twin's.
import { Option } from 'commander';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { connected, neededPlans, planNamed, unreachable, withTarget, type TargetOptions } from '../plans.ts';
import type { Registration } from '../program.ts';
import type { Connection, World } from '../world.ts';
import { missing } from './twin.ts';

interface Options extends TargetOptions { readonly port: number }
interface ConsoleModule { startTableConsole(plan: ApplicationPlan, connection: Connection, port: number, now: () => number): Promise<{ readonly url: string; close(): Promise<void> }> }

export function registerConsole({ program, world, ending }: Registration): void {
  withTarget(program.command('console').description('a page that shows one application live: observers, lease, databases, workflow, journal; read only')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .addOption(new Option('--port <n>', 'where the page is served, on 127.0.0.1 (any free one)').argParser(Number).default(0, 'any'))
    .addHelpText('after', `
It reads the table and describes the instances every 3 seconds until Ctrl-C. To break something, use the twin: hotshift twin.
Exit codes: 0 interrupted by you, 2 usage, 4 the table could not be reached.

Examples:
  $ hotshift console shop --region eu-west-2
  $ hotshift console --twin`)
    .action(ending((application: string | undefined, options: Options) => run(world, application, options)));
}

async function run(world: World, application: string | undefined, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const plan = planNamed(plans, application);
  const connection = await connected(world, options, plans);
  const { startTableConsole } = await consoleModule();
  try {
    const page = await startTableConsole(plan, connection, options.port, () => world.clock.now());
    world.terminal.out(`console: ${page.url}`);
    await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
    await page.close();
    return exitCodes.ok;
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

async function consoleModule(): Promise<ConsoleModule> {
  try {
    // Not a literal, as for the twin: other commands need none of it.
    return await import(new URL('../../console/run-table-console.ts', import.meta.url).href) as ConsoleModule;
  } catch (error) {
    throw missing(error);
  }
}
