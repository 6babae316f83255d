// The plan of an application: what is protected, where it runs and by which rules Hotshift may act on it.
// It is `hotshift.yml` after parsing (events/config.ts): complete, with every default filled in.
import type { TrackerPlan } from './tracker.ts';
import type { CapacityPlan } from './capacity.ts';
import type { SessionPlan } from './sessions.ts';
import type { HookPlan } from './hooks.ts';
import type { DrillPlan } from './drill.ts';
import type { ComparedTable } from './failback.ts';

export type { CapacityPlan } from './capacity.ts';

/** An AWS region name such as `us-east-1`. */
export type Region = string;
/** Milliseconds since the Unix epoch. */
export type Instant = number;

/** How an outage is seen. Suspicion is one vantage point's; confirmation takes a quorum. */
export interface DetectionPlan {
  readonly probeIntervalSeconds: number;
  readonly probeTimeoutSeconds: number;
  /** An answer slower than this is `slow`: a grey failure that pages and never moves anything. */
  readonly slowSeconds: number;
  /** Consecutive failures before a vantage point suspects an outage. */
  readonly failuresToSuspect: number;
  /**
   * How long a region that answers may be without its database before that counts as an outage: as long as RDS takes to move the writer
   * to another zone of the same region (60 to 120 s for a Multi-AZ instance, RDS user guide).
   */
  readonly databaseOutageSeconds: number;
  /** How many vantage points must agree (K of N). */
  readonly quorum: number;
  /** Older evidence is no evidence. */
  readonly evidenceAgeSecondsMax: number;
  /** How long verification waits for the other vantage points before it stands down as undecided. */
  readonly evidenceWaitSeconds: number;
  /** While a suspicion lasts it is repeated this often; each repeat is verified afresh. */
  readonly suspicionRepeatSeconds: number;
  /** Somewhere that is neither region: when it cannot be reached, the monitor is sick and abstains. */
  readonly controlUrl: string;
}

/** The write permit: what an application server must hold to write (see guard/). */
export interface PermitPlan {
  /** False: the application does not check permits, so a lapse proves nothing and only the network can fence. */
  readonly enforced: boolean;
  readonly ttlSeconds: number;
  /** The most by which clocks may differ; added to every wait. */
  readonly clockErrorSeconds: number;
}

/** The right to run the only failover of an application. */
export interface LeasePlan {
  readonly ttlSeconds: number;
  /** A mutation is refused when less than this is left of the lease. */
  readonly marginSeconds: number;
}

/** What may be spent: data (RPO) and time (RTO). */
export interface BudgetPlan {
  readonly rpoSeconds: number;
  readonly rtoSeconds: number;
}

export type ApprovalDefault = 'hold' | 'proceed' | 'abort';

export interface PolicyPlan {
  readonly approval: 'none' | 'required';
  readonly approvalTimeoutSeconds: number;
  /** When nobody answered in time: hand over undecided (hold), go on (proceed), or end as if somebody had said no (abort). */
  readonly approvalDefault: ApprovalDefault;
  /** How many people must say yes. With two, a failover that a person started needs another person's yes. */
  readonly approvalsNeeded: number;
  /** What to do when nothing proves that the old writer is fenced. */
  readonly unprovenFence: 'hand-over' | 'proceed';
  readonly cooldownSeconds: number;
}

/** How the two sides of a database hang together; what the kinds differ in is said once, in domain/kinds.ts. */
export type DatabaseKind = 'rds-replica' | 'aurora-global';

/** One database: one side in each region, one of them the writer. A side is a PostgreSQL instance, or an Aurora cluster. */
export interface DatabasePlan {
  readonly name: string;
  readonly kind: DatabaseKind;
  /** MySQL is refused by the rules of the configuration, which say why. */
  readonly engine: 'postgres' | 'mysql';
  /** Identifier of the Aurora global database; there for `aurora-global` only. */
  readonly globalCluster?: string;
  /** There when users are pinned to a region and this is the shard of that region's users; absent: one writer for all users. */
  readonly shardOf?: Region;
  /** Names of databases that must have moved before this one is promoted. */
  readonly after?: readonly string[];
  readonly instances: Readonly<Record<Region, DatabaseInstancePlan>>;
  /** The record that applications resolve to find the writer, when there is one. */
  readonly writerRecord?: WriterRecordPlan;
  readonly promoteTimeoutSeconds: number;
  readonly pollSeconds: number;
  readonly failback?: DatabaseFailbackPlan;
}

/** How a failback treats a database. */
export interface DatabaseFailbackPlan {
  /** Where lost writes are looked for. None: nobody can say what was lost, and a person must accept that. */
  readonly compare: readonly ComparedTable[];
  /** Copying a large database to another region takes hours. */
  readonly rebuildTimeoutSeconds: number;
}

export interface WriterRecordPlan {
  readonly hostedZoneId: string;
  readonly name: string;
  readonly ttlSeconds: number;
  /**
   * False: every server goes to the database that its permit names and checks there that it reached it, so that a record which still
   * names the old writer can mislead nobody. Absent or true: servers follow the record, and get no permit before it leads to the new writer.
   */
  readonly leads?: boolean;
}

