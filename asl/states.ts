// What each kind of state does: from its input to its output, its variables and the next state.
import type { State } from './definition.ts';
import { TaskError } from './errors.ts';
import { performMap } from './map.ts';
import { sleep } from './race.ts';
import { asFailure, checkSize, type Runner, type Variables, type Visit } from './runner.ts';
import { performTask } from './task.ts';

export interface Performed { readonly output: unknown; readonly next: string | undefined; readonly assigned: Variables }

export async function perform(runner: Runner, visit: Visit): Promise<Performed> {
  const { state } = visit;
  switch (state.type) {
    case 'Pass': return finish(runner, visit, visit.input);
    case 'Succeed': return finish(runner, visit, visit.input);
    case 'Task': return finish(runner, visit, await performTask(runner, visit, state), true);
    case 'Parallel': return finish(runner, visit, await parallel(runner, visit, state), true);
    case 'Map': return finish(runner, visit, await performMap(runner, visit, state), true);
    case 'Wait': return wait(runner, visit, state);
    case 'Choice': return choice(runner, visit, state);
    case 'Fail': {
      const [error, cause] = [await runner.evaluate(state.error, visit), await runner.evaluate(state.cause, visit)];
      throw new TaskError(text(error ?? '', 'Error'), text(cause ?? '', 'Cause'));
    }
  }
}

/** Assign and Output see the same world: what Assign sets counts from the next state on. */
async function finish(runner: Runner, visit: Visit, result: unknown, hasResult = false): Promise<Performed> {
  const more = hasResult ? { result } : {};
  const assigned = (await runner.evaluate(visit.state.assign, visit, more)) as Variables | undefined;
  const output = visit.state.output === undefined ? result : await runner.evaluate(visit.state.output, visit, more);
  return { output, next: visit.state.next, assigned: assigned ?? {} };
}

async function wait(runner: Runner, visit: Visit, state: State & { type: 'Wait' }): Promise<Performed> {
  const { clock } = runner.options;
  if (state.seconds !== undefined) {
    const seconds = await runner.evaluate(state.seconds, visit);
    if (typeof seconds !== 'number' || seconds < 0 || seconds > 99_999_999) throw new TaskError('States.QueryEvaluationError', `Seconds: ${JSON.stringify(seconds)} is no number from 0 to 99999999`);
    await sleep(clock, seconds * 1000, visit.signal);
  } else {
    const timestamp = await runner.evaluate(state.timestamp, visit);
    const until = typeof timestamp === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(timestamp) ? Date.parse(timestamp) : NaN;
    if (Number.isNaN(until)) throw new TaskError('States.QueryEvaluationError', `Timestamp: ${JSON.stringify(timestamp)} is no RFC 3339 time`);
    await sleep(clock, until - clock.now(), visit.signal);
  }
  return finish(runner, visit, visit.input);
}

async function choice(runner: Runner, visit: Visit, state: State & { type: 'Choice' }): Promise<Performed> {
  for (const rule of state.rules) {
    const holds = await runner.evaluate(rule.condition, visit);
    if (typeof holds !== 'boolean') throw new TaskError('States.QueryEvaluationError', `Condition: gave ${JSON.stringify(holds)}, not true or false`);
    if (!holds) continue;
    const assigned = (await runner.evaluate(rule.assign, visit)) as Variables | undefined;
    const output = rule.output === undefined ? visit.input : await runner.evaluate(rule.output, visit);
    return { output, next: rule.next, assigned: assigned ?? {} };
  }
  if (state.fallback === undefined) throw new TaskError('States.NoChoiceMatched', `no rule of "${state.name}" matched and it has no Default`);
  // The state's own Assign and Output belong to the Default (States Language, Choice state).
  return { ...(await finish(runner, visit, visit.input)), next: state.fallback };
}

async function parallel(runner: Runner, visit: Visit, state: State & { type: 'Parallel' }): Promise<unknown> {
  const input = state.arguments === undefined ? visit.input : await runner.evaluate(state.arguments, visit);
  const siblings = new AbortController();
  const signal = AbortSignal.any([visit.signal, siblings.signal]);
  const started = runner.history.add(visit.entered, 'ParallelStateStarted');
  const branches = state.branches.map((branch) => runner.scope(branch, input, visit.variables, started, signal));
  try {
    const ends = await Promise.all(branches);
    runner.history.add(Math.max(...ends.map(({ last }) => last)), 'ParallelStateSucceeded');
    const output = ends.map((end) => end.output);
    checkSize(output, state.name);
    return output;
  } catch (error) {
    // One branch failed: the others stop (States Language, Parallel state). Their own ends are awaited, so that nothing runs on.
    siblings.abort(new TaskError('States.BranchFailed', 'another branch failed'));
    await Promise.allSettled(branches);
    if (visit.signal.aborted) throw visit.signal.reason as Error;
    runner.history.add(started, 'ParallelStateFailed');
    throw asFailure(error);
  }
}

function text(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new TaskError('States.QueryEvaluationError', `${field}: gave ${JSON.stringify(value)}, not text`);
  return value;
}
