// Is the region that has the users well enough for the drill to go on, and the other one for users to be brought back? Stricter than
// what an outage needs: a drill returns on the word of one vantage point. Pure.
import type { RingingAlarm } from '../../domain/drill.ts';
import { isFresh } from '../../domain/freshness.ts';
import type { Observation } from '../../domain/observation.ts';
import { vantagePointsOf, type ApplicationPlan, type Instant, type Region } from '../../domain/plan.ts';

const fresh = (plan: ApplicationPlan, observations: readonly Observation[], target: Region, now: Instant): readonly Observation[] =>
  observations.filter((entry) => entry.target === target && entry.result !== 'abstained' && isFresh(entry, plan, now) && vantagePointsOf(plan).includes(entry.vantagePoint));

/** Why a drill must turn back; empty while it may go on. One failed probe is no reason, as many in a row as a suspicion needs are. */
export function tripped(plan: ApplicationPlan, observations: readonly Observation[], alarms: readonly RingingAlarm[], survivor: Region, now: Instant): readonly string[] {
  const { failuresToSuspect, quorum } = plan.detection;
  const seen = fresh(plan, observations, survivor, now);
  const failing = seen.filter(({ result, consecutiveFailures }) => result !== 'up' && consecutiveFailures >= failuresToSuspect);
  const late = seen.filter(({ latencyMs }) => latencyMs > plan.drills.latencySeconds * 1000);
  return [
    ...(seen.length < quorum ? [`only ${seen.length} vantage points look at ${survivor}; ${quorum} must`] : []),
    ...failing.map(({ vantagePoint, result, reason }) => `${vantagePoint} sees ${survivor} ${result}: ${reason}`),
    // One late answer is chance; as many places at once as an outage needs are not.
    ...(late.length < quorum ? [] : [`${late.map(({ vantagePoint, latencyMs }) => `${vantagePoint} waits ${Math.round(latencyMs)} ms`).join(', ')}; ${plan.drills.latencySeconds} s are allowed`]),
    ...alarms.map(({ name, reason }) => `alarm ${name}: ${reason}`),
  ];
}

/** Why users cannot be brought back to `region` yet; empty when a quorum sees it serve and write and nobody sees it fail. */
export function unfit(plan: ApplicationPlan, observations: readonly Observation[], region: Region, now: Instant): readonly string[] {
  const seen = fresh(plan, observations, region, now);
  const well = seen.filter(({ result, write }) => result === 'up' && write === 'ok');
  const bad = seen.filter(({ result }) => result !== 'up');
  return [
    ...(well.length < plan.detection.quorum ? [`${well.length} vantage points see ${region} serve and write; ${plan.detection.quorum} must`] : []),
    ...bad.map(({ vantagePoint, result }) => `${vantagePoint} sees it ${result}`),
  ];
}
