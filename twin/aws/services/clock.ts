// The clock of the emulated services: real time, whose waiting can be given up all at once when the twin closes.
import type { Clock } from '../../../domain/ports.ts';

export interface ClosableClock extends Clock {
  /** Forgets every sleeper: what they would have done next is never done, and nothing keeps the process alive. */
  close(): void;
}

export function realClock(): ClosableClock {
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  return {
    now: () => Date.now(),
    sleep: (delayMs) =>
      new Promise((resolve) => {
        if (closed) return;
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, delayMs);
        timers.add(timer);
      }),
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
