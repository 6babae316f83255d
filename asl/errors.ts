// The errors of the States Language, and which names in a Retry or Catch stand for which of them.

/** A task, a state or an execution failed under a name that `ErrorEquals` can match. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly error: string;
  override readonly cause: string;
  constructor(error: string, cause = '') {
    super(cause === '' ? error : `${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}

/** Every problem of a definition, each with the state and the field. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the state machine cannot be loaded:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

export type TaskTokenProblem = 'TaskDoesNotExist' | 'TaskTimedOut' | 'InvalidToken';
/** What the callback API answers for a token that is no good, or no good any more. */
export class TaskTokenError extends Error {
  override readonly name: TaskTokenProblem;
  constructor(name: TaskTokenProblem, message: string) {
    super(message);
    this.name = name;
  }
}

/** No wildcard catches these (Step Functions guide, "Error names": States.ALL cannot catch States.DataLimitExceeded or States.Runtime). */
const TERMINAL: ReadonlySet<string> = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/**
 * Errors that States.TaskFailed does not stand for: time-outs (guide, "Error names") and what a state's own expressions get wrong,
 * which is no failure of a task.
 */
const NO_TASK_FAILURE: ReadonlySet<string> = new Set(['States.Timeout', 'States.HeartbeatTimeout', 'States.QueryEvaluationError']);

/** Does one name of ErrorEquals stand for this error? */
export function matches(name: string, error: string): boolean {
  if (name === error) return true;
  if (TERMINAL.has(error)) return false;
  if (name === 'States.ALL') return true;
  if (name === 'States.TaskFailed') return !NO_TASK_FAILURE.has(error);
  // A missed heartbeat is a time-out as well (States Language, appendix A: States.Timeout).
  return name === 'States.Timeout' && error === 'States.HeartbeatTimeout';
}

/** A rejection that has no States Language name failed as a task. */
export function asFailure(error: unknown): TaskError {
  if (error instanceof TaskError) return error;
  return new TaskError('States.TaskFailed', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
