// The ports: everything that Hotshift asks of the world. Adapters answer with AWS, the simulator with a model.
// Every method may reject with an error of domain/errors.ts; a port never guesses and never retries a mutation unseen.
import type { ProbeOutcome, Observation } from './observation.ts';
import type { FenceIntent, FenceProof, Lease, Permit } from './lease.ts';
import type { JournalEntry } from './journal.ts';
import type { ApplicationPlan, CapacityPlan, DatabasePlan, Instant, Region, RoutingControlPlan, TrafficPlan } from './plan.ts';

export interface Clock {
  now(): Instant;
  /** Only the observing agents wait inside; a step of a workflow never does. */
  sleep(delayMs: number): Promise<void>;
}

export interface Prober {
  /** A deep probe of one region: nonce echoed, content checked, write path tried. Never rejects: a failure is an outcome. */
  probe(baseUrl: string, timeoutSeconds: number): Promise<ProbeOutcome>;
  /** Can this vantage point reach anything that is neither region? */
  reachesControl(controlUrl: string, timeoutSeconds: number): Promise<boolean>;
  /** Fetches a path for warming; answers the status, or 0 when there was no answer. */
  fetch(url: string, timeoutSeconds: number): Promise<number>;
}

export interface ObservationStore {
  put(observation: Observation): Promise<void>;
  /** All vantage points' newest views, of both regions. Strongly consistent. */
  list(application: string): Promise<readonly Observation[]>;
}

export interface LeaseStore {
  /** Strongly consistent. An application that never had a lease has epoch 0. */
  read(application: string): Promise<Lease>;
  /** Writes `next` only if the stored lease is `seen` in every field (a pause written in between must not be lost); false when it is not. */
  replace(seen: Lease, next: Lease): Promise<boolean>;
}

export interface PermitStore {
  read(application: string, database: string): Promise<Permit | undefined>;
  /** Withdraws the permit for good under this epoch; repeated, it changes nothing. False if a newer epoch stands. */
  withdraw(application: string, database: string, epoch: number, at: Instant): Promise<boolean>;
  /** Gives permits for `writer` under `epoch`; refused (false) unless the stored epoch is older or the same grant. */
  grant(permit: Pick<Permit, 'application' | 'database' | 'epoch' | 'writer'>): Promise<boolean>;
}

export interface IntentStore {
  /** Records an order to fence; the same order twice is one. False if a newer epoch stands. */
  record(intent: FenceIntent): Promise<boolean>;
  read(application: string, database: string, region: Region): Promise<FenceIntent | undefined>;
  listOpen(application: string, region: Region): Promise<readonly FenceIntent[]>;
  recordProof(intent: FenceIntent, proof: FenceProof): Promise<void>;
  /** Lifts an order for good, so that no agent enforces it any more; repeated, the first time stands. False when an order of another epoch stands. */
  lift(intent: Pick<FenceIntent, 'application' | 'database' | 'region' | 'epoch'>, at: Instant): Promise<boolean>;
}

export interface Journal {
  record(entry: JournalEntry): Promise<void>;
  list(execution: string): Promise<readonly JournalEntry[]>;
}

/** What the database itself says, read by SQL. */
export interface DatabaseFacts {
  readonly inRecovery: boolean;
  /** Commit time of the newest transaction that was replayed; undefined when unknown. */
  readonly replayedAt?: Instant;
  /** Newest heartbeat row that the replica holds. */
  readonly heartbeatAt?: Instant;
  readonly readAt: Instant;
}

/** What the RDS control plane says. */
export interface InstanceFacts {
  readonly identifier: string;
  readonly status: string;
  readonly isReplica: boolean;
  readonly sourceIdentifier?: string;
  readonly backupRetentionDays: number;
}

export interface Database {
  describe(database: DatabasePlan, region: Region): Promise<InstanceFacts | undefined>;
  facts(database: DatabasePlan, region: Region): Promise<DatabaseFacts>;
  /** Asks RDS to promote; returns when the request was accepted, not when it is done. */
  promote(database: DatabasePlan, region: Region): Promise<void>;
  /** Writes and reads back a sentinel under this epoch; rejects when the database would not commit. */
  writeProbe(database: DatabasePlan, region: Region, epoch: number): Promise<void>;
}

/** The locks that the agent inside a region can close on its own database. */
export interface DatabaseLocks {
  /** True when no client can reach the database by the network rules, as read back. */
  networkClosed(database: DatabasePlan, region: Region): Promise<boolean>;
  closeNetwork(database: DatabasePlan, region: Region): Promise<void>;
  /** Ends client sessions and makes new ones read-only; how many were ended, or undefined when the engine cannot be reached. */
  endSessions(database: DatabasePlan, region: Region): Promise<number | undefined>;
}

