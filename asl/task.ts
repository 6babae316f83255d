// A task: one request to the runner, with its time limit, its heartbeat and, where the resource says so, a token to wait for.
import type { State } from './definition.ts';
import { TaskError } from './errors.ts';
import { abortable, within } from './race.ts';
import { asFailure, checkSize, type Runner, type Visit } from './runner.ts';

/** Without TimeoutSeconds a task may take 99,999,999 seconds (States Language, Task state). */
const DEFAULT_SECONDS = 99_999_999;

export async function performTask(runner: Runner, before: Visit, state: State & { type: 'Task' }): Promise<unknown> {
  const { options, history } = runner;
  const waits = state.resource.endsWith('.waitForTaskToken');
  const token = waits ? options.token() : undefined;
  const visit = token === undefined ? before : { ...before, context: { ...before.context, Task: { Token: token } } };
  const input = state.arguments === undefined ? visit.input : await runner.evaluate(state.arguments, visit);
  checkSize(input, state.name);
  const timeoutSeconds = await seconds(runner, visit, state.timeoutSeconds, 'TimeoutSeconds') ?? DEFAULT_SECONDS;
  const heartbeatSeconds = await seconds(runner, visit, state.heartbeatSeconds, 'HeartbeatSeconds');
  const service = serviceOf(state.resource);
  const scheduled = history.add(visit.entered, 'TaskScheduled', { taskScheduledEventDetails: { ...service, region: '', parameters: JSON.stringify(input), timeoutInSeconds: timeoutSeconds } });
  const started = history.add(scheduled, 'TaskStarted', { taskStartedEventDetails: service });
  try {
    const late = (): Error => new TaskError('States.Timeout', '');
    const result = await within(options.clock, timeoutSeconds * 1000, visit.signal, (signal) => attempt(runner, state, input, token, heartbeatSeconds, signal), late);
    checkSize(result, state.name);
    history.add(history.events.length, 'TaskSucceeded', { taskSucceededEventDetails: { ...service, output: JSON.stringify(result) } });
    return result;
  } catch (error) {
    if (visit.signal.aborted) throw visit.signal.reason as Error;
    const failure = asFailure(error);
    const timedOut = failure.error === 'States.Timeout' || failure.error === 'States.HeartbeatTimeout';
    history.add(started, timedOut ? 'TaskTimedOut' : 'TaskFailed', { [timedOut ? 'taskTimedOutEventDetails' : 'taskFailedEventDetails']: { ...service, error: failure.error, cause: failure.cause_ } });
    throw failure;
  }
}

/** The request itself; with a token the answer to the token is the result, and a request that fails ends the wait. */
async function attempt(runner: Runner, state: State & { type: 'Task' }, input: unknown, token: string | undefined, heartbeatSeconds: number | undefined, signal: AbortSignal): Promise<unknown> {
  const { options, tokens } = runner;
  const beats = new Heartbeats(heartbeatSeconds);
  const request = { resource: state.resource, arguments: input, stateName: state.name, heartbeat: () => beats.beat(), signal };
  const work = async (): Promise<unknown> => {
    if (token === undefined) return options.tasks.run(request);
    const waiting = tokens.wait(token, () => beats.beat());
    try {
      await options.tasks.run({ ...request, taskToken: token });
      return await abortable(waiting.answer, signal);
    } finally {
      waiting.end();
    }
  };
  return heartbeatSeconds === undefined ? work() : beats.watch(options.clock, signal, work());
}

/** Fails a task that has not been heard of for too long. */
class Heartbeats {
  readonly #seconds: number | undefined;
  #beats = 0;
  constructor(seconds: number | undefined) {
    this.#seconds = seconds;
  }

  beat(): void {
    this.#beats += 1;
  }

  async watch(clock: { sleep(delayMs: number, signal?: AbortSignal): Promise<void> }, signal: AbortSignal, work: Promise<unknown>): Promise<unknown> {
    const done = new AbortController();
    const silence = (async (): Promise<never> => {
      for (;;) {
        const before = this.#beats;
        await clock.sleep((this.#seconds ?? 0) * 1000, AbortSignal.any([done.signal, signal]));
        if (done.signal.aborted || signal.aborted) return await new Promise<never>(() => undefined);
        if (this.#beats === before) throw new TaskError('States.HeartbeatTimeout', '');
      }
    })();
    try {
      return await Promise.race([work, silence]);
    } finally {
      done.abort();
    }
  }
}

async function seconds(runner: Runner, visit: Visit, part: Parameters<Runner['evaluate']>[0], field: string): Promise<number | undefined> {
  if (part === undefined) return undefined;
  const value = await runner.evaluate(part, visit);
  if (typeof value !== 'number' || !(value > 0)) throw new TaskError('States.QueryEvaluationError', `${field}: gave ${JSON.stringify(value)}, not a positive number`);
  return value;
}

/** `arn:aws:states:::lambda:invoke.waitForTaskToken` -> lambda, invoke.waitForTaskToken. */
function serviceOf(resource: string): { readonly resourceType: string; readonly resource: string } {
  const parts = resource.split(':::')[1]?.split(':') ?? ['lambda', 'invoke'];
  return { resourceType: parts.slice(0, -1).join(':'), resource: parts.at(-1) ?? '' };
}
