// A drill: the same steps on purpose, with nothing broken. One of traffic moves users and capacity of a region to the other one and back; it
// never touches databases, permits or fences. One of the switchover is a failback on a healthy pair. Both yield their lease to a failover.
import type { Instant, Region } from './plan.ts';

/**
 * `traffic`: users are moved. `switchover`: the writer as well, by the workflow of a failback. `rehearsal`: only gates are looked at.
 * `return`: brings back what an earlier drill has left behind.
 */
export const DRILL_MODES = ['traffic', 'switchover', 'rehearsal', 'return'] as const;
export type DrillMode = (typeof DRILL_MODES)[number];

/**
 * `Drill passed`: out, held, and back. `Drill stopped`: something was not as it must be, and users are back. `Drill refused`: nothing
 * was begun. `Drill yielded`: a failover took over. `Handed to a human`: users are not back, a person must go on.
 */
export type DrillOutcome = 'Drill passed' | 'Drill stopped' | 'Drill refused' | 'Drill yielded' | 'Handed to a human';
export const DRILL_OUTCOMES: readonly DrillOutcome[] = ['Drill passed', 'Drill stopped', 'Drill refused', 'Drill yielded', 'Handed to a human'];

/** The section `drills` of a plan. */
export interface DrillPlan {
  /** How long all users stay in one region. */
  readonly holdSeconds: number;
  /** How long each step of the ramp is looked at. */
  readonly stepSeconds: number;
  readonly guardIntervalSeconds: number;
  /** A guard trips when a vantage point waits longer than this for the region that has the users. */
  readonly latencySeconds: number;
  /** How long a region may take to run what it was scaled to, and the other one to be well enough to be returned to. */
  readonly patienceSeconds: number;
  /** Your own alarms, by name, in the region that has the users. */
  readonly alarms: readonly string[];
  /** Your own function that makes more load; started and stopped by the workflow. */
  readonly load?: LoadPlan;
  /** Days on which no drill moves users: first and last day, in the schedule's time zone. */
  readonly freeze: readonly { readonly from: string; readonly to: string }[];
  /** Absent: nothing starts by itself. */
  readonly schedule?: DrillSchedule;
}
/** `functionArns`: region that has the users -> function there. */
export interface LoadPlan { readonly functionArns: Readonly<Record<Region, string>>; readonly factor: number }
/** In the form of EventBridge Scheduler. `cron`: of traffic. `switchover`: of the databases; absent: only people start one. */
export interface DrillSchedule { readonly cron: string; readonly switchover?: string; readonly timeZone: string }

/** What a drill changed of the capacity: the return sets `to` back to `from`. */
export interface Scaled { readonly name: string; readonly from: number; readonly to: number; readonly reason: string }

/** What each drill leaves behind. Only one that moved users and passed counts as good. */
export interface DrillRecord {
  readonly application: string;
  readonly execution: string;
  readonly mode: DrillMode;
  readonly outcome: DrillOutcome;
  readonly evacuated: Region;
  readonly startedAt: Instant;
  /** When it ended. */
  readonly at: Instant;
  readonly step: string;
  readonly reason: string;
  /** How long all users were in one region. */
  readonly heldSeconds: number;
  /** True while users or capacity are not back. */
  readonly open: boolean;
  readonly scaled: readonly Scaled[];
}

export interface DrillStore {
  /** Newest first. */
  list(application: string): Promise<readonly DrillRecord[]>;
  /** Put once per execution; the same again is the same. */
  put(record: DrillRecord): Promise<void>;
}

export interface RingingAlarm { readonly name: string; readonly reason: string }
/** CloudWatch alarms of one region. */
export interface Alarms {
  /** Those that ring now: of `names`, and all whose name begins with `prefix`. A name that does not exist counts as ringing. */
  ringing(region: Region, prefix: string, names: readonly string[]): Promise<readonly RingingAlarm[]>;
}

export interface DrillPorts { readonly drills: DrillStore; readonly alarms: Alarms }

/** A drill older than this says little about tonight. */
export const DRILL_DAYS_MAX = 90;

/** What has a runbook of its own: a good drill of the one says nothing of the other. */
export type DrillKind = Extract<DrillMode, 'traffic' | 'switchover'>;

/** The newest good drill; with `evacuated`, of that direction. */
export const lastGood = (records: readonly DrillRecord[], evacuated?: Region, kind: DrillKind = 'traffic'): DrillRecord | undefined =>
  records.filter((entry) => entry.mode === kind && entry.outcome === 'Drill passed' && (evacuated === undefined || entry.evacuated === evacuated))
    .sort((left, right) => right.at - left.at)[0];

/** What was not drilled well for too long. `days`: absent when it never was. */
export interface StaleDrill { readonly region: Region; readonly kind: DrillKind; readonly days?: number }

/** Each direction of each runbook for itself. Who has never drilled a switchover has not taken it up; whoever has must keep it fresh. */
export function staleDrills(regions: readonly Region[], records: readonly DrillRecord[], now: Instant): readonly StaleDrill[] {
  const kinds: readonly DrillKind[] = records.some(({ mode }) => mode === 'switchover') ? ['traffic', 'switchover'] : ['traffic'];
  return regions.flatMap((region) => kinds.flatMap((kind) => {
    const last = lastGood(records, region, kind);
    const days = last === undefined ? undefined : Math.floor((now - last.at) / 86_400_000);
    if (days !== undefined && days <= DRILL_DAYS_MAX) return [];
    return [{ region, kind, ...(days === undefined ? {} : { days }) }];
  }));
}

export const staleText = ({ region, kind, days }: StaleDrill): string =>
  `${region}: ${days === undefined ? `no good drill${kind === 'switchover' ? ' of a switchover' : ''} has left it` : `the last good drill${kind === 'switchover' ? ' of a switchover' : ''} that left it is ${days} days old`}`;
