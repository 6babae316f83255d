// The global table: three replicas with strong consistency. A place reaches it through its own replica, which answers while it can
// reach one of the two others; what it then reads and writes is the one state of all. Conditions are those of adapters/*-store.ts.
import { TryAgainError } from '../domain/errors.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { FenceIntent, FenceProof, Lease, Permit } from '../domain/lease.ts';
import type { Observation } from '../domain/observation.ts';
import type { Instant, Region } from '../domain/plan.ts';
import type { Facts } from './facts.ts';
import type { Place, Places } from './places.ts';

type StoredPermit = Permit & { readonly withdrawnEpoch?: number };
const SAME: readonly (keyof Lease)[] = ['epoch', 'holder', 'expiresAt', 'incident', 'evacuated', 'cooldownUntil', 'acknowledgementDue', 'pausedUntil', 'pausedBy', 'abortExecution'];

/** How a renewal was answered; the form of guard/'s RenewalAnswer. */
export type Renewal =
  | { readonly granted: true; readonly epoch: number; readonly writer: string }
  | { readonly granted: false; readonly reason: string; readonly epoch?: number };

export class Table {
  readonly #places: Places;
  readonly #facts: Facts;
  readonly #replicas: readonly Place[];
  readonly #lost = new Set<Place>();
  readonly #written = new Map<string, { readonly at: number; readonly place: Place }>();
  lease: Lease;
  readonly permits = new Map<string, StoredPermit>();
  readonly intents = new Map<string, FenceIntent>();
  readonly observations = new Map<string, Observation>();
  readonly journal = new Map<string, JournalEntry[]>();
  readonly incidents = new Map<Region, { readonly incident: string; readonly closedAt?: Instant }>();
  readonly announcements = new Set<string>();
  readonly approvals = new Map<string, string>();

