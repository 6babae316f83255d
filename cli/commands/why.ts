// `hotshift why`: each gate that let an execution pass or stopped it, with value and threshold; the outcome; what to do next.
import { exitCodes, type ExitCode } from '../exit.ts';
import { styleOf } from '../format/style.ts';
import { whyGates } from '../../functions/archive/gates.ts';
import { whyText } from '../format/why.ts';
import { nextSteps } from '../../functions/archive/next-steps.ts';
import { withTarget, type TargetOptions } from '../plans.ts';
import type { Registration } from '../program.ts';
import { executionArgument, readTimeline } from '../read-timeline.ts';
import type { World } from '../world.ts';

interface Options extends TargetOptions { readonly json?: boolean }

export function registerWhy({ program, world, ending }: Registration): void {
  withTarget(program.command('why').description('why an execution acted, or did not: each gate with value, threshold and evidence')
    .argument('<execution>', 'name (or ARN) of the execution', executionArgument))
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
Everything comes from the journal; what it does not say is said to be missing.
Exit codes: 0 it was read, 2 there is no such execution, 4 the table could not be reached.

Examples:
  $ hotshift why fo-2026-11-24-abc --region eu-west-2
  $ hotshift why fo-2026-11-24-abc --json | jq '.gates[] | select(.passed | not)'`)
    .action(ending((execution: string, options: Options) => why(world, execution, options)));
}

async function why(world: World, execution: string, options: Options): Promise<ExitCode> {
  const found = await readTimeline(world, execution, options);
  const { terminal } = world;
  if (options.json === true) {
    const { events: _events, steps: _steps, ...head } = found;
    terminal.out(JSON.stringify({ ...head, gates: whyGates(found), next: nextSteps(found) }, null, 2));
  } else terminal.out(whyText(found, styleOf(terminal.colour), terminal.columns));
  return exitCodes.ok;
}
