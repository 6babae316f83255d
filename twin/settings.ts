// What a run of the twin can be told, with defaults and their reasons. Bad values are refused by name, value and fix.
import * as z from 'zod';

export const FAULTS = [
  'none', 'region-crash', 'region-return', 'region-hang', 'region-isolated', 'database-crash', 'partition', 'partition-crash', 'vantage-cut', 'replication-cut', 'slow-region',
  'both-regions-down', 'monitor-sick', 'route-53-down',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How the old region comes back after the failover: SIGCONT, everything started anew on its old disks, or its network healed. */
export type Return = 'wakes' | 'restarts' | 'heals';
interface FaultText { readonly does: string; readonly ends: 'Failed over' | 'Stood down' | 'nothing'; readonly returns?: Return }

/** What each fault does, and how Hotshift must end. Printed by `hotshift twin faults`. */
export const FAULT_TEXTS: Readonly<Record<Fault, FaultText>> = {
  'none': { does: 'nothing breaks', ends: 'nothing' },
  'region-crash': { does: 'every process of region A gets SIGKILL, its links and its AWS endpoint go dark', ends: 'Failed over' },
  'region-return': { does: 'region A dies, and after the failover it comes back: PostgreSQL, application and agents start on their old disks', ends: 'Failed over', returns: 'restarts' },
  'region-hang': { does: 'every process of region A gets SIGSTOP; connections stay open and nothing answers; later SIGCONT', ends: 'Failed over', returns: 'wakes' },
  'region-isolated': { does: 'A is cut off from B and the witness, but lives, and its users and clients still reach it; healed after the failover', ends: 'Failed over', returns: 'heals' },
  'database-crash': { does: 'the PostgreSQL of region A gets SIGKILL; its application lives on', ends: 'Failed over' },
  'partition': { does: 'the link between A and B goes dark while both serve; replication stops, and the lag pages', ends: 'Stood down' },
  'partition-crash': { does: 'the link between A and B goes dark, and some seconds later A dies: the loss window is real. A comes back, still cut off from B', ends: 'Failed over', returns: 'restarts' },
  'vantage-cut': { does: 'the vantage point in the witness region cannot see A any more', ends: 'Stood down' },
  'replication-cut': { does: 'only the replication stream from A to B is cut, and some seconds later A dies', ends: 'Failed over' },
  'slow-region': { does: 'everything from and to A takes longer than the slow limit', ends: 'Stood down' },
  'both-regions-down': { does: 'A and B die together', ends: 'Stood down' },
  'monitor-sick': { does: 'no vantage point reaches a region or the control endpoint any more', ends: 'Stood down' },
  'route-53-down': { does: "every call to Route 53's API answers 503, and then region A dies; name servers and health checkers work on", ends: 'Failed over' },
};

const seconds = (low: number, high: number) => z.number().min(low).max(high);

export const settingsSchema = z.strictObject({
  fault: z.enum(FAULTS).default('region-crash'),
  /** TTL of the application's records. 1 s shows the workflow's own time; 60 s is what production should use at most. */
  ttlSeconds: seconds(1, 300).default(1),
  /** Round trip between regions; us-east-1 to us-west-2 takes some 60 to 70 ms, 40 ms is a near pair. */
  wanRoundTripMs: z.number().min(0).max(1000).default(40),
  /** Requests per second, half reads, half writes. */
  rate: z.number().int().min(10).max(2000).default(200),
  probeIntervalSeconds: seconds(0.5, 60).default(1),
  probeTimeoutSeconds: seconds(0.2, 30).default(0.9),
  failuresToSuspect: z.number().int().min(1).max(10).default(3),
  permitTtlSeconds: seconds(1, 60).default(5),
  clockErrorSeconds: seconds(0, 5).default(0.5),
  rpoSeconds: seconds(1, 3600).optional(),
  /** How long the twin runs before the fault, and at least after the outcome. */
  steadySeconds: seconds(1, 600).default(4),
  afterSeconds: seconds(1, 600).default(3),
  /** A drill instead of a fault; what its fault does happens in the middle of the hold. */
  drill: z.enum(['traffic', 'switchover', 'rehearsal']).optional(),
  /** Half an hour in production. */
  holdSeconds: seconds(2, 600).default(10),
  /** How long each step of a ramp is looked at: long enough for a person to see it; a minute in production. */
  stepSeconds: seconds(1, 600).default(3),
  /** How long a drill waits for a region to be well: as long as a person likes to watch; longer on a machine that is busy with other work. */
  patienceSeconds: seconds(1, 600).default(30),
  /** partition-crash and replication-cut: from the cut to the crash. */
  cutSeconds: seconds(1, 60).default(3),
  /** Real RDS takes minutes; how long RDS takes here, on top of the real pg_promote, before and after it. */
  promoteDelaySeconds: seconds(0, 600).default(0),
  /** Step -> seconds by which its Lambda starts late, as a cold start or a throttle: time to try commands on a running failover. */
  slowSteps: z.record(z.string(), seconds(0, 600)).default({}),
  /** Two people must approve the failover, and do, in Slack; what is forged or copied before must come to nothing. */
  approve: z.boolean().default(false),
  /** After the failover the old region returns, and a person brings the writer home. */
  failback: z.boolean().default(false),
  /** Three: the configuration, written in A, and a shard for the users of each region, written there. */
  databases: z.union([z.literal(1), z.literal(3)], 'must be 1 or 3').default(1),
  /** Never starts the agent that closes the old region's database: shows what it is for. Such a run must break its invariants. */
  withoutAgent: z.boolean().default(false),
  /** Ways to move users, in order. By default the records' weights; where Route 53's API is down, the switch goes first. */
  strategies: z.array(z.enum(['health-check-switch', 'weighted-records'])).min(1).optional(),
  seed: z.number().int().nonnegative().optional(),
  directory: z.string().optional(),
  keep: z.boolean().default(false),
}).refine(({ databases, failback, drill }) => databases === 1 || !(failback || drill !== undefined), { path: ['databases'], message: 'a failback or a drill in the twin has one database' });
export type Settings = z.infer<typeof settingsSchema>;

/** Seconds that may be lost; a partition gets a small budget, so that the page about the lag comes while somebody watches. */
export const rpoSecondsOf = ({ rpoSeconds, fault }: Pick<Settings, 'rpoSeconds' | 'fault'>): number => rpoSeconds ?? (fault === 'partition' ? 5 : 30);

export const strategiesOf = ({ strategies, fault }: Pick<Settings, 'strategies' | 'fault'>): readonly ('health-check-switch' | 'weighted-records')[] =>
  strategies ?? (fault === 'route-53-down' ? ['health-check-switch', 'weighted-records'] : ['weighted-records']);
/** How the old region comes back, if it does: it must, where a failback follows. */
export const returnsOf = ({ fault, failback }: Pick<Settings, 'fault' | 'failback'>): Return | undefined => FAULT_TEXTS[fault].returns ?? (failback ? 'restarts' : undefined);

/**
 * Do servers go to the database that their permit names? Where Route 53's API is down, since the record stays as it is; and where the
 * witness moves the writer: a resolver there shows a database by the link that leads to it, which is not how the plan names it.
 */
export const goesByPermit = (settings: Pick<Settings, 'fault' | 'failback' | 'drill'>): boolean => settings.fault === 'route-53-down' || movesHome(settings);
/** Both a failback and a drill of the switchover are the workflow of failbacks, in the witness. */
export const movesHome = ({ failback, drill }: Pick<Settings, 'failback' | 'drill'>): boolean => failback || drill === 'switchover';

export const hasSwitch = (settings: Pick<Settings, 'strategies' | 'fault'>): boolean => strategiesOf(settings).includes('health-check-switch');

/** The twin's places. Index 0 is A (evacuated by the faults), 1 is B, 2 the witness. */
export const REGIONS = ['us-east-1', 'us-west-2', 'us-east-2'] as const;
export const REGION_A = REGIONS[0];
export const REGION_B = REGIONS[1];
export const WITNESS = REGIONS[2];
export const APPLICATION = 'shop';
export const DATABASE = 'orders';
export const ZONE = 'shop.test';
export const TABLE = 'hotshift';
