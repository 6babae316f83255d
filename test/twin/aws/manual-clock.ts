// A clock that stands still until it is told to go on: sleepers wake in the order of their times.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../domain/ports.ts';

export interface ManualClock extends Clock {
  /** Lets so much time pass, and what wakes in it do its work. */
  advance(ms: number): Promise<void>;
}

export function manualClock(start = Date.parse('2026-03-01T00:00:00Z')): ManualClock {
  let now = start;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  };
  return {
    now: () => now,
    sleep: (delayMs) => (delayMs <= 0 ? Promise.resolve() : new Promise((wake) => sleepers.push({ at: now + delayMs, wake }))),
    advance: async (ms) => {
      const end = now + ms;
      await settle();
      for (;;) {
        sleepers.sort((one, other) => one.at - other.at);
        const next = sleepers[0];
        if (!next || next.at > end) break;
        sleepers.shift();
        now = next.at;
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}
