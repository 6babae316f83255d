// Walks through the states of a scope, from output to input: enters and leaves states, keeps variables, retries and catches.
// What a state does is in perform.ts.
import type { Catcher, Retrier, Scope, State } from './definition.ts';
import { TaskError, asFailure, matches } from './errors.ts';
import { WHOLE, type Trail } from './history.ts';
import { payload, type Payload } from './payload.ts';
import { effects, perform } from './perform.ts';
import { sleep } from './race.ts';
import type { Outcome, Surroundings, Variables, Visit } from './visit.ts';

export interface Entry {
  readonly around: Surroundings;
  readonly input: Payload;
  /** What the scope can read of the scopes around it. */
  readonly variables: Variables;
  readonly context: Readonly<Record<string, unknown>>;
  readonly trail: Trail;
  readonly signal: AbortSignal;
}

/** Runs a scope from its first state to its end. What is assigned inside stays inside (guide, "Variable scope"). */
export async function runScope(scope: Scope, entry: Entry): Promise<Payload> {
  const { trail, signal } = entry;
  let [name, input, variables]: [string | undefined, Payload, Variables] = [scope.startAt, entry.input, entry.variables];
  while (name !== undefined) {
    if (signal.aborted) throw signal.reason as Error;
    const state = scope.states.get(name);
    if (state === undefined) throw new TaskError('States.Runtime', `there is no state "${name}"`);
    if (entry.around.transitionMs !== undefined) await sleep(entry.around.clock, entry.around.transitionMs(), signal);
    const outcome = await enter(state, { ...entry, input, variables });
    if (signal.aborted) throw signal.reason as Error;
    leave(state, outcome, trail);
    [name, input] = [outcome.next, outcome.output];
    if (Object.keys(outcome.assigned).length > 0) variables = { ...variables, ...outcome.assigned };
  }
  return input;
}

function enter(state: State, entry: Entry): Promise<Outcome> {
  const { trail, around, input } = entry;
  const entered = trail.add(`${state.type}StateEntered`, { stateEnteredEventDetails: { name: state.name, input: input.text, inputDetails: WHOLE } });
  trail.open = state.type;
  const context = { ...entry.context, State: { EnteredTime: new Date(around.clock.now()).toISOString(), Name: state.name } };
  return withRetries({ ...entry, state, context, entered });
}

function leave(state: State, { output, assigned }: Outcome, trail: Trail): void {
  const variables = Object.fromEntries(Object.entries(assigned).map(([key, value]) => [key, JSON.stringify(value)]));
  const details = Object.keys(variables).length === 0 ? {} : { assignedVariables: variables, assignedVariablesDetails: WHOLE };
  trail.open = undefined;
  trail.add(`${state.type}StateExited`, { stateExitedEventDetails: { name: state.name, output: output.text, outputDetails: WHOLE, ...details } });
}

/** Performs a state, with its retriers and then its catchers. What goes wrong in Assign and Output is the state's failure, too. */
async function withRetries(visit: Visit): Promise<Outcome> {
  const { state } = visit;
  if (!('retry' in state)) return perform(visit);
  const attempts = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount += 1) {
    const attempt = { ...visit, context: { ...visit.context, State: { ...(visit.context['State'] as object), RetryCount: retryCount } } };
    try {
      return await perform(attempt);
    } catch (error) {
      // What came from further out (a sibling's failure, a limit, a stop) is not this state's to handle.
      if (visit.signal.aborted) throw visit.signal.reason as Error;
      const failure = asFailure(error);
      const delayMs = retryDelayMs(state.retry, failure, attempts, visit.around.random);
      if (delayMs === undefined) return caught(attempt, state.catch, failure);
      await sleep(visit.around.clock, delayMs, visit.signal);
    }
  }
}

/**
 * How long to wait before the next try, or undefined for none. The first retrier that matches decides, and each counts for itself
 * (States Language, "Retrying after error"). FULL jitter draws from 0 to the delay (guide, "JitterStrategy").
 */
export function retryDelayMs(retriers: readonly Retrier[], failure: TaskError, attempts: Map<Retrier, number>, random: () => number): number | undefined {
  const retrier = retriers.find(({ errors }) => errors.some((name) => matches(name, failure.error)));
  const made = retrier === undefined ? 0 : attempts.get(retrier) ?? 0;
  if (retrier === undefined || made >= retrier.maxAttempts) return undefined;
  attempts.set(retrier, made + 1);
  const delayMs = Math.min(retrier.intervalSeconds * retrier.backoffRate ** made, retrier.maxDelaySeconds) * 1000;
  return retrier.jitter === 'FULL' ? delayMs * random() : delayMs;
}

async function caught(visit: Visit, catchers: readonly Catcher[], failure: TaskError): Promise<Outcome> {
  const catcher = catchers.find(({ errors }) => errors.some((name) => matches(name, failure.error)));
  if (catcher === undefined) throw failure;
  const errorOutput = { Error: failure.error, Cause: failure.cause };
  return { ...(await effects(visit, catcher, payload(errorOutput, 'error output'), { errorOutput })), next: catcher.next };
}