  constructor(application: string, replicas: readonly Place[], places: Places, facts: Facts) {
    [this.#replicas, this.#places, this.#facts] = [replicas, places, facts];
    this.lease = { application, epoch: 0, expiresAt: 0, acknowledgementDue: false };
  }

  loseReplica(place: Place): void {
    this.#lost.add(place);
  }

  returnReplica(place: Place): void {
    this.#lost.delete(place);
  }

  /** Does the replica of this place answer? It needs one other, reached both ways. */
  answersIn(place: Place): boolean {
    const alive = (replica: Place): boolean => this.#places.state(replica) === 'up' && !this.#lost.has(replica);
    return alive(place) && this.#replicas.some((other) => other !== place && alive(other) && this.#places.connected(place, other));
  }

  /** Two places that write one item at the same moment: the later one is told to try again (ReplicatedWriteConflictException). */
  contend(item: string, place: Place, now: number): void {
    const last = this.#written.get(item);
    if (last !== undefined && last.place !== place && now - last.at < CONFLICT_MS) throw new TryAgainError(`${item}: ReplicatedWriteConflictException`);
    this.#written.set(item, { at: now, place });
  }

  replaceLease(seen: Lease, next: Lease, by: string): boolean {
    const before = this.lease;
    if (!SAME.every((name) => seen[name] === before[name])) return SAME.every((name) => next[name] === before[name]);
    this.lease = next;
    this.#facts.tell({ kind: 'lease', before, after: next, by });
    return true;
  }

  withdraw(database: string, epoch: number, at: Instant): boolean {
    const stored = this.permits.get(database);
    if (stored === undefined) return true;
    if (stored.epoch >= epoch || (stored.withdrawnEpoch ?? epoch) > epoch) return stored.epoch === epoch;
    this.#keepPermit(database, { ...stored, withdrawn: true, withdrawnAt: stored.withdrawnAt ?? at, withdrawnEpoch: epoch });
    return true;
  }

  grant({ application, database, epoch, writer }: Pick<Permit, 'application' | 'database' | 'epoch' | 'writer'>): boolean {
    const stored = this.permits.get(database);
    if (stored === undefined || (stored.epoch < epoch && (stored.withdrawnEpoch ?? epoch) <= epoch)) {
      this.#keepPermit(database, { application, database, epoch, writer, withdrawn: false, renewals: {}, surrenders: {} });
      return true;
    }
    return stored.epoch === epoch && stored.writer === writer && !stored.withdrawn;
  }

  /** What guard/dynamodb.ts does: record the server's time if the permit was not withdrawn. */
  renew(database: string, server: string, at: Instant): Renewal {
    const stored = this.permits.get(database);
    if (stored === undefined) return { granted: false, reason: `no permit for ${database} was ever granted` };
    if (stored.withdrawn) return { granted: false, reason: `the permit of epoch ${stored.epoch} for ${database} was withdrawn`, epoch: stored.epoch };
    // Not told as a fact: it happens each second, and no epoch moves.
    this.permits.set(database, { ...stored, renewals: { ...stored.renewals, [server]: at } });
    return { granted: true, epoch: stored.epoch, writer: stored.writer };
  }

  surrender(database: string, server: string, epoch: number): void {
    const stored = this.permits.get(database);
    if (stored?.withdrawn === true && stored.epoch === epoch) this.permits.set(database, { ...stored, surrenders: { ...stored.surrenders, [server]: epoch } });
  }

  recordIntent(intent: FenceIntent): boolean {
    const key = intentKey(intent.database, intent.region);
    const before = this.intents.get(key);
    if (before !== undefined && before.epoch >= intent.epoch) return before.epoch === intent.epoch;
    this.intents.set(key, intent);
    this.#facts.tell({ kind: 'intent', before, after: intent });
    return true;
  }

  recordProof(intent: FenceIntent, proof: FenceProof): void {
    const key = intentKey(intent.database, intent.region);
    const standing = this.intents.get(key);
    if (standing?.epoch !== intent.epoch) throw new TryAgainError(`proof for epoch ${intent.epoch}: the order of epoch ${standing?.epoch ?? 0} stands`);
    const after = { ...standing, enforced: proof };
    this.intents.set(key, after);
    this.#facts.tell({ kind: 'intent', before: standing, after });
  }

  observe(observation: Observation): void {
    const key = `${observation.vantagePoint}#${observation.target}`;
    const before = this.observations.get(key);
    if (before !== undefined && before.at > observation.at) return;
    this.observations.set(key, observation);
    this.#facts.tell({ kind: 'observed', observation });
  }

  record(entry: JournalEntry): void {
    const entries = this.journal.get(entry.execution) ?? [];
    // The same entry again is the same item (adapters/journal.ts).
    if (entries.some((kept) => kept.at === entry.at && kept.step === entry.step && kept.kind === entry.kind && kept.summary === entry.summary)) return;
    entries.push(entry);
    entries.sort((one, other) => one.at - other.at);
    this.journal.set(entry.execution, entries);
    this.#facts.tell({ kind: 'journaled', entry });
  }

  openIncident(application: string, region: Region, at: Instant): string {
    const open = this.incidents.get(region);
    if (open !== undefined && open.closedAt === undefined) return open.incident;
    const incident = `${application}-${region}-${new Date(at).toISOString().replace(/[^0-9TZ]/g, '')}`;
    this.incidents.set(region, { incident });
    return incident;
  }

  closeIncident(region: Region, incident: string, at: Instant): void {
    const open = this.incidents.get(region);
    if (open?.incident === incident && open.closedAt === undefined) this.incidents.set(region, { incident, closedAt: at });
  }

  #keepPermit(database: string, after: StoredPermit): void {
    const before = this.permits.get(database);
    this.permits.set(database, after);
    this.#facts.tell({ kind: 'permit', before, after });
  }
}

/** Writes of two regions within about one round trip collide. */
const CONFLICT_MS = 40;

export const intentKey = (database: string, region: Region): string => `${database}#${region}`;
