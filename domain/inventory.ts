// What a rehearsal reads of AWS, and in which words it tells what it found. The port has reads only: nothing in it can change
// the world. Each method rejects with an error of domain/errors.ts when it cannot be answered; "there is none" is undefined.
import type { DrillRecord } from './drill.ts';
import type { Instant, Region } from './plan.ts';
import type { EvidencePlan } from './records.ts';

export type Severity = 'critical' | 'warning' | 'info';

/** A finding belongs to one region, or to none (records, zones): then `region` is `global`. */
export interface Finding {
  /** A word of functions/rehearse/catalogue.ts; docs/runbook.md has an entry for each. */
  readonly id: string;
  /** The state of the workflow that would trip over it. */
  readonly step: string;
  readonly severity: Severity;
  readonly title: string;
  /** What was read, without secrets. */
  readonly evidence: string;
  readonly fix: string;
  /** A region, or `global`. */
  readonly region: Region;
  /** The thing itself: an instance, a record, a role. With id and region it names the finding. */
  readonly subject: string;
}

export interface InstanceDetails {
  readonly identifier: string;
  readonly status: string;
  readonly host?: string;
  readonly engineVersion: string;
  readonly instanceClass: string;
  /** Identifier (same region) or ARN of what it replicates from. */
  readonly source?: string;
  /** What RDS says of its replication, such as `replicating`; absent when it says nothing. */
  readonly replication?: { readonly isNormal: boolean; readonly status: string };
  readonly backupRetentionDays: number;
  readonly isEncrypted: boolean;
  readonly keyId?: string;
  readonly isDeletionProtected: boolean;
  readonly isMultiZone: boolean;
  readonly securityGroupIds: readonly string[];
  readonly parameterGroups: readonly { readonly name: string; readonly status: string }[];
  /** Of a cluster: how many instances it has; without one nobody can connect. */
  readonly memberCount?: number;
}

export interface ZoneDetails { readonly name: string; readonly isPrivate: boolean; readonly acceleratedRecovery: string }
export interface RecordDetails {
  readonly type: string;
  readonly setIdentifier?: string;
  readonly weight?: number;
  /** Absent for an alias. */
  readonly ttlSeconds?: number;
  readonly values: readonly string[];
  readonly healthCheckId?: string;
}
export interface HealthCheckDetails {
  readonly type: string;
  readonly isDisabled: boolean;
  readonly isInverted: boolean;
  readonly address?: string;
  readonly hostName?: string;
}

export interface TableDetails {
  readonly status: string;
  readonly consistency: string;
  /** Region -> status of its replica; the region that was asked is one of them. */
  readonly replicas: Readonly<Record<Region, string>>;
  readonly isDeletionProtected: boolean;
  readonly expiry: string;
  readonly pointInTimeRecovery: string;
}

/** Of the bucket of records. `lock`: absent without object lock, or without a default retention. */
export interface BucketDetails { readonly lock?: { readonly mode: string; readonly days: number }; readonly isClosed: boolean }

export interface SecretDetails { readonly currentVersion?: string; readonly keyId?: string; readonly isBeingDeleted: boolean }

