// Time for tests: it only passes when nothing else is left to do. `settle` runs until a promise is settled.
import type { Clock } from '../../../asl/index.ts';

interface Sleeper { readonly at: number; readonly order: number; readonly wake: () => void }

export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #sleepers: Sleeper[] = [];

  constructor(start = Date.parse('2026-11-24T00:00:00Z')) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  get sleepers(): number {
    return this.#sleepers.length;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.#now + delayMs, order: (this.#order += 1), wake: resolve };
      this.#sleepers.push(sleeper);
      const forget = (): void => {
        this.#sleepers = this.#sleepers.filter((entry) => entry !== sleeper);
        resolve();
      };
      if (signal?.aborted === true) forget();
      else signal?.addEventListener('abort', forget, { once: true });
    });
  }

  async settle<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    work.then(mark, mark);
    for (;;) {
      // Only microtasks may be pending between two steps of time; a few turns of the event loop drain them all.
      for (let turn = 0; turn < 5 && !settled; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (settled) return work;
      this.#sleepers.sort((left, right) => left.at - right.at || left.order - right.order);
      const next = this.#sleepers.shift();
      if (next === undefined) throw new Error('nothing is left to happen and the work is not settled');
      this.#now = next.at;
      next.wake();
    }
  }
}
