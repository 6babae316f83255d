// How many tasks should the survivor run? Counted from the steady baseline, so that scaling twice is scaling once; never fewer than now.
import type { CapacityPlan, Region } from '../../domain/plan.ts';

export interface Sizing { readonly from: number; readonly to: number; readonly reason: string }

export function sizing(capacity: CapacityPlan, survivor: Region, current: { readonly desired: number; readonly running: number }): Sizing {
  const baseline = capacity.services[survivor]?.baseline ?? current.desired;
  const wanted = Math.min(Math.ceil(baseline * capacity.factor), capacity.desiredMax);
  const to = Math.max(wanted, current.desired, current.running);
  const reason = to === current.desired ? `${current.desired} is enough for ${baseline} x ${capacity.factor}` : `${baseline} x ${capacity.factor}, at most ${capacity.desiredMax}`;
  return { from: current.desired, to, reason };
}
