// Which region does a drill leave, and when is it frozen? Pure. Regions take turns, so that both directions stay rehearsed.
import type { DrillPlan, DrillRecord } from '../../domain/drill.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';

/** The other region than the last drill that moved users left, whether it passed or not; the first of the pair when there was none. */
export function direction(plan: ApplicationPlan, records: readonly DrillRecord[]): Region {
  const moved = records.filter(({ mode, outcome }) => mode === 'traffic' && (outcome === 'Drill passed' || outcome === 'Drill stopped'));
  const last = [...moved].sort((left, right) => right.at - left.at)[0];
  return last === undefined || !plan.regions.includes(last.evacuated) ? plan.regions[0] : survivorOf(plan, last.evacuated);
}

/** The freeze that a moment falls into, by the calendar of the schedule's time zone (UTC without a schedule). */
export function frozen({ freeze, schedule }: DrillPlan, now: Instant): DrillPlan['freeze'][number] | undefined {
  // Swedish writes dates as ISO does.
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: schedule?.timeZone ?? 'UTC' }).format(now);
  return freeze.find(({ from, to }) => from <= today && today <= to);
}
