// Fleets: one region with N applications is gone, under the documented quotas. How long until the last one's database is known to take
// writes, how that compares with what no orchestrator could beat, and what it cost in calls, throttles and transitions.
import { drawsFor, nameOf, type Cloud } from './cloud.ts';
import { hotshift, hotshiftEvacuate } from './hotshift.ts';
import { naive } from './naive.ts';
import { orchestrator } from './orchestrator.ts';
import { DOCUMENTED } from './quotas.ts';
import type { Measured } from './subject.ts';
import type { SubjectName } from './subjects.ts';

const RUN: Readonly<Record<SubjectName, (cloud: Cloud) => Promise<Measured>>> = {
  'hotshift': hotshift, 'hotshift evacuate': hotshiftEvacuate, 'orchestrator': (cloud) => orchestrator(cloud, false), 'orchestrator with retries': (cloud) => orchestrator(cloud, true), naive,
};

export interface FleetResult {
  readonly measured: Measured;
  /** From the first suspicion of all to the last application that is known to be writable; undefined when not all got there. */
  readonly makespanSeconds: number | undefined;
  /** The same for those that got there. */
  readonly lastSeconds: number | undefined;
  readonly boundSeconds: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly dollars: number;
  readonly wallSeconds: number;
}

/** Users' servers take health checks out of the answers: traffic costs no API call (the recommended strategy). */
export const fleetCloud = (applications: number, seed: number, promotionSeconds = 240, statusLagSeconds = 60): Cloud =>
  ({ seed, applications, promotionSeconds, statusLagSeconds, transitionMs: 50, eventLoss: 0, quotas: DOCUMENTED, plan: { strategies: ['health-check-switch', 'weighted-records'] } });

/**
 * Nobody can be faster: one request to promote for each database, at the rate that the account has, and the database that takes longest,
 * which may have been asked first.
 */
export function boundSeconds(cloud: Cloud): number {
  const quota = cloud.quotas.find(({ service }) => service === 'database');
  const issueSeconds = quota === undefined ? 0 : Math.max(0, (cloud.applications - quota.burst) / quota.perSecond);
  const slowest = Math.max(...Array.from({ length: cloud.applications }, (_, index) => drawsFor(cloud, nameOf(index)).promotionMs)) / 1000;
  return issueSeconds + slowest;
}

// Prices: cost/prices-2026-11.yaml.
const PER_TRANSITION = 0.025 / 1000;
const PER_GIGABYTE_SECOND = 0.0000133334;
const PER_REQUEST = 0.20 / 1_000_000;
export const dollarsOf = ({ cost: { transitions, lambdaGigabyteSeconds, invocations } }: Measured): number => transitions * PER_TRANSITION + lambdaGigabyteSeconds * PER_GIGABYTE_SECOND + invocations * PER_REQUEST;

export async function measureFleet(subject: SubjectName, cloud: Cloud): Promise<FleetResult> {
  const startedAt = performance.now();
  const measured = await RUN[subject](cloud);
  const { applications } = measured;
  const begin = Math.min(...applications.map(({ triggerAt }) => triggerAt ?? Infinity));
  const arrivals = applications.flatMap(({ end, knownAt, writableAt }) => {
    const at = subject === 'naive' ? writableAt : knownAt;
    return end === 'done' && at !== undefined ? [at] : [];
  });
  const last = arrivals.length === 0 ? undefined : Math.max(...arrivals) - begin;
  const ends: Record<string, number> = {};
  for (const { end } of applications) ends[end] = (ends[end] ?? 0) + 1;
  return {
    measured, lastSeconds: last, makespanSeconds: arrivals.length === applications.length ? last : undefined, boundSeconds: boundSeconds(cloud),
    ends, dollars: dollarsOf(measured), wallSeconds: (performance.now() - startedAt) / 1000,
  };
}
