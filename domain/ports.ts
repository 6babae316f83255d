// The ports: everything that Hotshift asks of the world. Adapters answer with AWS, the simulator with a model.
// Every method may reject with an error of domain/errors.ts; a port never guesses and never retries a mutation unseen.
import type { ProbeOutcome, Observation } from './observation.ts';
import type { FenceIntent, FenceProof, Lease, NetworkRule, Permit } from './lease.ts';
import type { JournalEntry } from './journal.ts';
import type { CapacityFacts } from './capacity.ts';
import type { Sessions } from './sessions.ts';
import type { Hooks } from './hooks.ts';
import type { CapacityPlan, DatabasePlan, Instant, Region } from './plan.ts';
import type { AnnouncementStore, ApprovalStore, Messenger } from './ports-people.ts';
import type { RoutingControls, SwitchStore, Traffic } from './ports-traffic.ts';

export type * from './ports-people.ts';
export type * from './ports-traffic.ts';

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
  /** The permit, and after it every server's renewal: seen withdrawn, no renewal that counts is missing. Strongly consistent. */
  read(application: string, database: string): Promise<Permit | undefined>;
  /** Withdraws the permit for good under this epoch; repeated, it changes nothing. False if a newer epoch stands. */
  withdraw(application: string, database: string, epoch: number, at: Instant): Promise<boolean>;
  /** Gives permits for `writer` under `epoch`; refused (false) unless the stored epoch is older or the same grant. */
  grant(permit: Pick<Permit, 'application' | 'database' | 'epoch' | 'writer'>): Promise<boolean>;
  /** Forgets a server that is gone, if `renewedAt` is still its last renewal. */
  forget(application: string, database: string, server: string, renewedAt: Instant): Promise<void>;
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

/** A change of the writer that the control plane has under way for the whole database, whoever asked for it. */
export interface PendingMove {
  /** Does it make the side that was asked about the writer? */
  readonly towardsThis: boolean;
  /** ARN of the side that shall become the writer, as the control plane says it. */
  readonly target: string;
  /** A failover; a switchover loses nothing. */
  readonly losesData: boolean;
  /** `pending`, `failing-over`, `switching-over` or `cancelling`. */
  readonly status: string;
}

/** What the RDS control plane says of one side: an instance, or a cluster of a global database. */
export interface InstanceFacts {
  readonly identifier: string;
  readonly status: string;
  readonly isReplica: boolean;
  readonly sourceIdentifier?: string;
  readonly backupRetentionDays: number;
  readonly pending?: PendingMove;
}

/** `planned` waits for the last byte and needs both sides; `unplanned` takes what the survivor holds. */
export type PromotionManner = 'planned' | 'unplanned';

export interface Database {
  describe(database: DatabasePlan, region: Region): Promise<InstanceFacts | undefined>;
  facts(database: DatabasePlan, region: Region): Promise<DatabaseFacts>;
  /** Asks RDS to promote; returns when the request was accepted, not when it is done. */
  promote(database: DatabasePlan, region: Region, manner: PromotionManner): Promise<void>;
  /** How far the log goes, in bytes from its beginning: what a writer has written, what a replica has replayed. */
  position(database: DatabasePlan, region: Region): Promise<number>;
  /** Writes and reads back a sentinel under this epoch; rejects when the database would not commit. */
  writeProbe(database: DatabasePlan, region: Region, epoch: number): Promise<void>;
}

/** A snapshot that the control plane took by itself of a writer which it deposed: in it is what was lost. */
export interface DeposedSnapshot { readonly id: string; readonly status: string; /** A manual copy of it, which no retention deletes. */ readonly keptAs?: string }
/** What the control plane said of its own attempt to keep a deposed writer from writing. */
export interface WriteBlock { readonly at: Instant; readonly succeeded: boolean; readonly text: string }

/** What a kind of database does by itself around a promotion, seen from one region. Kinds that do nothing answer with nothing. */
export interface Aftermath {
  snapshots(database: DatabasePlan, region: Region): Promise<readonly DeposedSnapshot[]>;
  /** Copies one as a manual snapshot; returns when the request was accepted. A copy that is there already is as good. */
  keep(database: DatabasePlan, region: Region, snapshot: string, as: string): Promise<void>;
  writeBlocks(database: DatabasePlan, region: Region, since: Instant): Promise<readonly WriteBlock[]>;
}

/** The locks that the agent inside a region can close on its own database. */
export interface DatabaseLocks {
  /** True when no client can reach the database by the network rules, as read back. */
  networkClosed(database: DatabasePlan, region: Region): Promise<boolean>;
  /** The rules that closing would revoke. */
  openRules(database: DatabasePlan, region: Region): Promise<readonly NetworkRule[]>;
  closeNetwork(database: DatabasePlan, region: Region): Promise<void>;
  /** Puts rules back; those that are there already stay as they are. */
  openNetwork(database: DatabasePlan, region: Region, rules: readonly NetworkRule[]): Promise<void>;
  /** Takes back that new sessions are read-only; undefined when the engine cannot be reached. A replica follows its writer in this. */
  allowWrites(database: DatabasePlan, region: Region): Promise<boolean | undefined>;
  /** Ends client sessions and makes new ones read-only; undefined when the engine cannot be reached. */
  endSessions(database: DatabasePlan, region: Region): Promise<EndedSessions | undefined>;
}

export interface EndedSessions {
  readonly ended: number;
  /** So long somebody who was logging in may still come to a session that writes: 0 when every new session is read-only. */
  readonly loginSeconds: number;
}

export interface Capacity {
  read(capacity: CapacityPlan, region: Region): Promise<CapacityFacts>;
  /** An absolute count, so that setting it twice is setting it once. */
  setDesired(capacity: CapacityPlan, region: Region, desired: number): Promise<void>;
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
  readonly hooks: Hooks;
  readonly sessions: Sessions;
  readonly messenger: Messenger;
  readonly events: Events;
  readonly incidents: IncidentStore;
  readonly approvals: ApprovalStore;
  readonly announcements: AnnouncementStore;
}
