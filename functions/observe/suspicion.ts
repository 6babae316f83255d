// When does one vantage point suspect a region, and how often does it say so? Suspicion starts a verification, never a failover.
import type { Observation } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';

export type Concern =
  | { readonly kind: 'suspect'; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * One vantage point's concern about a region. A sick monitor raises it too: the workflow then writes down that nobody could judge.
 * `lastRaisedAt` is when this vantage point last raised it for the same region.
 */
export function concern(observation: Observation, abstainedRounds: number, lastRaisedAt: Instant | undefined, plan: ApplicationPlan, now: Instant): Concern {
  const needed = plan.detection.failuresToSuspect;
  const failing = observation.consecutiveFailures >= needed && isAboutTarget(observation);
  const sick = observation.result === 'abstained' && abstainedRounds >= needed;
  if (!failing && !sick) return { kind: 'none', reason: observation.reason };
  const sinceSeconds = lastRaisedAt === undefined ? Infinity : (now - lastRaisedAt) / 1000;
  if (sinceSeconds < plan.detection.suspicionRepeatSeconds) return { kind: 'none', reason: `raised ${sinceSeconds.toFixed(0)} s ago` };
  const reason = sick
    ? `${observation.vantagePoint} cannot reach ${observation.target} nor the control endpoint`
    : `${observation.vantagePoint} saw ${observation.target} ${observation.result} ${observation.consecutiveFailures} times in a row: ${observation.reason}`;
  return { kind: 'suspect', reason };
}

/** A region that cannot write because the writer elsewhere is gone suffers; it is not the culprit. */
export function isAboutTarget(observation: Observation): boolean {
  if (observation.result !== 'impaired') return true;
  return observation.writer === undefined || observation.writer === observation.target;
}
