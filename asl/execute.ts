// Runs a loaded state machine. Time, chance and tasks are handed in; between two steps of time only promises are awaited.
import type { StateMachine } from './definition.ts';
import { TaskError, asFailure } from './errors.ts';
import { uuid } from './functions.ts';
import { History, Trail, WHOLE, type HistoryEvent } from './history.ts';
import { foreign, type Payload } from './payload.ts';
import { deadline, within, type Clock } from './race.ts';
import { runScope } from './scope.ts';
import { recorded } from './task-record.ts';
import type { TaskRunner } from './task.ts';
import { Tokens } from './tokens.ts';
import type { Surroundings } from './visit.ts';

export interface ExecutionOptions {
  readonly input: unknown;
  readonly name: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn?: string;
  /** Milliseconds since the epoch; the clock's time if absent. */
  readonly startTime?: number;
  readonly clock: Clock;
  /** From 0 (inclusive) to 1 (exclusive): the only source of chance. */
  readonly random: () => number;
  readonly tasks: TaskRunner;
  /** How long the service takes from one state to the next; none if absent. */
  readonly transitionMs?: () => number;
  /** Makes task tokens; drawn from `random` if absent. */
  readonly token?: () => string;
  readonly onEvent?: (event: HistoryEvent) => void;
}

export type ExecutionResult =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error: string; readonly cause: string };

export interface Execution {
  /** Never rejects, unless the interpreter itself is at fault. */
  readonly result: Promise<ExecutionResult>;
  readonly history: readonly HistoryEvent[];
  stop(error?: string, cause?: string): void;
  /** Answers to a waiting task, with plain JSON. Throw TaskTokenError. */
  taskSuccess(token: string, output: unknown): void;
  taskFailure(token: string, error: string, cause: string): void;
  taskHeartbeat(token: string): void;
  /** Did this execution give out the token? */
  knowsToken(token: string): boolean;
}

class Stopped extends TaskError {}
class TimedOut extends TaskError {}

/** Starts an execution. The first task is requested when the caller next awaits something. */
export function execute(machine: StateMachine, options: ExecutionOptions): Execution {
  const history = new History(() => options.clock.now(), options.onEvent);
  const tokens = new Tokens();
  const stopper = new AbortController();
  return {
    result: run(machine, options, history, tokens, stopper.signal), history: history.events,
    stop: (error = '', cause = '') => stopper.abort(new Stopped(error, cause)),
    taskSuccess: (token, output) => tokens.success(token, output),
    taskFailure: (token, error, cause) => tokens.failure(token, error, cause),
    taskHeartbeat: (token) => tokens.heartbeat(token),
    knowsToken: (token) => tokens.knows(token),
  };
}

async function run(machine: StateMachine, options: ExecutionOptions, history: History, tokens: Tokens, stop: AbortSignal): Promise<ExecutionResult> {
  const trail = new Trail(history, 0);
  try {
    const input = foreign(options.input ?? {}, 'execution input');
    const role = options.roleArn === undefined ? {} : { roleArn: options.roleArn };
    // The event that starts an execution begins no chain: the first state's has 0 before it as well (recorded runs).
    history.add(0, 'ExecutionStarted', { executionStartedEventDetails: { input: input.text, inputDetails: WHOLE, ...role } });
    const entry = { around: surroundings(options, tokens), input, variables: {}, context: contextOf(options, input), trail };
    const limits = machine.timeoutSeconds === undefined ? [] : [deadline(options.clock, machine.timeoutSeconds * 1000, () => new TimedOut('States.Timeout'))];
    // Whoever starts an execution has its handle before the first event of a state.
    await Promise.resolve();
    const output = await within(stop, limits, (signal) => runScope(machine, { ...entry, signal }));
    return succeeded(output, trail, history);
  } catch (error) {
    return failed(error, trail, history);
  }
}

function surroundings({ clock, random, tasks, token, transitionMs, executionArn, name }: ExecutionOptions, tokens: Tokens): Surroundings {
  // Numbered, so that a poor source of chance cannot give one token to two tasks.
  let made = 0;
  const newToken = token ?? (() => `${name}-${(made += 1)}-${uuid(random)}`);
  return { clock, random, tasks, tokens, newToken, region: executionArn.split(':')[3] ?? '', ...(transitionMs === undefined ? {} : { transitionMs }) };
}

/** The context object of an execution (guide, "Accessing execution data from the Context object"). */
function contextOf(options: ExecutionOptions, input: Payload): Readonly<Record<string, unknown>> {
  const { executionArn, name, roleArn, startTime, stateMachineArn, stateMachineName, clock } = options;
  return {
    Execution: { Id: executionArn, Input: input.value, Name: name, RoleArn: roleArn ?? '', StartTime: new Date(startTime ?? clock.now()).toISOString(), RedriveCount: 0 },
    StateMachine: { Id: stateMachineArn, Name: stateMachineName },
  };
}

function succeeded(output: Payload, trail: Trail, history: History): ExecutionResult {
  history.close(trail.last, 'ExecutionSucceeded', { executionSucceededEventDetails: { output: output.text, outputDetails: WHOLE } });
  return { status: 'SUCCEEDED', output: output.value };
}

function failed(problem: unknown, trail: Trail, history: History): ExecutionResult {
  // An error without a name of the States Language did not come from a task: it is a fault of the interpreter and must not pass for a result.
  if (!(problem instanceof TaskError)) {
    history.close(trail.last, 'ExecutionFailed', { executionFailedEventDetails: { error: 'States.Runtime', cause: asFailure(problem).cause } });
    throw problem;
  }
  const details = { ...recorded(problem), ...(problem.error === '' ? { error: undefined } : {}) };
  const { error = '', cause = '' } = details;
  if (problem instanceof Stopped) {
    history.close(0, 'ExecutionAborted', { executionAbortedEventDetails: details });
    return { status: 'ABORTED', error, cause };
  }
  if (problem instanceof TimedOut) {
    history.close(0, 'ExecutionTimedOut', { executionTimedOutEventDetails: details });
    return { status: 'TIMED_OUT', error, cause };
  }
  history.close(trail.last, 'ExecutionFailed', { executionFailedEventDetails: details });
  return { status: 'FAILED', error, cause };
}
