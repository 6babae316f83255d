// Runs a loaded state machine. Time, chance and tasks are handed in; between two steps of time only promises are awaited.
import { TaskError } from './errors.ts';
import type { StateMachine } from './definition.ts';
import { History, type HistoryEvent } from './history.ts';
import { within, type Clock } from './race.ts';
import { Runner } from './runner.ts';
import { Tokens } from './tokens.ts';

export interface TaskRequest {
  readonly resource: string;
  readonly arguments: unknown;
  readonly stateName: string;
  readonly taskToken?: string;
  readonly heartbeat: () => void;
  readonly signal: AbortSignal;
}
/** Performs tasks. Rejects with TaskError; any other rejection is States.TaskFailed. */
export interface TaskRunner { run(request: TaskRequest): Promise<unknown> }

export interface ExecutionOptions {
  readonly input: unknown;
  readonly name: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn?: string;
  readonly startTime?: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tasks: TaskRunner;
  readonly token?: () => string;
  readonly onEvent?: (event: HistoryEvent) => void;
}

export type ExecutionResult =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error: string; readonly cause: string };

export interface Execution {
  readonly result: Promise<ExecutionResult>;
  readonly history: readonly HistoryEvent[];
  stop(error?: string, cause?: string): void;
  /** Answers to a waiting task. Throw TaskTokenError (InvalidToken, TaskTimedOut). */
  taskSuccess(token: string, output: unknown): void;
  taskFailure(token: string, error: string, cause: string): void;
  taskHeartbeat(token: string): void;
  knowsToken(token: string): boolean;
}

class Stopped extends Error {
  readonly error: string;
  readonly cause_: string;
  constructor(error: string, cause: string) {
    super('the execution was stopped');
    this.error = error;
    this.cause_ = cause;
  }
}
class TimedOut extends Error {}

/** Starts an execution; its result never rejects. */
export function execute(machine: StateMachine, options: ExecutionOptions): Execution {
  const history = new History(() => options.clock.now(), options.onEvent);
  const tokens = new Tokens();
  const stopper = new AbortController();
  const result = run(machine, options, history, tokens, stopper.signal);
  return {
    result, history: history.events,
    stop: (error = '', cause = '') => stopper.abort(new Stopped(error, cause)),
    taskSuccess: (token, output) => tokens.success(token, output),
    taskFailure: (token, error, cause) => tokens.failure(token, error, cause),
    taskHeartbeat: (token) => tokens.heartbeat(token),
    knowsToken: (token) => tokens.knows(token),
  };
}

async function run(machine: StateMachine, options: ExecutionOptions, history: History, tokens: Tokens, stop: AbortSignal): Promise<ExecutionResult> {
  const startTime = options.startTime ?? options.clock.now();
  const started = history.add(0, 'ExecutionStarted', { executionStartedEventDetails: { input: JSON.stringify(options.input ?? {}), roleArn: options.roleArn } });
  const context = {
    Execution: { Id: options.executionArn, Input: options.input, Name: options.name, RoleArn: options.roleArn ?? '', StartTime: new Date(startTime).toISOString(), RedriveCount: 0 },
    StateMachine: { Id: options.stateMachineArn, Name: options.stateMachineName },
  };
  let draws = 0;
  const token = options.token ?? ((): string => `${options.name}-${(draws += 1)}-${Math.floor(options.random() * 2 ** 48).toString(36)}`);
  const runner = new Runner({ ...options, token }, history, tokens, context);
  const limitMs = machine.timeoutSeconds === undefined ? undefined : machine.timeoutSeconds * 1000;
  try {
    const { output, last } = await within(options.clock, limitMs, stop, (signal) => runner.scope(machine, options.input, {}, started, signal), () => new TimedOut());
    history.add(last, 'ExecutionSucceeded', { executionSucceededEventDetails: { output: JSON.stringify(output) } });
    return { status: 'SUCCEEDED', output };
  } catch (error) {
    return ended(error, history);
  }
}

function ended(error: unknown, history: History): ExecutionResult {
  const last = history.events.length;
  if (error instanceof Stopped) {
    history.add(last, 'ExecutionAborted', { executionAbortedEventDetails: { error: error.error, cause: error.cause_ } });
    return { status: 'ABORTED', error: error.error, cause: error.cause_ };
  }
  if (error instanceof TimedOut) {
    history.add(last, 'ExecutionTimedOut', { executionTimedOutEventDetails: {} });
    return { status: 'TIMED_OUT', error: 'States.Timeout', cause: '' };
  }
  // Anything else that is thrown is a fault of the interpreter or of a template: Step Functions calls that States.Runtime.
  const failure = error instanceof TaskError ? error : new TaskError('States.Runtime', error instanceof Error ? error.message : String(error));
  history.add(last, 'ExecutionFailed', { executionFailedEventDetails: { error: failure.error, cause: failure.cause_ } });
  return { status: 'FAILED', error: failure.error, cause: failure.cause_ };
}
