// `hotshift abort`: asks one execution to stop at its next safe point. Undoes nothing.
import { abort } from '../../domain/control.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { actor, changeAndShow, type OperateOptions } from '../operate.ts';
import { connected, lineArgument, readPlans, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import { executionArgument } from '../read-timeline.ts';
import { timeline, type Timeline } from '../../functions/archive/timeline.ts';
import type { Connection, World } from '../world.ts';

export function registerAbort({ program, world, ending }: Registration): void {
  withTarget(program.command('abort').description('ask an execution to stop at its next safe point; undoes nothing')
    .argument('<execution>', 'name (or ARN) of the execution', executionArgument))
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
The execution stops before its next change and ends as "Handed to a human". What was changed stays changed.
Exit codes: 0 asked, 2 there is no such execution, 3 it has ended or cannot act, 4 the table could not be reached.

Examples:
  $ hotshift status                       shows who holds the lease
  $ hotshift abort fo-2026-11-24-abc --by ana`)
    .action(ending((execution: string, options: OperateOptions) => run(world, execution, options)));
}

async function run(world: World, execution: string, options: OperateOptions): Promise<ExitCode> {
  const plans = await readPlans(world, options);
  const connection = await connected(world, options, plans);
  const names = plans?.applications.map((plan) => plan.application) ?? [];
  try {
    const seen = timeline(await connection.journal.list(execution));
    const application = await owner(connection, execution, seen, names);
    const ended = seen?.outcome !== undefined;
    return await changeAndShow(world, 'abort', connection, application, options, (lease) => abort(lease, execution, actor(world, options), ended, world.clock.now()), execution);
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

/** By its journal, or, while that is empty, by the lease that it holds. */
async function owner({ leases }: Connection, execution: string, seen: Timeline | undefined, names: readonly string[]): Promise<string> {
  if (seen !== undefined) return seen.application;
  const held = await Promise.all(names.map((name) => leases.read(name)));
  const lease = held.find((candidate) => candidate.holder === execution);
  if (lease !== undefined) return lease.application;
  throw new CommandError(exitCodes.usage, `there is no execution ${execution}: nothing is journaled under it and it holds no lease`, 'see `hotshift status` for who holds the lease, and check --table');
}
