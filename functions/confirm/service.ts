// Does the service work from outside? Judged by the vantage points' own observations of the survivor, with a write under the new epoch.
import { isFresh } from '../../domain/freshness.ts';
import type { Observation } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';

export interface Service { readonly kind: 'confirmed' | 'unconfirmed'; readonly reason: string }

/**
 * Confirmed when K vantage points other than the evacuated region see the survivor write under `epoch`. An application that checks no
 * permits knows no epoch: for it a write counts that was seen after `shiftedAt`, when all databases led to the survivor.
 */
export function service(observations: readonly Observation[], plan: ApplicationPlan, survivor: Region, evacuated: Region, epoch: number, now: Instant, shiftedAt: Instant): Service {
  const witnesses = observations.filter((entry) => entry.target === survivor && entry.vantagePoint !== evacuated);
  const fresh = witnesses.filter((entry) => isFresh(entry, plan, now));
  const seen = fresh.filter((entry) => entry.result === 'up' && entry.write === 'ok' && (plan.permit.enforced ? entry.epoch === epoch : entry.at > shiftedAt));
  // The evacuated region has no say, so the most that can be asked for is everyone else.
  const needed = Math.min(plan.detection.quorum, 2);
  const what = plan.permit.enforced ? `write under epoch ${epoch}` : `write after ${new Date(shiftedAt).toISOString()}`;
  if (seen.length >= needed) return { kind: 'confirmed', reason: `${seen.map((entry) => entry.vantagePoint).join(' and ')} see ${survivor} ${what}` };
  const state = fresh.map((entry) => `${entry.vantagePoint}: ${entry.result}, write ${entry.write}, epoch ${entry.epoch ?? 'unknown'}`).join('; ') || 'no fresh observation';
  return { kind: 'unconfirmed', reason: `${seen.length} of ${needed} needed vantage points see ${survivor} ${what} (${state})` };
}
