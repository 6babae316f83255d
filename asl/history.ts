// The history of an execution in the form of GetExecutionHistory: numbered events, each with the one that it follows in its own chain
// of states. A trail is such a chain: the execution has one, and so has each branch and each iteration.
import { TaskError } from './errors.ts';

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly [details: string]: unknown;
}
export type Details = Readonly<Record<string, unknown>>;

/** A standard workflow fails at this many events (Step Functions service quotas, "Quotas related to state machine executions"). */
const EVENTS_MAX = 25_000;
/** Payloads are never cut short here. */
export const WHOLE = { truncated: false } as const;

export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  readonly #onEvent: ((event: HistoryEvent) => void) | undefined;
  #closed = false;

  constructor(now: () => number, onEvent?: (event: HistoryEvent) => void) {
    this.#now = now;
    this.#onEvent = onEvent;
  }

  /** Adds an event after `previous`. The last place is kept for the event that says how the execution ended. */
  add(previous: number, type: string, details: Details): number {
    if (this.#closed) return previous;
    if (this.events.length >= EVENTS_MAX - 1) throw new TaskError('States.Runtime', `The execution reached the maximum number of history events (${EVENTS_MAX}).`);
    return this.#push(previous, type, details);
  }

  /** Adds the event that ends the execution; whatever unwinds later leaves no trace. */
  close(previous: number, type: string, details: Details): void {
    if (!this.#closed) this.#push(previous, type, details);
    this.#closed = true;
  }

  get full(): boolean {
    return this.events.length >= EVENTS_MAX - 1;
  }

  #push(previous: number, type: string, details: Details): number {
    const event: HistoryEvent = { id: this.events.length + 1, previousEventId: previous, timestamp: new Date(this.#now()), type, ...details };
    this.events.push(event);
    this.#onEvent?.(event);
    return event.id;
  }
}

/** States that record an end of their own when a sibling's failure stops them (the API's HistoryEventType has no others). */
const ABORTABLE: ReadonlySet<string> = new Set(['Task', 'Wait', 'Parallel', 'Map']);

export class Trail {
  readonly #history: History;
  #children: readonly Trail[] = [];
  #cut = false;
  last: number;
  /** The type of the state that was entered and not yet left. */
  open: string | undefined;
  /** An event of its own that says that this chain was aborted. */
  whenAborted: (() => readonly [type: string, details: Details]) | undefined;

  constructor(history: History, last: number) {
    this.#history = history;
    this.last = last;
  }

  add(type: string, details: Details = {}): number {
    if (!this.#cut) this.last = this.#history.add(this.last, type, details);
    return this.last;
  }

  /** Chains of their own that begin here: branches or iterations. */
  fork(count: number): readonly Trail[] {
    this.#children = Array.from({ length: count }, () => new Trail(this.#history, this.last));
    return this.#children;
  }

  /** Ends the chain because of the event `reason`: its open states are recorded as aborted, and what unwinds later leaves no trace. */
  abort(reason: number): void {
    if (this.#cut) return;
    for (const child of this.#children) child.abort(reason);
    if (this.whenAborted !== undefined && !this.#history.full) this.#history.add(reason, ...this.whenAborted());
    if (this.open !== undefined && ABORTABLE.has(this.open) && !this.#history.full) this.#history.add(reason, `${this.open}StateAborted`, {});
    this.#cut = true;
  }
}
