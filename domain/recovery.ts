// Is a region that was found down well again? Asked once more right before the first change, since claiming, throttles and retries
// take time, and a region that serves must not be left for what it was.
import { isFresh } from './freshness.ts';
import type { Observation } from './observation.ts';
import { vantagePointsOf, type ApplicationPlan, type Instant, type Region } from './plan.ts';

/**
 * The vantage points that see `region` serve and write now; undefined unless they are a quorum. As for an accusation, old evidence
 * and evidence from the future count for nothing. "Answers but cannot write" is not well: only a write shows that it is.
 */
export function recovered(observations: readonly Observation[], plan: ApplicationPlan, region: Region, now: Instant): readonly Region[] | undefined {
  const seeing = vantagePointsOf(plan).filter((vantagePoint) => observations.some((entry) =>
    entry.vantagePoint === vantagePoint && entry.target === region && entry.result === 'up' && entry.write === 'ok' && isFresh(entry, plan, now)));
  return seeing.length >= plan.detection.quorum ? seeing : undefined;
}
