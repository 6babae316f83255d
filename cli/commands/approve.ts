// `hotshift approve`: the answer of a person to an execution that waits for one. The first decision stands; after a yes the outage is
// verified anew before anything is touched.
import { survivorOf } from '../../domain/plan.ts';
import { RefusedByAwsError } from '../../domain/errors.ts';
import { noteInJournal } from '../change-lease.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { safe, styleOf, wrapped } from '../format/style.ts';
import { actor, type OperateOptions } from '../operate.ts';
import { connected, lineArgument, neededPlans, planNamed, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import { executionArgument } from '../read-timeline.ts';
import type { Connection, World } from '../world.ts';
import { timeline } from '../timeline.ts';

interface Options extends OperateOptions { readonly deny?: boolean; readonly application?: string }

export function registerApprove({ program, world, ending }: Registration): void {
  withTarget(program.command('approve').description('answer an execution that waits for approval: yes, or no with --deny')
    .argument('<execution>', 'name (or ARN) of the execution', executionArgument))
    .option('--deny', 'the answer is no: it ends and nothing is moved')
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
After a yes the outage is verified once more, on fresh evidence. An answer cannot be taken back; \`hotshift abort\` stops the execution.
Exit codes: 0 answered, 2 it never asked, 3 it was answered otherwise or waits no more, 4 the table or Step Functions could not be reached.

Examples:
  $ hotshift why fo-2026-11-24-abc           first look at what it saw
  $ hotshift approve fo-2026-11-24-abc --by ana
  $ hotshift approve fo-2026-11-24-abc --deny`)
    .action(ending((execution: string, options: Options) => run(world, execution, options)));
}

async function run(world: World, execution: string, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const connection = await connected(world, options, plans);
  try {
    return await answer(world, connection, plans, execution, options);
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

async function answer(world: World, connection: Connection, plans: Parameters<typeof planNamed>[0], execution: string, options: Options): Promise<ExitCode> {
  const seen = timeline(await connection.journal.list(execution));
  if (seen === undefined) throw unknown(execution);
  const plan = planNamed(plans, seen.application);
  if (seen.outcome !== undefined) throw new CommandError(exitCodes.refused, `${execution} has ended: ${seen.outcome}`, `see \`hotshift report ${execution}\``);
  const lease = await connection.leases.read(plan.application);
  if (lease.holder !== execution || lease.evacuated === undefined) throw new CommandError(exitCodes.refused, `${execution} does not hold the lease of ${plan.application}: an answer would change nothing`, `see \`hotshift status ${plan.application}\``);
  const by = actor(world, options);
  const decision = options.deny === true ? 'deny' : 'approve';
  const taken = await connection.approvals.take(plan.application, execution, decision, by, world.clock.now());
  if (taken.kind === 'unknown') throw unknown(execution);
  if (taken.kind === 'answered') throw new CommandError(exitCodes.refused, `${execution} was answered already: ${taken.decision} by ${taken.by} at ${new Date(taken.at).toISOString()}`, `hotshift abort ${execution} stops it`);
  // In the journal before it has an effect: who let it happen must be known whatever comes then.
  if (!(await noteInJournal(connection, world, lease, execution, `${decision} by ${by}`))) throw new CommandError(exitCodes.unreachable, 'the answer could not be journaled, so it was not given', 'give the same answer again');
  await handOver(connection.executions, [survivorOf(plan, lease.evacuated), plan.witness], taken.taskToken, { decision, by });
  show(world, plan.application, execution, decision, taken.summary, options.json === true);
  return exitCodes.ok;
}

/** It runs in the survivor or, if that could not be reached, in the witness region; the wrong one does not know the token. */
async function handOver(executions: Connection['executions'], places: readonly string[], taskToken: string, output: unknown): Promise<void> {
  const [place = '', ...others] = places;
  try {
    await executions.answer(place, taskToken, output);
  } catch (error) {
    if (others.length === 0 || !(error instanceof RefusedByAwsError)) throw error;
    await handOver(executions, others, taskToken, output);
  }
}

const unknown = (execution: string): CommandError =>
  new CommandError(exitCodes.usage, `${execution} never asked for an approval`, 'give the name from the message, and check --table');

function show({ terminal }: World, application: string, execution: string, decision: 'approve' | 'deny', summary: string, json: boolean): void {
  const next = decision === 'approve' ? 'The outage is verified once more, then it goes on.' : 'It ends as "Handed to a human"; nothing was moved.';
  if (json) return terminal.out(JSON.stringify({ application, execution, decision, summary, next }, null, 2));
  const style = styleOf(terminal.colour);
  terminal.out([
    `${decision === 'approve' ? style.good('approved') : style.bad('denied')}  ${style.bold(application)} ${safe(execution)}`,
    ...wrapped(safe(`It had asked: ${summary}`), terminal.columns, '  '), `  ${next}`, `  Follow it: hotshift why ${safe(execution)}`,
  ].join('\n'));
}
