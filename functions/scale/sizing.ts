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

/** Back to what there was before a drill. Another count than the drill's is somebody's own decision and stays. */
export function returning(before: Sizing, current: { readonly desired: number }): Sizing {
  if (current.desired === before.from) return { from: current.desired, to: current.desired, reason: 'as before the drill already' };
  if (current.desired !== before.to) return { from: current.desired, to: current.desired, reason: `somebody set ${current.desired} since the drill set ${before.to}: it stays` };
  return { from: current.desired, to: before.from, reason: 'as before the drill' };
}
