// The Map state: one run of its processor per item or batch, so many at a time, with as many failures as are tolerated. A distributed
// Map runs here in the same process and records its iterations like an inline one.
import type { Batch, MapState } from './definition.ts';
import { TaskError, asFailure } from './errors.ts';
import type { Trail } from './history.ts';
import { payload, type Payload } from './payload.ts';
import { together } from './race.ts';
import { runScope } from './scope.ts';
import { evaluate, mistaken, numberOf, shown, type Visit } from './visit.ts';

/** How many iterations run at once when MaxConcurrency is 0 or absent (guide, "Map state processing modes"; service quotas). */
const CONCURRENCY = { INLINE: 40, DISTRIBUTED: 10_000 } as const;

interface Iteration { readonly index: number; readonly item: unknown; readonly input: Payload }
interface Tolerance { readonly count: number | undefined; readonly percentage: number | undefined }

export async function performMap(visit: Visit<MapState>): Promise<Payload> {
  const { state, trail } = visit;
  const items = await itemsOf(visit);
  const concurrency = await numberOf(visit, state.maxConcurrency, 'MaxConcurrency') || CONCURRENCY[state.mode];
  const tolerance = {
    count: await numberOf(visit, state.toleratedCount, 'ToleratedFailureCount'),
    percentage: await numberOf(visit, state.toleratedPercentage, 'ToleratedFailurePercentage', { most: 100, whole: false }),
  };
  const iterations = state.batch === undefined ? await inputsOf(visit, items) : await batchesOf(visit, state.batch, items);
  trail.add('MapStateStarted', { mapStateStartedEventDetails: { length: iterations.length } });
  const outputs = await new Run(visit, iterations, tolerance).all(Math.min(concurrency, CONCURRENCY[state.mode]));
  trail.add('MapStateSucceeded');
  return payload(outputs, `state/task '${state.name}'`);
}

async function itemsOf(visit: Visit<MapState>): Promise<readonly unknown[]> {
  const items = visit.state.items === undefined ? visit.input.value : await evaluate(visit, visit.state.items);
  if (!Array.isArray(items)) throw mistaken(visit, `The value specified for the field 'Items' must be an array, but was ${shown(items)}.`);
  return items;
}

/** ItemSelector sees the Map state's input, and the item in the context object (guide, "ItemSelector"). */
async function inputsOf(visit: Visit<MapState>, items: readonly unknown[]): Promise<readonly Iteration[]> {
  const iterations: Iteration[] = [];
  for (const [index, item] of items.entries()) {
    const { selector } = visit.state;
    const value = selector === undefined ? item : await evaluate({ ...visit, context: { ...visit.context, ...place(index, item) } }, selector);
    iterations.push({ index, item, input: payload(value, `item ${index} of the state '${visit.state.name}'`) });
  }
  return iterations;
}

const place = (index: number, item: unknown): object => ({ Map: { Item: { Index: index, Value: item } } });

/** Batches of so many items or bytes at most, as `{ BatchInput, Items }` (guide, "ItemBatcher"). */
async function batchesOf(visit: Visit<MapState>, batch: Batch, items: readonly unknown[]): Promise<readonly Iteration[]> {
  const itemsMax = (await numberOf(visit, batch.itemsMax, 'ItemBatcher/MaxItemsPerBatch', { least: 1 })) ?? Infinity;
  const bytesMax = (await numberOf(visit, batch.bytesMax, 'ItemBatcher/MaxInputBytesPerBatch', { least: 1 })) ?? Infinity;
  const shared = batch.input === undefined ? {} : { BatchInput: await evaluate(visit, batch.input) };
  const batches: unknown[][] = [];
  for (const { input } of await inputsOf(visit, items)) {
    const current = batches.at(-1);
    const grown = { ...shared, Items: [...(current ?? []), input.value] };
    const fits = current !== undefined && current.length < itemsMax && Buffer.byteLength(JSON.stringify(grown)) <= bytesMax;
    if (fits) current.push(input.value);
    else batches.push([input.value]);
  }
  return batches.map((entries, index) => {
    const value = { ...shared, Items: entries };
    return { index, item: value, input: payload(value, `batch ${index} of the state '${visit.state.name}'`) };
  });
}

