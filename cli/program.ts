// The command line as a whole: which commands there are, and how an end of any kind becomes a message and an exit code.
// A person sees what is wrong and the fix; a stack only with --debug.
import { Command, CommanderError } from 'commander';
import { TryAgainError, RefusedByAwsError, UnexpectedAnswerError } from '../domain/errors.ts';
import { InvalidConfigError } from '../events/config.ts';
import { registerAbort } from './commands/abort.ts';
import { registerAck } from './commands/ack.ts';
import { registerApprove } from './commands/approve.ts';
import { registerCheck } from './commands/check.ts';
import { registerConsole } from './commands/console.ts';
import { registerFailback } from './commands/failback.ts';
import { registerFollowUps } from './commands/follow-ups.ts';
import { registerFailover } from './commands/failover.ts';
import { registerCost } from './commands/cost.ts';
import { registerDrill } from './commands/drill.ts';
import { registerEvacuate } from './commands/evacuate.ts';
import { registerDeploy } from './commands/deploy.ts';
import { registerInit } from './commands/init.ts';
import { registerPause } from './commands/pause.ts';
import { registerReinstate } from './commands/reinstate.ts';
import { registerReplay } from './commands/replay.ts';
import { registerReport } from './commands/report.ts';
import { registerResume } from './commands/resume.ts';
import { registerStatus } from './commands/status.ts';
import { loadTwin } from './commands/twin.ts';
import { registerWhy } from './commands/why.ts';
import { CommandError, exitCodes, exitCodesText, type ExitCode } from './exit.ts';
import { issuesText } from './format/issues.ts';
import { safe, styleOf } from './format/style.ts';
import type { World } from './world.ts';

/** What a command is given to register itself with. */
export interface Registration {
  readonly program: Command;
  readonly world: World;
  /** Keeps how an action ended, for the exit code. */
  readonly ending: <Arguments extends unknown[]>(action: (...given: Arguments) => Promise<ExitCode>) => (...given: Arguments) => Promise<void>;
}

const examples = `
Examples:
  $ hotshift init --application shop          write a commented hotshift.yml
  $ hotshift check                            find what is wrong with it, all at once
  $ hotshift status --region eu-west-2       may it act? who sees what?
  $ hotshift why fo-2026-11-24-abc            why did it act, or not?
  $ hotshift pause --for 2h --reason "schema change"

${exitCodesText}`;

/** Runs one command line; never throws. */
export async function runCommandLine(given: readonly string[], world: World): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  const program = emptyProgram(world);
  const ending: Registration['ending'] = (action) => async (...args) => { code = await action(...args); };
  const registration = { program, world, ending };
  for (const register of [registerInit, registerCheck, registerStatus, registerWhy, registerReport, registerPause, registerResume, registerAck, registerAbort, registerApprove, registerFailover, registerEvacuate, registerReinstate, registerFailback, registerDrill, registerFollowUps, registerCost, registerReplay, registerDeploy, registerConsole]) {
    register(registration);
  }
  try {
    await loadTwin(registration, given);
    await program.parseAsync(given, { from: 'user' });
    return code;
  } catch (error) {
    return ended(error, world, given.includes('--debug'));
  }
}

function emptyProgram({ terminal }: World): Command {
  const program = new Command('hotshift')
    .description('Failover automation for applications that run hot in two AWS regions: verify, fence, promote, shift, prove.')
    .option('--no-color', 'plain text, as with NO_COLOR set')
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', examples)
    .showHelpAfterError('(see hotshift --help)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.remark(text.trimEnd()),
      getOutHasColors: () => terminal.colour,
      getErrHasColors: () => terminal.colour,
    });
  if (terminal.columns !== undefined) program.configureHelp({ helpWidth: Math.min(terminal.columns, 110) });
  return program;
}

function ended(error: unknown, { terminal }: World, debug: boolean): ExitCode {
  const style = styleOf(terminal.colour);
  // Commander has written its own message; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (debug && error instanceof Error) terminal.remark(error.stack ?? error.message);
  if (error instanceof InvalidConfigError) {
    terminal.remark(issuesText(error.issues, style, terminal.columns));
    return exitCodes.usage;
  }
  const { code, message, fix } = explained(error);
  terminal.remark(`${style.bad('error:')} ${safe(message)}\n  ${style.dim('fix:')} ${safe(fix)}`);
  return code;
}

interface Explained { readonly code: ExitCode; readonly message: string; readonly fix: string }

function explained(error: unknown): Explained {
  if (error instanceof CommandError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TryAgainError || error instanceof RefusedByAwsError) {
    return { code: exitCodes.unreachable, message, fix: error instanceof RefusedByAwsError ? 'check credentials, permissions and --table' : 'try again, or from another region with --region' };
  }
  if (error instanceof UnexpectedAnswerError) return { code: exitCodes.failed, message, fix: 'the answer was not understood, so nothing was assumed: see what it is with --debug before you change anything' };
  const file = error as NodeJS.ErrnoException;
  if (typeof file.code === 'string' && file.path !== undefined) return { code: exitCodes.usage, message: `${file.path}: ${fileTroubles[file.code] ?? file.code}`, fix: 'give another path, or correct its permissions' };
  return { code: exitCodes.failed, message: `this is a fault of Hotshift: ${message}`, fix: 'run it again with --debug and report what it shows' };
}

const fileTroubles: Readonly<Record<string, string>> = {
  EACCES: 'permission denied', EPERM: 'permission denied', EISDIR: 'is a directory', ENOENT: 'no such directory', ENOTDIR: 'a part of the path is a file', EROFS: 'the file system is read-only', ENOSPC: 'the disk is full',
};
