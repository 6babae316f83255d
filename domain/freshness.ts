// Is what was seen still evidence? One rule for whoever decides by it: the quorum, the last look, the confirmation, drills and failbacks.
import type { Observation } from './observation.ts';
import type { ApplicationPlan, Instant } from './plan.ts';

/** Not older than evidence may be, and not from the future by more than clocks may differ: one of the two clocks would be wrong. */
export function isFresh({ at }: Pick<Observation, 'at'>, plan: ApplicationPlan, now: Instant): boolean {
  const ageSeconds = (now - at) / 1000;
  return ageSeconds <= plan.detection.evidenceAgeSecondsMax && ageSeconds >= -plan.permit.clockErrorSeconds;
}
