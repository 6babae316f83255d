// The virtual clock: a queue of events in order of time. Between two events all promises that can go on have gone on, so that one
// seed gives one order of everything. Nothing here waits for real time.

export interface Timer { cancel(): void }

interface Entry { readonly time: number; readonly order: number; act: (() => void) | undefined }

export class VirtualClock {
  #now: number;
  #order = 0;
  #touched = false;
  #events = 0;
  readonly #heap: Entry[] = [];

  constructor(startsAt: number) {
    this.#now = startsAt;
  }

  now(): number {
    return this.#now;
  }

  /** How many events have happened. */
  get events(): number {
    return this.#events;
  }

  /** Does `act` at a time; events of one moment happen in the order in which they were asked for. */
  at(time: number, act: () => void): Timer {
    const entry: Entry = { time: Math.max(time, this.#now), order: (this.#order += 1), act };
    this.#push(entry);
    return {
      cancel: () => {
        entry.act = undefined;
      },
    };
  }

  after(delayMs: number, act: () => void): Timer {
    return this.at(this.#now + delayMs, act);
  }

  /** Says that the present event has settled a promise: what waits for it must go on before the next event. */
  touched(): void {
    this.#touched = true;
  }

  /** Runs all events up to a time, or until `enough` says so. Throws what an event throws: a fault of the simulator itself. */
  async runUntil(time: number, afterEach: () => void, enough: () => boolean = () => false): Promise<void> {
    await drained();
    for (let next = this.#heap[0]; next !== undefined && next.time <= time && !enough(); next = this.#heap[0]) {
      this.#pop();
      if (next.act === undefined) continue;
      this.#now = next.time;
      this.#events += 1;
      next.act();
      if (this.#touched) {
        this.#touched = false;
        await drained();
      }
      afterEach();
    }
    if (!enough()) this.#now = Math.max(this.#now, time);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!earlier(entry, heap[parent])) break;
      heap[index] = heap[parent] as Entry;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && earlier(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!earlier(heap[child], last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
  }
}

function earlier(one: Entry | undefined, other: Entry | undefined): boolean {
  if (one === undefined || other === undefined) return one !== undefined;
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}

/** Node runs every waiting microtask before the next immediate: after this nothing can go on but by an event. */
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
