// Time that passes at once: it moves on to the next sleeper whenever nothing else is left to do. Workflows of minutes are counted in
// milliseconds by it.
import type { Clock } from '../asl/index.ts';

interface Sleeper { readonly at: number; readonly wake: () => void }

export class PassingTime implements Clock {
  #now = Date.parse('2026-11-24T00:00:00Z');
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper: Sleeper = { at: this.#now + delayMs, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      }, { once: true });
    });
  }

  /** Lets time pass until `work` is settled. */
  async until<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const mark = (): void => { settled = true; };
    work.then(mark, mark);
    for (;;) {
      // Between two steps of time only microtasks are pending; some turns of the event loop drain them.
      for (let turn = 0; turn < 5 && !settled; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (settled) return work;
      const next = this.#sleepers.reduce<Sleeper | undefined>((first, sleeper) => (first === undefined || sleeper.at < first.at ? sleeper : first), undefined);
      if (next === undefined) throw new Error('nothing is left to happen, and the workflow has not ended');
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = next.at;
      next.wake();
    }
  }
}
