// The clock of the emulated services: real time, whose waiting can be given up all at once when the twin closes.
import type { Clock } from '../../../domain/ports.ts';

export interface ClosableClock extends Clock {
  /** Ends at once when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Forgets every sleeper: what they would have done next is never done, and nothing keeps the process alive. */
  close(): void;
}

/** The longest delay of setTimeout; beyond it the timer fires at once (a task without TimeoutSeconds may take 99,999,999 s). */
const TIMER_MS_MAX = 2 ** 31 - 1;

export function realClock(): ClosableClock {
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  return {
    now: () => Date.now(),
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (closed) return;
        const endsAt = performance.now() + delayMs;
        let timer: NodeJS.Timeout;
        const end = (): void => {
          clearTimeout(timer);
          timers.delete(timer);
          signal?.removeEventListener('abort', end);
          resolve();
        };
        const wait = (leftMs: number): void => {
          timers.delete(timer);
          timer = setTimeout(() => (leftMs > TIMER_MS_MAX ? wait(endsAt - performance.now()) : end()), Math.min(leftMs, TIMER_MS_MAX));
          timers.add(timer);
        };
        wait(delayMs);
        if (signal?.aborted === true) end();
        signal?.addEventListener('abort', end, { once: true });
      }),
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