export interface ServiceDetails {
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly launchType: string;
  readonly vcpuPerTask?: number;
  /** `NAME` -> value, of all containers; of a secret the ARN or name that it comes from. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  readonly targetGroupArns: readonly string[];
}
export interface BalancerDetails { readonly name: string; readonly keepAliveSeconds: number; readonly idleSeconds: number }
export interface CertificateDetails { readonly names: readonly string[]; readonly status: string; readonly expiresAt?: Instant; readonly isInUse: boolean }
/** `used`: as AWS counts it now; absent when it publishes no usage. */
export interface QuotaDetails { readonly limit: number; readonly used?: number }
export interface ConcurrencyDetails { readonly limit: number; readonly unreserved: number }

export interface FunctionDetails {
  readonly state: string;
  readonly codeSha256: string;
  /** Runtime, handler, memory, time-out, architecture and variables, in one text: alike in all places. */
  readonly settings: string;
  readonly roleArn: string;
  readonly reservedConcurrency?: number;
}
export interface MachineDetails { readonly status: string; readonly definition: string }
export interface RuleDetails { readonly isEnabled: boolean; readonly targetArns: readonly string[] }

/** One question to IAM's simulator. `context`: condition key -> values, as the real call would carry them. */
export interface SimulatedCall {
  readonly roleArn: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly context: readonly { readonly key: string; readonly values: readonly string[]; readonly isList: boolean }[];
}
export interface SimulatedDecision { readonly action: string; readonly resource: string; readonly decision: string }

export interface Inventory {
  instance(region: Region, identifier: string): Promise<InstanceDetails | undefined>;
  /** A cluster and its part in a global database, in the words of an instance; `source` is the writer's ARN. */
  cluster(region: Region, identifier: string, globalCluster: string): Promise<InstanceDetails | undefined>;
  /** Parameters that somebody set, name -> value. */
  parameters(region: Region, group: string): Promise<Readonly<Record<string, string>>>;
  /** The worst lag of the last minutes as CloudWatch has it; undefined when it has none. */
  replicaLagSeconds(region: Region, identifier: string): Promise<number | undefined>;
  /** The same of a secondary cluster: AuroraGlobalDBRPOLag. */
  globalLagSeconds(region: Region, identifier: string): Promise<number | undefined>;
  /** State of a KMS key, such as `Enabled`. */
  keyState(region: Region, keyId: string): Promise<string | undefined>;
  zone(hostedZoneId: string): Promise<ZoneDetails | undefined>;
  records(hostedZoneId: string, name: string): Promise<readonly RecordDetails[]>;
  healthCheck(healthCheckId: string): Promise<HealthCheckDetails | undefined>;
  /** The name servers that the world is told of for a zone. */
  nameServers(zone: string): Promise<readonly string[]>;
  table(region: Region, name: string): Promise<TableDetails | undefined>;
  bucket(region: Region, name: string): Promise<BucketDetails | undefined>;
  secret(region: Region, secretId: string): Promise<SecretDetails | undefined>;
  service(region: Region, cluster: string, service: string): Promise<ServiceDetails | undefined>;
  balancers(region: Region, targetGroupArns: readonly string[]): Promise<readonly BalancerDetails[]>;
  certificates(region: Region): Promise<readonly CertificateDetails[]>;
  quota(region: Region, service: string, code: string): Promise<QuotaDetails>;
  concurrency(region: Region): Promise<ConcurrencyDetails>;
  function(region: Region, name: string): Promise<FunctionDetails | undefined>;
  machine(region: Region, name: string, account: string): Promise<MachineDetails | undefined>;
  rule(region: Region, name: string): Promise<RuleDetails | undefined>;
  /** State of a schedule, such as `ENABLED`. */
  schedule(region: Region, group: string, name: string): Promise<string | undefined>;
  simulate(call: SimulatedCall): Promise<readonly SimulatedDecision[]>;
  /** Why Slack refuses the token; undefined when it takes it. */
  slackTrouble(region: Region, apiUrl: string, tokenSecretId: string): Promise<string | undefined>;
  /** What drills have left behind, good or not. */
  drills(application: string): Promise<readonly DrillRecord[]>;
}

/** Values that applications read at run time, as far as the asker may read them. A person's only: no role of Hotshift has these rights. */
export interface ApplicationValues {
  list(region: Region): Promise<readonly { readonly place: string; readonly text: string }[]>;
}

/** What the last rehearsal of a place found, so that people are told of changes only. */
export interface RehearsalStore {
  read(application: string, region: Region): Promise<Remembered | undefined>;
  write(application: string, region: Region, remembered: Remembered): Promise<void>;
}
/** Keys of findings: those of the last rehearsal, and those that people were told of. */
export interface Remembered { readonly at: Instant; readonly seen: readonly string[]; readonly told: readonly string[]; /** Of what was seen, what would stop a failover. */ readonly critical?: readonly string[] }

/** What was packaged: the deployed stacks are held against it. Made by resources/packaged.ts. */
export interface Packaged {
  /** The state machine with `${VerifyFunctionArn}` and so on still in it, as JSON text. */
  readonly definition: string;
  /** Function -> SHA-256 of its zip, base64, as Lambda says it; empty when nothing was packaged. */
  readonly codeSha256: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<Region, PackagedPlace>>;
  /** How the buckets of records hold them. */
  readonly evidence?: EvidencePlan;
}
export interface PackagedPlace {
  readonly functions: Readonly<Record<string, { readonly reservedConcurrency: number; readonly calls: readonly Omit<SimulatedCall, 'roleArn'>[] }>>;
  /** `target`: how the ARN of what it starts ends, such as `stateMachine:hotshift-failover`. */
  readonly rules: readonly { readonly name: string; readonly target: string }[];
  /** `<name>/<application>` for those that each application has. */
  readonly schedules: readonly string[];
}
