// `hotshift approve`: the answer of a person to an execution that waits for one. The first decision stands; after a yes the outage is
// verified anew before anything is touched.
import { giveAnswer, type Given } from '../../domain/answering.ts';
import type { Word } from '../../domain/ports.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { safe, styleOf, wrapped } from '../format/style.ts';
import { actor, type OperateOptions } from '../operate.ts';
import { connected, lineArgument, neededPlans, planNamed, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import { executionArgument } from '../read-timeline.ts';
import { tellEverybody } from '../telling.ts';
import type { Connection, World } from '../world.ts';
import { timeline } from '../../functions/archive/timeline.ts';

interface Options extends OperateOptions { readonly deny?: boolean; readonly hold?: boolean; readonly breakGlass?: boolean; readonly reason?: string; readonly application?: string }

export function registerApprove({ program, world, ending }: Registration): void {
  withTarget(program.command('approve').description('answer an execution that waits for approval: yes, or no with --deny')
    .argument('<execution>', 'name (or ARN) of the execution', executionArgument))
    .option('--deny', 'the answer is no: it ends and nothing is moved')
    .option('--hold', 'no answer yet, and silence is no yes')
    .option('--break-glass', 'one person is enough, where two must agree or you started it; needs --reason, and everybody is told')
    .option('--reason <text>', 'why, for the journal and the thread', lineArgument)
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
After a yes the outage is verified once more, on fresh evidence. An answer cannot be taken back; \`hotshift abort\` stops the execution.
Exit codes: 0 answered, 2 it never asked, 3 it was answered otherwise or waits no more, 4 the table or Step Functions could not be reached.

Examples:
  $ hotshift why fo-2026-11-24-abc           first look at what it saw
  $ hotshift approve fo-2026-11-24-abc --by ana
  $ hotshift approve fo-2026-11-24-abc --deny
  $ hotshift approve fo-2026-11-24-abc --break-glass --reason "ben cannot be reached, 40 min of outage"`)
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
  const by = actor(world, options);
  const decision = wordOf(options);
  const glass = options.breakGlass === true;
  const ports = { answers: connection.approvals, leases: connection.leases, journal: connection.journal, executions: connection.executions, clock: world.clock };
  const given = await giveAnswer(ports, plan, { application: plan.application, execution, word: decision, by, at: world.clock.now(), ...(glass ? { breakGlass: true } : {}) }, options.reason === undefined ? '' : ` (${options.reason})`);
  const summary = summaryOf(given, execution, by, decision);
  const { incident = execution } = await connection.leases.read(plan.application);
  await tellEverybody(connection, world, {
    key: `${execution}/${decision}/${by}/cli`, application: plan.application, incident, severity: glass ? 'page' : 'info', pager: 'acknowledge',
    title: `${glass ? 'BREAK-GLASS: ' : ''}${decision} by ${by}`, lines: [execution, ...(options.reason === undefined ? [] : [options.reason])],
    card: { decided: `${decision} by ${by}${glass ? ' (break-glass)' : ''}${options.reason === undefined ? '' : `: ${options.reason}`}`, ...(given.kind === 'given' ? { question: null } : {}) },
  });
  show(world, plan.application, execution, given.kind === 'given' ? decision : given.kind === 'more' ? 'more' : 'hold', summary, options.json === true);
  return exitCodes.ok;
}

/** One word; an emergency has a reason, since everybody is told of it. */
function wordOf({ deny, hold, breakGlass, reason }: Options): Word {
  if (deny === true && hold === true) throw new CommandError(exitCodes.usage, '--deny and --hold are two answers', 'give one of them');
  if (breakGlass === true && (reason ?? '').trim() === '') throw new CommandError(exitCodes.usage, '--break-glass needs --reason', 'say why one person is enough this time; everybody is told');
  if (breakGlass === true && (deny === true || hold === true)) throw new CommandError(exitCodes.usage, '--break-glass is for a yes', 'one person is always enough for a no');
  return deny === true ? 'deny' : hold === true ? 'hold' : 'approve';
}

/** What it had asked; what came to nothing ends the command. */
function summaryOf(given: Given, execution: string, by: string, decision: Word): string {
  switch (given.kind) {
    case 'given': case 'held': return given.summary;
    case 'more': return `${given.needed} people must say yes; ${by} has`;
    case 'unknown': throw unknown(execution);
    case 'answered': throw new CommandError(exitCodes.refused, `${execution} was answered already: ${given.decision} by ${given.by} at ${new Date(given.at).toISOString()}`, `hotshift abort ${execution} stops it`);
    case 'late': throw new CommandError(exitCodes.refused, `${given.reason}: an answer would change nothing`, 'see `hotshift status`');
    case 'refused': throw new CommandError(exitCodes.refused, `${decision} of ${by} does not count: ${given.reason}`, 'ask another person; in an emergency --break-glass --reason');
  }
}

const unknown = (execution: string): CommandError =>
  new CommandError(exitCodes.usage, `${execution} never asked for an approval`, 'give the name from the message, and check --table');

const NEXT: Readonly<Record<Word | 'more', string>> = {
  approve: 'The outage is verified once more, then it goes on.', deny: 'It ends as "Handed to a human"; nothing was moved.',
  hold: 'Silence does not count as a yes. Approve and deny stay possible.', more: 'It waits for another person.',
};

function show({ terminal }: World, application: string, execution: string, decision: Word | 'more', summary: string, json: boolean): void {
  const next = NEXT[decision];
  if (json) return terminal.out(JSON.stringify({ application, execution, decision, summary, next }, null, 2));
  const style = styleOf(terminal.colour);
  const done = { approve: style.good('approved'), deny: style.bad('denied'), hold: style.warn('held'), more: style.warn('one yes of two') }[decision];
  terminal.out([
    `${done}  ${style.bold(application)} ${safe(execution)}`,
    ...wrapped(safe(`It had asked: ${summary}`), terminal.columns, '  '), `  ${next}`, `  Follow it: hotshift why ${safe(execution)}`,
  ].join('\n'));
}
