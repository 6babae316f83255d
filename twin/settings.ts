// What a run of the twin can be told, with defaults and their reasons. Bad values are refused by name, value and fix.
import * as z from 'zod';

export const FAULTS = [
  'none', 'region-crash', 'region-hang', 'database-crash', 'partition', 'partition-crash', 'vantage-cut', 'replication-cut', 'slow-region',
  'both-regions-down', 'monitor-sick',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What each fault does, and how Hotshift must end. Printed by `hotshift twin faults`. */
export const FAULT_TEXTS: Readonly<Record<Fault, { readonly does: string; readonly ends: 'Failed over' | 'Stood down' | 'nothing' }>> = {
  'none': { does: 'nothing breaks', ends: 'nothing' },
  'region-crash': { does: 'every process of region A gets SIGKILL, its links and its AWS endpoint go dark', ends: 'Failed over' },
  'region-hang': { does: 'every process of region A gets SIGSTOP; connections stay open and nothing answers; later SIGCONT', ends: 'Failed over' },
  'database-crash': { does: 'the PostgreSQL of region A gets SIGKILL; its application lives on', ends: 'Failed over' },
  'partition': { does: 'the link between A and B goes dark while both serve; replication stops, and the lag pages', ends: 'Stood down' },
  'partition-crash': { does: 'the link between A and B goes dark, and some seconds later A dies: the loss window is real', ends: 'Failed over' },
  'vantage-cut': { does: 'the vantage point in the witness region cannot see A any more', ends: 'Stood down' },
  'replication-cut': { does: 'only the replication stream from A to B is cut, and some seconds later A dies', ends: 'Failed over' },
  'slow-region': { does: 'everything from and to A takes longer than the slow limit', ends: 'Stood down' },
  'both-regions-down': { does: 'A and B die together', ends: 'Stood down' },
  'monitor-sick': { does: 'no vantage point reaches a region or the control endpoint any more', ends: 'Stood down' },
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
  /** partition-crash and replication-cut: from the cut to the crash. */
  cutSeconds: seconds(1, 60).default(3),
  /** Real RDS takes minutes; how long RDS takes here, on top of the real pg_promote, before and after it. */
  promoteDelaySeconds: seconds(0, 600).default(0),
  seed: z.number().int().nonnegative().optional(),
  directory: z.string().optional(),
  keep: z.boolean().default(false),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Seconds that may be lost; a partition gets a small budget, so that the page about the lag comes while somebody watches. */
export const rpoSecondsOf = ({ rpoSeconds, fault }: Pick<Settings, 'rpoSeconds' | 'fault'>): number => rpoSeconds ?? (fault === 'partition' ? 5 : 30);

/** The twin's places. Index 0 is A (evacuated by the faults), 1 is B, 2 the witness. */
export const REGIONS = ['us-east-1', 'us-west-2', 'us-east-2'] as const;
export const REGION_A = REGIONS[0];
export const REGION_B = REGIONS[1];
export const WITNESS = REGIONS[2];
export const APPLICATION = 'shop';
export const DATABASE = 'orders';
export const ZONE = 'shop.test';
export const TABLE = 'hotshift';
