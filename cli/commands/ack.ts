// `hotshift ack`: a person has looked at the last failover. Until then no other starts by itself.
import { acknowledge } from '../../domain/control.ts';
import { actor, operate, type OperateOptions } from '../operate.ts';
import { lineArgument, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';

export function registerAck({ program, world, ending }: Registration): void {
  withTarget(program.command('ack').description('acknowledge the last failover, so that another may start by itself')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
The cooldown is not ended by it: both must be over before the next automatic failover.
Exit codes: 0 acknowledged (or nothing was due), 2 usage, 3 it is still running, 4 the table could not be reached.

Examples:
  $ hotshift why fo-2026-11-24-abc        first look at what happened
  $ hotshift ack shop --by ana`)
    .action(ending((application: string | undefined, options: OperateOptions) =>
      operate(world, 'ack', application, options, (lease) => acknowledge(lease, actor(world, options), world.clock.now()))));
}
