// The global table: three replicas with strong consistency. A place reaches it through its own replica, which answers while it can
// reach one of the two others; what it then reads and writes is the one state of all. Conditions are those of adapters/*-store.ts.
import { TryAgainError } from '../domain/errors.ts';
import type { JournalEntry } from '../domain/journal.ts';
import { sameLease, type FenceIntent, type FenceProof, type Lease, type Permit } from '../domain/lease.ts';
import type { Observation } from '../domain/observation.ts';
import type { TrafficSwitch } from '../domain/ports.ts';
import type { Instant, Region } from '../domain/plan.ts';
import type { Facts } from './facts.ts';
import type { Place, Places } from './places.ts';

type StoredPermit = Omit<Permit, 'renewals' | 'surrenders'> & { readonly withdrawnEpoch?: number };
interface StoredRenewal { readonly renewedAt: Instant; readonly surrendered?: number }

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
  /** Database -> server -> its own item. */
  readonly renewals = new Map<string, Map<string, StoredRenewal>>();
  readonly intents = new Map<string, FenceIntent>();
  readonly observations = new Map<string, Observation>();
  readonly journal = new Map<string, JournalEntry[]>();
  readonly incidents = new Map<Region, { readonly incident: string; readonly closedAt?: Instant }>();
  readonly announcements = new Set<string>();
  trafficSwitch: TrafficSwitch;
  readonly approvals = new Map<string, { readonly token: string; readonly askedAt: Instant }>();
  /** Execution -> who wants nobody's silence to count as a yes. */
  readonly held = new Map<string, string>();

  constructor(application: string, replicas: readonly Place[], places: Places, facts: Facts) {
    [this.#replicas, this.#places, this.#facts] = [replicas, places, facts];
    this.lease = { application, epoch: 0, expiresAt: 0, acknowledgementDue: false };
    this.trafficSwitch = { application, epoch: 0 };
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

  /** Does the replica of this place answer a read that need not be consistent? It needs no other. */
  glancesIn(place: Place): boolean {
    return this.#places.state(place) === 'up' && !this.#lost.has(place);
  }

  /** Two places that write one item at the same moment: the later one is told to try again (ReplicatedWriteConflictException). */
  contend(item: string, place: Place, now: number): void {
    const last = this.#written.get(item);
    if (last !== undefined && last.place !== place && now - last.at < CONFLICT_MS) throw new TryAgainError(`${item}: ReplicatedWriteConflictException`);
    this.#written.set(item, { at: now, place });
  }

  replaceLease(seen: Lease, next: Lease, by: string): boolean {
    const before = this.lease;
    if (!sameLease(seen, before)) return sameLease(next, before);
    this.lease = next;
    this.#facts.tell({ kind: 'lease', before, after: next, by });
    return true;
  }

  turnSwitch(next: TrafficSwitch): boolean {
    if (next.epoch < this.trafficSwitch.epoch) return false;
    this.trafficSwitch = next;
    this.#facts.tell({ kind: 'switch', next });
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
      this.#keepPermit(database, { application, database, epoch, writer, withdrawn: false });
      return true;
    }
    return stored.epoch === epoch && stored.writer === writer && !stored.withdrawn;
  }

  /** What guard/dynamodb.ts writes before it reads the permit; never back to an earlier time. Not told as a fact: it happens each second. */
  recordRenewal(database: string, server: string, at: Instant): void {
    const own = this.#renewalsOf(database);
    const before = own.get(server);
    if (before === undefined || before.renewedAt < at) own.set(server, { ...before, renewedAt: at });
  }

  /** What guard/dynamodb.ts reads after that: does the permit stand? */
  standing(database: string): Renewal {
    const stored = this.permits.get(database);
    if (stored === undefined) return { granted: false, reason: `no permit for ${database} was ever granted` };
    if (stored.withdrawn) return { granted: false, reason: `the permit of epoch ${stored.epoch} for ${database} was withdrawn`, epoch: stored.epoch };
    return { granted: true, epoch: stored.epoch, writer: stored.writer };
  }

  surrender(database: string, server: string, epoch: number): void {
    const stored = this.permits.get(database);
    const own = this.#renewalsOf(database);
    const before = own.get(server);
    if (stored?.withdrawn === true && stored.epoch === epoch && before !== undefined) own.set(server, { ...before, surrendered: epoch });
  }

  /** All renewals at one moment. */
  listRenewals(database: string): Pick<Permit, 'renewals' | 'surrenders'> {
    const all = [...this.#renewalsOf(database)];
    return {
      renewals: Object.fromEntries(all.map(([server, { renewedAt }]) => [server, renewedAt])),
      surrenders: Object.fromEntries(all.flatMap(([server, { surrendered }]) => (surrendered === undefined ? [] : [[server, surrendered]]))),
    };
  }

  forget(database: string, server: string, renewedAt: Instant): void {
    const own = this.#renewalsOf(database);
    if (own.get(server)?.renewedAt === renewedAt) own.delete(server);
  }

  #renewalsOf(database: string): Map<string, StoredRenewal> {
    const own = this.renewals.get(database) ?? new Map<string, StoredRenewal>();
    this.renewals.set(database, own);
    return own;
  }

  recordIntent(intent: FenceIntent): boolean {
    const key = intentKey(intent.database, intent.region);
    const before = this.intents.get(key);
    if (before !== undefined && before.epoch >= intent.epoch) return before.epoch === intent.epoch;
    this.intents.set(key, intent);
    this.#facts.tell({ kind: 'intent', before, after: intent });
    return true;
  }

  liftIntent({ database, region, epoch }: Pick<FenceIntent, 'database' | 'region' | 'epoch'>, at: Instant): boolean {
    const key = intentKey(database, region);
    const standing = this.intents.get(key);
    if (standing?.epoch !== epoch) return false;
    const after = { ...standing, liftedAt: standing.liftedAt ?? at };
    this.intents.set(key, after);
    this.#facts.tell({ kind: 'intent', before: standing, after });
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
