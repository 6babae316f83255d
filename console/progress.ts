// Where an execution stands, read from its history as Step Functions tells it: which states are running since when, how long the others
// took and how often they were entered. Pure.

export interface HistoryLine {
  readonly type?: string | undefined;
  readonly timestamp?: Date | string | undefined;
  readonly stateEnteredEventDetails?: { readonly name?: string | undefined } | undefined;
  readonly stateExitedEventDetails?: { readonly name?: string | undefined } | undefined;
}
export interface RunningState {
  /** How often it was entered. */
  readonly entered: number;
  /** Since when it runs; null when it does not. */
  readonly since: number | null;
  /** Milliseconds of all visits that have ended. */
  readonly tookMs: number;
}
export interface Progress { readonly states: Readonly<Record<string, RunningState>>; readonly startedAt: number | null; readonly endedAt: number | null; readonly status: string | null }

const ENDED: Readonly<Record<string, string>> = { ExecutionSucceeded: 'SUCCEEDED', ExecutionFailed: 'FAILED', ExecutionAborted: 'ABORTED', ExecutionTimedOut: 'TIMED_OUT' };

export function progress(history: readonly HistoryLine[]): Progress {
  const open = new Map<string, number[]>();
  const states: Record<string, RunningState> = {};
  let [startedAt, endedAt, status]: [number | null, number | null, string | null] = [null, null, null];
  for (const { type = '', timestamp, stateEnteredEventDetails: entered, stateExitedEventDetails: exited } of history) {
    const at = timestamp === undefined ? 0 : new Date(timestamp).getTime();
    startedAt ??= at;
    if (entered?.name !== undefined) {
      const visits = [...open.get(entered.name) ?? [], at];
      open.set(entered.name, visits);
      const before = states[entered.name];
      states[entered.name] = { entered: (before?.entered ?? 0) + 1, since: visits[0] ?? at, tookMs: before?.tookMs ?? 0 };
    }
    const before = exited?.name === undefined ? undefined : states[exited.name];
    if (exited?.name !== undefined && before !== undefined) {
      const [begun = at, ...rest] = open.get(exited.name) ?? [];
      open.set(exited.name, rest);
      states[exited.name] = { ...before, since: rest[0] ?? null, tookMs: before.tookMs + at - begun };
    }
    const end = ENDED[type];
    if (end !== undefined) [endedAt, status] = [at, end];
  }
  if (endedAt === null) return { states, startedAt, endedAt, status };
  // A state that was left by an error or by the end of everything has no exit of its own.
  const ended = Object.entries(states).map(([name, state]) => [name, state.since === null ? state : { ...state, since: null, tookMs: state.tookMs + (endedAt ?? state.since) - state.since }] as const);
  return { states: Object.fromEntries(ended), startedAt, endedAt, status };
}
