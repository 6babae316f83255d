// How long users wait in a year, and what that costs: outages of a region, each until its end or until the other region serves,
// whichever comes first. Pure.
import type { ApplicationPlan } from '../domain/plan.ts';
import type { Assumptions } from './assumptions.ts';
import type { StrategyName } from './strategies.ts';

// 365.25 days.
export const YEAR_HOURS = 8766;

export interface Business { readonly availabilityPercent: number; readonly outage: number; readonly outagesPerYear?: number | undefined }

/** Hours in a year in which one region alone is out. */
export const outageHours = ({ availabilityPercent, outage, outagesPerYear }: Business): number =>
  (outagesPerYear === undefined ? YEAR_HOURS * (1 - availabilityPercent / 100) : outagesPerYear * outage / 3600);

export const recoverySeconds = (name: StrategyName, plan: ApplicationPlan, { recovery }: Assumptions): number =>
  (name === 'hot' ? recovery.hot ?? plan.budgets.rtoSeconds : recovery[name]);

/** The part of an outage that users feel: all of it when recovering takes longer than the outage. */
export const feltShare = (rtoSeconds: number, { outage }: Business): number => Math.min(1, rtoSeconds / outage);

export interface Downtime { readonly rtoSeconds: number; readonly share: number; readonly hoursPerYear: number; readonly availabilityPercent: number }

export function downtime(name: StrategyName, plan: ApplicationPlan, assumptions: Assumptions, business: Business = assumptions.business): Downtime {
  const rtoSeconds = recoverySeconds(name, plan, assumptions);
  const share = feltShare(rtoSeconds, business);
  const hoursPerYear = outageHours(business) * share;
  return { rtoSeconds, share, hoursPerYear, availabilityPercent: 100 * (1 - hoursPerYear / YEAR_HOURS) };
}