/** One attempt at all iterations. */
class Run {
  readonly #visit: Visit<MapState>;
  readonly #iterations: readonly Iteration[];
  readonly #tolerance: Tolerance;
  readonly #trails: readonly Trail[];
  readonly #outputs: unknown[];
  #next = 0;
  #failures = 0;
  #last: number;

  constructor(visit: Visit<MapState>, iterations: readonly Iteration[], tolerance: Tolerance) {
    [this.#visit, this.#iterations, this.#tolerance] = [visit, iterations, tolerance];
    this.#trails = visit.trail.fork(iterations.length);
    this.#outputs = new Array<unknown>(iterations.length).fill(null);
    this.#last = visit.trail.last;
  }

  /** The outputs in the order of the items; a tolerated failure leaves null in its place. */
  async all(concurrency: number): Promise<readonly unknown[]> {
    const { trail, signal } = this.#visit;
    const worker = async (own: AbortSignal): Promise<void> => {
      for (let found = this.#take(); found !== undefined; found = this.#take()) await this.#one(found, own);
    };
    await together(signal, Array.from({ length: Math.min(concurrency, this.#iterations.length) }, () => worker), () => {
      trail.last = this.#last;
      this.#trails.forEach((entry) => entry.abort(this.#last));
      trail.add('MapStateFailed');
    });
    trail.last = this.#last;
    return this.#outputs;
  }

  #take(): Iteration | undefined {
    const found = this.#iterations[this.#next];
    this.#next += 1;
    return found;
  }

  async #one({ index, item, input }: Iteration, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw signal.reason as Error;
    const { around, context, state, variables } = this.#visit;
    const trail = this.#trails[index] as Trail;
    const details = { name: state.name, index };
    trail.add('MapIterationStarted', { mapIterationStartedEventDetails: details });
    trail.whenAborted = () => ['MapIterationAborted', { mapIterationAbortedEventDetails: details }];
    try {
      // A distributed Map's child workflows cannot see the variables around it (guide, "Variable scope").
      const visible = state.mode === 'DISTRIBUTED' ? {} : variables;
      const output = await runScope(state.processor, { around, input, variables: visible, context: { ...context, ...place(index, item) }, trail, signal });
      this.#outputs[index] = output.value;
      trail.whenAborted = undefined;
      trail.add('MapIterationSucceeded', { mapIterationSucceededEventDetails: details });
      this.#last = trail.last;
    } catch (error) {
      if (signal.aborted) throw signal.reason as Error;
      const reason = trail.last;
      trail.whenAborted = undefined;
      trail.add('MapIterationFailed', { mapIterationFailedEventDetails: details });
      trail.abort(reason);
      this.#failed(asFailure(error), reason);
    }
  }

  /** Each threshold that is given is a limit of its own; without any, the first failure is the Map's. */
  #failed(failure: TaskError, reason: number): void {
    this.#failures += 1;
    this.#last = reason;
    const { count, percentage } = this.#tolerance;
    const given = count !== undefined || percentage !== undefined;
    const exceeded = !given || (count !== undefined && this.#failures > count)
      || (percentage !== undefined && (this.#failures / this.#iterations.length) * 100 > percentage);
    // A fault of the workflow itself is nothing that could be tolerated.
    if (failure.error === 'States.Runtime') throw failure;
    if (!exceeded) return;
    if (!given && this.#visit.state.mode === 'INLINE') throw failure;
    const shares = `${this.#failures} of ${this.#iterations.length} failed, the last with ${failure.message}`;
    throw new TaskError('States.ExceedToleratedFailureThreshold', `The specified tolerated failure threshold was exceeded: ${shares}`);
  }
}
