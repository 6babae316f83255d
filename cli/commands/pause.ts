// `hotshift pause`: no failover of an application until a time; a running one stops at its next safe point. A pause always ends.
import { Option } from 'commander';
import type { Instant } from '../../domain/plan.ts';
import { pause } from '../../domain/control.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { actor, operate, type OperateOptions } from '../operate.ts';
import { durationArgument, instantArgument, lineArgument, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import type { World } from '../world.ts';

interface Options extends OperateOptions { readonly until?: Instant; readonly for?: number; readonly reason: string }

// A pause that is forgotten is an application without protection: a week holds any maintenance.
const pauseMsMax = 7 * 86_400_000;

export function registerPause({ program, world, ending }: Registration): void {
  withTarget(program.command('pause').description('no failover until a time; a running one stops at its next safe point')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .addOption(new Option('--until <time>', 'ISO time with its zone').argParser(instantArgument).conflicts('for'))
    .addOption(new Option('--for <duration>', '30m, 2h, 1d; a week at most').argParser(durationArgument))
    .requiredOption('--reason <text>', 'why, for those who read the status', lineArgument)
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
A pause stops manual failovers too. It always ends: there is none without a time.
Exit codes: 0 paused, 2 usage, 3 refused, 4 the table could not be reached.

Examples:
  $ hotshift pause --for 2h --reason "schema change"
  $ hotshift pause shop --until 2026-11-24T18:00Z --reason "network maintenance" --by ana`)
    .action(ending((application: string | undefined, options: Options) => run(world, application, options)));
}

async function run(world: World, application: string | undefined, options: Options): Promise<ExitCode> {
  const now = world.clock.now();
  const until = options.until ?? (options.for === undefined ? undefined : now + options.for);
  if (until === undefined) throw new CommandError(exitCodes.usage, 'a pause needs an end', 'add --for 2h, or --until with a time');
  if (until - now > pauseMsMax) throw new CommandError(exitCodes.usage, `${new Date(until).toISOString()} is more than a week away`, 'pause for a week at most, and again when it is needed');
  return operate(world, 'pause', application, options, (lease) => pause(lease, until, `${actor(world, options)} (${options.reason})`, world.clock.now()));
}
