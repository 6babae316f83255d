// What happened in a run, as facts: the oracle judges them, the story tells them. Nothing else connects the world with its judges.
import type { DrillOutcome } from '../domain/drill.ts';
import type { FailbackOutcome } from '../domain/failback.ts';
import type { JournalEntry, Outcome } from '../domain/journal.ts';
import type { FenceIntent, Lease, Permit } from '../domain/lease.ts';
import type { Observation, ProbeOutcome } from '../domain/observation.ts';
import type { Announcement, TrafficSwitch } from '../domain/ports.ts';
import type { Instant, Region } from '../domain/plan.ts';
import type { Caller } from './calls.ts';
import type { Place } from './places.ts';

type PermitFact = Omit<Permit, 'renewals' | 'surrenders'>;

export type Fact =
  /** A port is about to be called. */
  | { readonly kind: 'called'; readonly caller: Caller; readonly port: string; readonly target: Place }
  /** A call has reached its target and changes something there now; `issuedAt` is when it was made. */
  | { readonly kind: 'acted'; readonly caller: Caller; readonly port: string; readonly issuedAt: number; readonly detail: unknown }
  | { readonly kind: 'probed'; readonly vantagePoint: Place; readonly target: Region; readonly outcome: ProbeOutcome; readonly control: boolean }
  | { readonly kind: 'observed'; readonly observation: Observation }
  | { readonly kind: 'lease'; readonly before: Lease; readonly after: Lease; readonly by: string }
  | { readonly kind: 'permit'; readonly before: PermitFact | undefined; readonly after: PermitFact }
  | { readonly kind: 'intent'; readonly before: FenceIntent | undefined; readonly after: FenceIntent }
  | { readonly kind: 'journaled'; readonly entry: JournalEntry }
  | { readonly kind: 'committed'; readonly database: string; readonly region: Region; readonly id: number }
  | { readonly kind: 'acknowledged'; readonly database: string; readonly region: Region; readonly id: number; readonly committedAt: number }
  | { readonly kind: 'promoted'; readonly database: string; readonly region: Region }
  | { readonly kind: 'weights'; readonly weights: Readonly<Record<Region, number>>; readonly record: string }
  | { readonly kind: 'switch'; readonly next: TrafficSwitch }
  | { readonly kind: 'state'; readonly execution: string; readonly state: string }
  | { readonly kind: 'started'; readonly execution: string; readonly region: Region; readonly evacuated: Region; readonly manual: boolean }
  | { readonly kind: 'ended'; readonly execution: string; readonly outcome: Outcome | DrillOutcome | FailbackOutcome | 'died' | 'failed'; readonly reason: string }
  | { readonly kind: 'told'; readonly announcement: Announcement }
  | { readonly kind: 'person'; readonly did: string }
  | { readonly kind: 'fault'; readonly text: string; readonly ends: boolean };

export type Dated = Fact & { readonly at: Instant };
export type Listener = (fact: Dated) => void;

/** Hands every fact to all who listen, with its true time. */
export class Facts {
  readonly #now: () => number;
  readonly #listeners: Listener[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  tell(fact: Fact): void {
    const dated: Dated = { ...fact, at: this.#now() };
    for (const listener of this.#listeners) listener(dated);
  }
}
