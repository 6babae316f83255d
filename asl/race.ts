// Waiting on the injected clock only: limits, aborts and their losers. Every timer that lost is cancelled, so that a virtual clock
// has nothing left over.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends after the delay, or (in either way) when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Rejects with the signal's reason when it aborts; cleans up after itself. What comes of `work` later is of no interest then. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const settled = (): void => signal.removeEventListener('abort', abort);
    work.then((value) => (settled(), resolve(value)), (error: unknown) => (settled(), reject(error as Error)));
  });
}

/** Sleeps, or rejects with the signal's reason when it aborts. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return abortable(clock.sleep(Math.max(0, delayMs), signal), signal);
}

/** Something that ends when a limit is reached, with what makes the error for it; or, in any way, when its signal aborts. */
export type Limit = (signal: AbortSignal) => Promise<() => Error>;

/** Why a watch ended without effect. One object for all, since an error with a stack is dear and nobody reads this one. */
const DONE = Symbol('no longer of interest');

/**
 * Runs `work` under a signal of its own, which aborts when `outer` does or when one of the limits is reached; the limit's error is then
 * the outcome. Whoever lost has been told through a signal before this settles.
 */
export async function within<T>(outer: AbortSignal, limits: readonly Limit[], work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const inner = new AbortController();
  const watch = new AbortController();
  const follow = (): void => inner.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener('abort', follow, { once: true });
  for (const limit of limits) {
    const reached = (error: () => unknown): void => {
      if (!watch.signal.aborted) inner.abort(error());
    };
    limit(watch.signal).then(reached, (problem: unknown) => reached(() => problem));
  }
  try {
    return await abortable(inner.signal.aborted ? Promise.reject(inner.signal.reason as Error) : work(inner.signal), inner.signal);
  } finally {
    watch.abort(DONE);
    outer.removeEventListener('abort', follow);
  }
}

/** A limit of time from now. */
export const deadline = (clock: Clock, delayMs: number, late: () => Error): Limit => async (signal) => {
  await clock.sleep(delayMs, signal);
  return late;
};

/** Runs things side by side under one signal; the first failure aborts the others, and all have ended when this settles. */
export async function together<T>(outer: AbortSignal, works: readonly ((signal: AbortSignal) => Promise<T>)[], failed: (error: unknown) => void): Promise<readonly T[]> {
  const inner = new AbortController();
  const follow = (): void => inner.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener('abort', follow, { once: true });
  const fail = (error: unknown): never => {
    if (!inner.signal.aborted) {
      failed(error);
      inner.abort(error);
    }
    throw error;
  };
  try {
    const settled = await Promise.allSettled(works.map((work) => work(inner.signal).catch(fail)));
    if (inner.signal.aborted) throw inner.signal.reason as Error;
    return settled.map((result) => (result as PromiseFulfilledResult<T>).value);
  } finally {
    outer.removeEventListener('abort', follow);
  }
}
