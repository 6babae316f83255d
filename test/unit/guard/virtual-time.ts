// Time that stands still unless a test moves it: one queue of things to do, and promises settled between them.
import type { Timers } from '../../../guard/guard.ts';

/** The busiest run of all tests has some hundreds. */
const TURNS_MAX = 20_000;

export class VirtualTime {
  #nowMs = 0;
  #order = 0;
  #queue: { readonly at: number; readonly order: number; readonly work: () => void }[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  readonly timers: Timers = {
    after: (delayMs, work) => {
      const entry = { at: this.#nowMs + delayMs, order: this.#order++, work };
      this.#queue.push(entry);
      return { cancel: () => { this.#queue = this.#queue.filter((other) => other !== entry); } };
    },
  };

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.timers.after(delayMs, resolve));
  }

  /** Runs everything that is due until then; `each` is called whenever time has moved and all promises have settled. */
  async runUntil(endMs: number, each: () => void = () => undefined): Promise<void> {
    await settle();
    for (let turn = 0; ; turn += 1) {
      // A guard that plans the same moment again and again must fail its test, not hang it.
      if (turn > TURNS_MAX) throw new Error(`${TURNS_MAX} things were due and time still stands at ${this.#nowMs} ms`);
      const next = this.#queue.filter(({ at }) => at <= endMs).sort((left, right) => left.at - right.at || left.order - right.order)[0];
      if (next === undefined) break;
      this.#queue = this.#queue.filter((entry) => entry !== next);
      // Also look a moment before: a permit must not be seen too long between two events.
      this.#nowMs = Math.max(this.#nowMs, next.at - 0.001);
      each();
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.work();
      await settle();
      each();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
    each();
  }
}

/** All promises that can settle without time passing have settled. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
