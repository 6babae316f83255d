// The Map state: one run of its processor per item, so many at a time, with as many failures as are tolerated.
import type { State } from './definition.ts';
import { TaskError } from './errors.ts';
import { asFailure, checkSize, type Runner, type Visit } from './runner.ts';

type MapState = State & { type: 'Map' };
interface Limits { readonly concurrency: number; readonly tolerated: number }

export async function performMap(runner: Runner, visit: Visit, state: MapState): Promise<unknown> {
  const items = await itemsOf(runner, visit, state);
  const limits = await limitsOf(runner, visit, state, items.length);
  const started = runner.history.add(visit.entered, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const siblings = new AbortController();
  const signal = AbortSignal.any([visit.signal, siblings.signal]);
  const outputs: unknown[] = new Array<unknown>(items.length).fill(null);
  const failures: TaskError[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !signal.aborted) {
      const index = next;
      next += 1;
      try {
        outputs[index] = await iteration(runner, visit, state, items[index], index, started, signal);
      } catch (error) {
        if (visit.signal.aborted) throw visit.signal.reason as Error;
        if (siblings.signal.aborted) return;
        failures.push(asFailure(error));
        if (failures.length > limits.tolerated) siblings.abort(new TaskError('States.BranchFailed', 'another iteration failed'));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limits.concurrency, items.length) }, worker));
  const [first] = failures;
  if (first !== undefined && failures.length > limits.tolerated) {
    runner.history.add(started, 'MapStateFailed');
    throw limits.tolerated === 0 ? first : new TaskError('States.ExceedToleratedFailureThreshold', `${failures.length} iterations failed, ${limits.tolerated} are tolerated; the first: ${first.message}`);
  }
  runner.history.add(runner.history.events.length, 'MapStateSucceeded');
  checkSize(outputs, state.name);
  return outputs;
}

async function iteration(runner: Runner, visit: Visit, state: MapState, item: unknown, index: number, started: number, signal: AbortSignal): Promise<unknown> {
  const place = { Map: { Item: { Index: index, Value: item } } };
  const begun = runner.history.add(started, 'MapIterationStarted', { mapIterationStartedEventDetails: { name: state.name, index } });
  const inner = { ...visit, context: { ...visit.context, ...place } };
  const input = state.selector === undefined || state.batch !== undefined ? item : await runner.evaluate(state.selector, inner);
  const { output } = await runner.scope(state.processor, input, visit.variables, begun, signal, place);
  runner.history.add(runner.history.events.length, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: { name: state.name, index } });
  return output;
}

async function itemsOf(runner: Runner, visit: Visit, state: MapState): Promise<readonly unknown[]> {
  const items = state.items === undefined ? visit.input : await runner.evaluate(state.items, visit);
  if (!Array.isArray(items)) throw new TaskError('States.QueryEvaluationError', `Items: gave ${JSON.stringify(items)?.slice(0, 100) ?? 'nothing'}, not an array`);
  if (state.batch === undefined) return items;
  const size = Number(await runner.evaluate(state.batch.maxItems, visit));
  const shared = await runner.evaluate(state.batch.input, visit);
  const selected = await Promise.all(items.map((item, index) => (state.selector === undefined ? item as unknown
    : runner.evaluate(state.selector, { ...visit, context: { ...visit.context, Map: { Item: { Index: index, Value: item as unknown } } } }))));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => ({
    ...(shared === undefined ? {} : { BatchInput: shared }), Items: selected.slice(index * size, (index + 1) * size),
  }));
}

async function limitsOf(runner: Runner, visit: Visit, state: MapState, length: number): Promise<Limits> {
  const concurrency = Number(await runner.evaluate(state.maxConcurrency, visit) ?? 0);
  const count = Number(await runner.evaluate(state.toleratedCount, visit) ?? 0);
  const percentage = Number(await runner.evaluate(state.toleratedPercentage, visit) ?? 0);
  return { concurrency: concurrency > 0 ? concurrency : Infinity, tolerated: Math.max(count, Math.floor((percentage / 100) * length)) };
}
