// Walks through the states of a scope: input to output, variables, retries and catches. What a state does is in states.ts.
import type { Scope, State } from './definition.ts';
import { TaskError, matches } from './errors.ts';
import type { ExecutionOptions } from './execute.ts';
import type { History } from './history.ts';
import { sleep } from './race.ts';
import { perform, type Performed } from './states.ts';
import type { Bindings, Template } from './template.ts';
import type { Tokens } from './tokens.ts';

export type Variables = Readonly<Record<string, unknown>>;
export type RunnerOptions = ExecutionOptions & { readonly token: () => string };
export interface ScopeEnd { readonly output: unknown; readonly last: number }
/** One visit of one state. */
export interface Visit {
  readonly state: State; readonly input: unknown; readonly variables: Variables; readonly context: Readonly<Record<string, unknown>>;
  readonly entered: number; readonly signal: AbortSignal; readonly retryCount: number;
}

/** Payloads, inputs and outputs (Step Functions quotas: 256 KiB as UTF-8). */
const BYTES_MAX = 262_144;

export class Runner {
  readonly options: RunnerOptions;
  readonly history: History;
  readonly tokens: Tokens;
  readonly #context: Readonly<Record<string, unknown>>;

  constructor(options: RunnerOptions, history: History, tokens: Tokens, context: Readonly<Record<string, unknown>>) {
    [this.options, this.history, this.tokens, this.#context] = [options, history, tokens, context];
  }

  /** Runs a scope from its first state. Variables of the outer scope can be read; what is assigned stays inside. */
  async scope(scope: Scope, input: unknown, outer: Variables, previous: number, signal: AbortSignal, extra: Readonly<Record<string, unknown>> = {}): Promise<ScopeEnd> {
    let [name, current, variables, last]: [string | undefined, unknown, Variables, number] = [scope.startAt, input, outer, previous];
    while (name !== undefined) {
      const state = scope.states.get(name);
      if (state === undefined) throw new TaskError('States.Runtime', `there is no state "${name}"`);
      if (signal.aborted) throw signal.reason as Error;
      if (this.history.full) throw new TaskError('States.Runtime', 'the execution reached the limit of 25000 history events');
      const entered = this.history.add(last, `${state.type}StateEntered`, { stateEnteredEventDetails: { name, input: JSON.stringify(current) } });
      const context = { ...this.#context, ...extra, State: { EnteredTime: new Date(this.options.clock.now()).toISOString(), Name: name, RetryCount: 0 } };
      const done = await this.#visit({ state, input: current, variables, context, entered, signal, retryCount: 0 });
      checkSize(done.output, name);
      last = this.history.events.length;
      if (state.type !== 'Fail') last = this.history.add(last, `${state.type}StateExited`, { stateExitedEventDetails: { name, output: JSON.stringify(done.output) } });
      [name, current, variables] = [done.next, done.output, { ...variables, ...done.assigned }];
    }
    return { output: current, last };
  }

  /** Evaluates a template as a state sees the world. */
  bindings(visit: Visit, more: Readonly<Record<string, unknown>> = {}): Bindings {
    const { clock, random } = this.options;
    const uuid = (): string => 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => Math.floor(random() * 16).toString(16));
    return { states: { input: visit.input, context: visit.context, ...more }, variables: visit.variables, now: () => clock.now(), random, uuid };
  }

  evaluate(part: Template | undefined, visit: Visit, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return part === undefined ? Promise.resolve(undefined) : part(this.bindings(visit, more));
  }

  /** Performs a state with its retries, then its catches. */
  async #visit(visit: Visit): Promise<Performed> {
    const { state } = visit;
    const attempts = new Map<number, number>();
    for (let retryCount = 0; ; retryCount += 1) {
      const context = { ...visit.context, State: { ...(visit.context['State'] as object), RetryCount: retryCount } };
      const now = { ...visit, context, retryCount };
      try {
        return await perform(this, now);
      } catch (error) {
        // An abort (a sibling's failure, a time limit further out, a stop) is not this state's to catch.
        if (visit.signal.aborted) throw visit.signal.reason as Error;
        const failure = asFailure(error);
        const delayMs = this.#retryDelayMs(state, failure, attempts);
        if (delayMs === undefined) return this.#catch(now, failure);
        await sleep(this.options.clock, delayMs, visit.signal);
      }
    }
  }

  #retryDelayMs(state: State, failure: TaskError, attempts: Map<number, number>): number | undefined {
    const retriers = 'retry' in state ? state.retry : [];
    const index = retriers.findIndex((retrier) => retrier.errors.some((name) => matches(name, failure.error)));
    const retrier = retriers[index];
    if (retrier === undefined) return undefined;
    const made = attempts.get(index) ?? 0;
    if (made >= retrier.maxAttempts) return undefined;
    attempts.set(index, made + 1);
    const seconds = Math.min(retrier.intervalSeconds * retrier.backoffRate ** made, retrier.maxDelaySeconds);
    return seconds * 1000 * (retrier.jitter === 'FULL' ? this.options.random() : 1);
  }

  async #catch(visit: Visit, failure: TaskError): Promise<Performed> {
    const catchers = 'catch' in visit.state ? visit.state.catch : [];
    const catcher = catchers.find((entry) => entry.errors.some((name) => matches(name, failure.error)));
    if (catcher === undefined) throw failure;
    const errorOutput = { Error: failure.error, Cause: failure.cause_ };
    const assigned = (await this.evaluate(catcher.assign, visit, { errorOutput })) as Variables | undefined;
    const output = catcher.output === undefined ? errorOutput : await this.evaluate(catcher.output, visit, { errorOutput });
    return { output, next: catcher.next, assigned: assigned ?? {} };
  }
}

/** A rejection that has no States Language name failed as a task. */
export function asFailure(error: unknown): TaskError {
  if (error instanceof TaskError) return error;
  return new TaskError('States.TaskFailed', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

export function checkSize(value: unknown, where: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  if (bytes > BYTES_MAX) throw new TaskError('States.DataLimitExceeded', `the state "${where}" has ${bytes} bytes of data; the limit is ${BYTES_MAX}`);
}
