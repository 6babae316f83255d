// The history of an execution in the form of GetExecutionHistory: numbered events, each with the one it follows.

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly [details: string]: unknown;
}

/** Step Functions ends an execution at this many events (its service quotas). */
const EVENTS_MAX = 25_000;

export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  readonly #onEvent: ((event: HistoryEvent) => void) | undefined;

  constructor(now: () => number, onEvent?: (event: HistoryEvent) => void) {
    this.#now = now;
    this.#onEvent = onEvent;
  }

  /** Adds an event after `previous` and returns its id. */
  add(previous: number, type: string, details: Readonly<Record<string, unknown>> = {}): number {
    const event: HistoryEvent = { id: this.events.length + 1, previousEventId: previous, timestamp: new Date(this.#now()), type, ...details };
    this.events.push(event);
    this.#onEvent?.(event);
    return event.id;
  }

  get full(): boolean {
    // One place is kept for the event that says why it ended.
    return this.events.length >= EVENTS_MAX - 1;
  }
}
