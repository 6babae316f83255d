// Waiting on the injected clock only: limits, aborts and their losers. Every timer that lost is cancelled, so that a virtual clock
// has nothing left over.

export interface Clock {
  now(): number;
  /** Resolves after the delay, or when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Rejects with the signal's reason when it aborts. Cleans up after itself. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Runs `work` with a signal of its own for at most `limitMs`; then aborts it and rejects with `late()`. */
export async function within<T>(clock: Clock, limitMs: number | undefined, outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>, late: () => Error): Promise<T> {
  const inner = new AbortController();
  const timer = new AbortController();
  const follow = (): void => inner.abort(outer.reason);
  if (outer.aborted) follow();
  outer.addEventListener('abort', follow, { once: true });
  if (limitMs !== undefined && Number.isFinite(limitMs)) {
    const giveUp = (): void => {
      if (!timer.signal.aborted) inner.abort(late());
    };
    void clock.sleep(limitMs, timer.signal).then(giveUp, giveUp);
  }
  try {
    return await abortable(work(inner.signal), inner.signal);
  } finally {
    timer.abort();
    outer.removeEventListener('abort', follow);
  }
}

/** Sleeps, or rejects with the signal's reason when it aborts. */
export async function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  await abortable(clock.sleep(Math.max(0, delayMs), signal), signal);
}
