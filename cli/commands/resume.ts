// `hotshift resume`: ends a pause.
import { resume } from '../../domain/control.ts';
import { actor, operate, type OperateOptions } from '../operate.ts';
import { lineArgument, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';

export function registerResume({ program, world, ending }: Registration): void {
  withTarget(program.command('resume').description('end a pause')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
Exit codes: 0 not paused any more, 2 usage, 4 the table could not be reached.

Examples:
  $ hotshift resume
  $ hotshift resume shop --by ana`)
    .action(ending((application: string | undefined, options: OperateOptions) =>
      operate(world, 'resume', application, options, (lease) => resume(lease, actor(world, options), world.clock.now()))));
}