export interface TrafficFacts {
  /** Region -> weight of its record, as stored. */
  readonly weights: Readonly<Record<Region, number>>;
}

export interface WeightChange { readonly traffic: TrafficPlan; readonly weights: Readonly<Record<Region, number>> }

export interface Traffic {
  read(traffic: TrafficPlan): Promise<TrafficFacts>;
  /** Sets all regions' weights of these records: never half of a record, as few batches as Route 53 takes. Returns the changes' ids. */
  setWeights(changes: readonly WeightChange[]): Promise<readonly string[]>;
  /** Points the writer's record at the region's database. Returns the change's id, undefined when it already does. */
  pointWriter(database: DatabasePlan, region: Region): Promise<string | undefined>;
  /** What the authoritative servers answer now. */
  resolve(name: string): Promise<readonly string[]>;
}

/** Which region users are led away from by the switch; one word per application, so that it can never be both. */
export interface TrafficSwitch {
  readonly application: string;
  /** Whoever wrote it last; 0 before anybody did. */
  readonly epoch: number;
  readonly evacuated?: Region;
}

/** The switch that health checkers read (functions/answer). Turned in the table: no control plane is asked. */
export interface SwitchStore {
  /** Strongly consistent. */
  read(application: string): Promise<TrafficSwitch>;
  /** False if a newer epoch has written. */
  set(next: TrafficSwitch): Promise<boolean>;
  /** What the nearest replica holds: perhaps a moment old, but there while the other replicas are not. */
  glance(application: string): Promise<TrafficSwitch>;
}

/** Routing controls that let users into a region or not. */
export interface RoutingControls {
  /** Region -> does its control let users in? `last`: the region whose endpoint is asked after all others. */
  read(plan: RoutingControlPlan, last: Region): Promise<Readonly<Record<Region, boolean>>>;
  /** Sets all of them in one request, under the safety rules that people made. */
  set(plan: RoutingControlPlan, open: Readonly<Record<Region, boolean>>, last: Region): Promise<void>;
}

export interface Capacity {
  read(capacity: CapacityPlan, region: Region): Promise<{ readonly desired: number; readonly running: number }>;
  setDesired(capacity: CapacityPlan, region: Region, desired: number): Promise<void>;
}

/** A message for people. The key makes a repeat recognisable: one message per key. */
export interface Announcement {
  readonly key: string;
  readonly application: string;
  readonly incident: string;
  readonly severity: 'info' | 'warning' | 'page';
  readonly title: string;
  readonly lines: readonly string[];
}

export interface Messenger {
  send(plan: ApplicationPlan, announcement: Announcement): Promise<void>;
}

export interface Events {
  /** Raises the suspicion event on the bus of a region, which starts the workflow there. */
  suspect(suspicion: Suspicion, busRegion: Region): Promise<void>;
}

export interface Suspicion {
  readonly application: string;
  readonly region: Region;
  readonly vantagePoint: Region;
  readonly incident: string;
  readonly since: Instant;
  readonly reason: string;
}

export interface IncidentStore {
  /** The open incident of a region, opened now if there is none: all vantage points get the same id. */
  open(application: string, region: Region, at: Instant): Promise<string>;
  close(application: string, region: Region, incident: string): Promise<void>;
}

/** A figure for dashboards and alarms. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
}

/** Figures are written beside the work and never waited for: none of them decides anything. */
export interface Figures {
  /** `of`: what the figures are about, by the names that alarms look them up with. */
  publish(of: Readonly<Record<string, string>>, figures: readonly Figure[]): void;
}

/** Which announcements were sent: a repeated verdict of one incident is told once. */
export interface AnnouncementStore {
  wasSent(application: string, key: string): Promise<boolean>;
  markSent(application: string, key: string, at: Instant): Promise<void>;
}

export interface ApprovalStore {
  /** Keeps the task token of a waiting approval; the token leaves this store only towards Step Functions. */
  ask(execution: string, application: string, taskToken: string, summary: string): Promise<void>;
}

export interface Ports {
  readonly clock: Clock;
  readonly prober: Prober;
  readonly observations: ObservationStore;
  readonly leases: LeaseStore;
  readonly permits: PermitStore;
  readonly intents: IntentStore;
  readonly journal: Journal;
  readonly database: Database;
  readonly locks: DatabaseLocks;
  readonly traffic: Traffic;
  readonly switches: SwitchStore;
  readonly controls: RoutingControls;
  readonly capacity: Capacity;
  readonly messenger: Messenger;
  readonly events: Events;
  readonly incidents: IncidentStore;
  readonly approvals: ApprovalStore;
  readonly announcements: AnnouncementStore;
}
