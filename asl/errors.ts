// The errors of the States Language, and which names in a Retry or Catch stand for which of them.

/** A task, a state or an execution failed under a name that `ErrorEquals` can match. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly error: string;
  readonly cause_: string;
  constructor(error: string, cause = '') {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause_ = cause;
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

/** What the callback API answers for a token that is no good any more. */
export class TaskTokenError extends Error {
  override readonly name: 'TaskDoesNotExist' | 'TaskTimedOut' | 'InvalidToken';
  constructor(name: 'TaskDoesNotExist' | 'TaskTimedOut' | 'InvalidToken', message: string) {
    super(message);
    this.name = name;
  }
}

/** Errors that no wildcard catches (Step Functions guide, error names: States.DataLimitExceeded and States.Runtime are terminal). */
const TERMINAL: ReadonlySet<string> = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** Does one name of ErrorEquals stand for this error? */
export function matches(name: string, error: string): boolean {
  if (name === error) return true;
  if (TERMINAL.has(error)) return false;
  if (name === 'States.ALL') return true;
  // States.TaskFailed stands for every error but a time-out; a heartbeat's time-out is one (States.Timeout stands for it as well).
  if (name === 'States.TaskFailed') return error !== 'States.Timeout' && error !== 'States.HeartbeatTimeout';
  return name === 'States.Timeout' && error === 'States.HeartbeatTimeout';
}
