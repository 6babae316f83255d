// A task: one request to the runner, with its time limit, its heartbeat and, where the resource says so, a token to wait for.
import type { TaskState } from './definition.ts';
import { TaskError, asFailure } from './errors.ts';
import { foreign, payload, type Payload } from './payload.ts';
import { SECONDS_MAX } from './seconds.ts';
import { deadline, within, type Clock, type Limit } from './race.ts';
import { recordOf, type TaskRecord } from './task-record.ts';
import { evaluate, numberOf, type Visit } from './visit.ts';

export interface TaskRequest {
  readonly resource: string;
  readonly arguments: unknown;
  readonly stateName: string;
  readonly taskToken?: string;
  readonly heartbeat: () => void;
  /** Aborts when nobody waits for the result any more: a time-out, a stop, a sibling's failure. */
  readonly signal: AbortSignal;
}
/** Performs tasks. Rejects with TaskError; any other rejection is States.TaskFailed. */
export interface TaskRunner { run(request: TaskRequest): Promise<unknown> }

/** The guide's "Wait for a callback with the task token". */
export const waitsForToken = (resource: string): boolean => resource.endsWith('.waitForTaskToken');

/** One attempt, with its events. */
export async function performTask(before: Visit<TaskState>): Promise<Payload> {
  const { state, around, trail, signal } = before;
  const token = waitsForToken(state.resource) ? around.newToken() : undefined;
  const visit = token === undefined ? before : { ...before, context: { ...before.context, Task: { Token: token } } };
  const subject = `state/task '${state.name}'`;
  const input = state.arguments === undefined ? visit.input : payload(await evaluate(visit, state.arguments), subject);
  const timeoutSeconds = await numberOf(visit, state.timeoutSeconds, 'TimeoutSeconds', { least: 1, most: SECONDS_MAX });
  const heartbeatSeconds = await numberOf(visit, state.heartbeatSeconds, 'HeartbeatSeconds', { least: 1, most: SECONDS_MAX });
  const record = recordOf(state.resource, around.region, trail);
  record.started(input.text, timeoutSeconds, heartbeatSeconds);
  try {
    const beats = new Beats(around.clock);
    // Without TimeoutSeconds a task may take 99,999,999 seconds (guide, "Task state"): three years, for which no timer is kept.
    const limits: Limit[] = [];
    if (timeoutSeconds !== undefined) limits.push(deadline(around.clock, timeoutSeconds * 1000, () => new TaskError('States.Timeout')));
    if (heartbeatSeconds !== undefined) limits.push(beats.limit(heartbeatSeconds * 1000));
    const result = await within(signal, limits, (own) => request(visit, input.value, token, beats, record, own));
    const output = foreign(result, subject);
    record.succeeded(output.text);
    return output;
  } catch (error) {
    if (signal.aborted) throw signal.reason as Error;
    const failure = asFailure(error);
    record.failed(failure);
    throw failure;
  }
}

/** The request itself; with a token the answer to the token is the result, and a request that fails ends the wait. */
function request({ state, around }: Visit<TaskState>, input: unknown, token: string | undefined, beats: Beats, record: TaskRecord, signal: AbortSignal): Promise<unknown> {
  const beat = (): void => beats.beat();
  // The runner's own copy: what it does to its arguments must not reach the workflow.
  const given = { resource: state.resource, arguments: structuredClone(input), stateName: state.name, heartbeat: beat, signal };
  const run = async (more: object = {}): Promise<unknown> => around.tasks.run({ ...given, ...more });
  if (token === undefined) return run();
  const answer = around.tokens.wait(token, beat);
  signal.addEventListener('abort', answer.end, { once: true });
  return new Promise<unknown>((resolve, reject) => {
    let waiting = true;
    const end = (act: () => void) => (): void => {
      waiting = false;
      signal.removeEventListener('abort', answer.end);
      answer.end();
      act();
    };
    answer.output.then((output) => end(() => resolve(output))(), (error: unknown) => end(() => reject(error as Error))());
    run({ taskToken: token }).then(
      (submitted) => {
        if (waiting && !signal.aborted) record.submitted(JSON.stringify(submitted ?? null));
      },
      (error: unknown) => {
        if (waiting) end(() => reject(error as Error))();
      },
    );
  });
}

/** Fails a task that has not been heard of for too long. */
class Beats {
  readonly #clock: Clock;
  #heardAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heardAt = clock.now();
  }

  beat(): void {
    this.#heardAt = this.#clock.now();
  }

  limit(silenceMs: number): Limit {
    return async (signal) => {
      // Sleeps until the silence would be too long, and looks then whether there was a beat meanwhile.
      for (let restMs = silenceMs; restMs > 0; restMs = this.#heardAt + silenceMs - this.#clock.now()) {
        if (signal.aborted) break;
        await this.#clock.sleep(restMs, signal);
      }
      return () => new TaskError('States.HeartbeatTimeout');
    };
  }
}