export interface DatabaseInstancePlan {
  readonly identifier: string;
  readonly arn: string;
  readonly host: string;
  /** Of a cluster: where it is read while it is secondary. Its writer endpoint is inactive then (Aurora guide, global database endpoints). */
  readonly readerHost?: string;
  readonly port: number;
  readonly databaseName: string;
  /** Secrets Manager secret {username, password} of the maintenance role, kept in the same region. */
  readonly secretId: string;
  readonly securityGroupId: string;
}

/**
 * A way to move users. `health-check-switch` and `routing-control` need no control plane: health checks that were made beforehand
 * take the evacuated region's records out of the answers. `weighted-records` asks Route 53's API to change the records.
 */
export type TrafficStrategy = 'health-check-switch' | 'routing-control' | 'weighted-records';

/** How users are moved: weighted records, one per region and name, changed together. */
export interface TrafficPlan {
  readonly name: string;
  /** Tried in this order; the next one when one fails or is not seen in time. */
  readonly strategies: readonly TrafficStrategy[];
  /** How long a strategy has before the next one is tried; the last has until the RTO. */
  readonly strategyTimeoutSeconds: number;
  /** The survivor's share of the users in percent, one step after the other, in planned moves only. An outage goes to 100 at once. */
  readonly ramp: readonly number[];
  readonly hostedZoneId: string;
  readonly recordName: string;
  readonly ttlSeconds: number;
  /** Region -> what its records answer; A and AAAA always change in one batch. */
  readonly endpoints: Readonly<Record<Region, TrafficEndpointPlan>>;
  /** True: the stacks make a health check for each region (resources/health-checks.ts). Its id goes into the endpoint all the same. */
  readonly makeHealthChecks?: boolean;
}
export interface TrafficEndpointPlan {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  readonly weight: number;
  readonly healthCheckId?: string;
}

/** Routing controls of Amazon Application Recovery Controller: one per region, each behind the health check of that region's records. */
export interface RoutingControlPlan {
  /** The cluster's five endpoints, each in a region of its own; any of them will do. */
  readonly endpoints: readonly { readonly region: Region; readonly url: string }[];
  /** Region -> ARN of the routing control that lets users in. */
  readonly controls: Readonly<Record<Region, string>>;
}

/** Who may answer and command from Slack (functions/hear). */
export interface SlackPeoplePlan {
  readonly signingSecretId: string;
  /** The workspace; requests of any other one are refused. */
  readonly team: string;
  /** Name, as the journal and `--by` know it -> Slack's user id. May approve, deny and hold. */
  readonly approvers: Readonly<Record<string, string>>;
  /** May pause, resume and acknowledge. Approvers may, too. */
  readonly operators: Readonly<Record<string, string>>;
}

export interface SlackPlan {
  readonly apiUrl: string;
  readonly channel: string;
  readonly tokenSecretId: string;
  /** Absent: messages only, neither buttons nor commands. */
  readonly people?: SlackPeoplePlan;
}

/** PagerDuty, by its Events API v2. */
export interface PagerDutyPlan { readonly eventsUrl: string; readonly routingKeySecretId: string }

export interface NotificationPlan {
  readonly slack?: SlackPlan;
  readonly pagerDuty?: PagerDutyPlan;
  readonly snsTopicArns: Readonly<Record<Region, string>>;
  /** Where what drills have found becomes issues. */
  readonly followUps?: TrackerPlan;
}

export interface ApplicationPlan {
  readonly application: string;
  /** In an evacuation of a whole region the smaller number goes first; absent: 100. */
  readonly priority?: number;
  /** The pair that serves. Either may be evacuated; the other is then the survivor. */
  readonly regions: readonly [Region, Region];
  readonly witness: Region;
  /** Region -> base URL of the application there, as a vantage point reaches it. */
  readonly probeUrls: Readonly<Record<Region, string>>;
  /** The public URL that users open; the service is confirmed through it. */
  readonly publicUrl: string;
  readonly detection: DetectionPlan;
  readonly permit: PermitPlan;
  readonly lease: LeasePlan;
  readonly budgets: BudgetPlan;
  readonly policy: PolicyPlan;
  readonly databases: readonly DatabasePlan[];
  readonly traffic: readonly TrafficPlan[];
  readonly routingControls?: RoutingControlPlan;
  readonly capacity: readonly CapacityPlan[];
  /** Paths fetched on the survivor to warm caches and sessions, before the service is confirmed. */
  readonly warm: { readonly paths: readonly string[]; readonly concurrency: number; readonly timeoutSeconds: number };
  /** What the application's servers are told when the writer has moved. */
  readonly sessions?: SessionPlan;
  /** Functions of the owners at named points. */
  readonly hooks?: readonly HookPlan[];
  readonly notifications: NotificationPlan;
  readonly drills: DrillPlan;
  /** Finding of a rehearsal -> why it may stand: it is then told as information. */
  readonly accept?: Readonly<Record<string, string>>;
}

/** The region that takes over when `evacuated` is left. */
export function survivorOf(plan: ApplicationPlan, evacuated: Region): Region {
  const [first, second] = plan.regions;
  return evacuated === first ? second : first;
}

/** All places that probe: both regions and the witness. */
export const vantagePointsOf = (plan: ApplicationPlan): readonly Region[] => [...plan.regions, plan.witness];
