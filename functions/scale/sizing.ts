// How much should run in the survivor? Counted from the steady baseline, so that scaling twice is scaling once; never less than now, and
// never more than the plan or the thing itself allows: what it refuses anyway need not be asked for in the middle of an outage.
import { countedIn, roomFor, type CapacityFacts } from '../../domain/capacity.ts';
import type { CapacityPlan, Region } from '../../domain/plan.ts';

export interface Sizing { readonly from: number; readonly to: number; readonly reason: string }

export function sizing(capacity: CapacityPlan, survivor: Region, current: CapacityFacts): Sizing {
  const baseline = countedIn(capacity)[survivor]?.baseline ?? current.desired;
  const needed = Math.min(Math.ceil(baseline * capacity.factor), capacity.desiredMax);
  const wanted = Math.min(needed, current.most ?? needed);
  const to = Math.max(wanted, current.desired, current.running);
  if (wanted < needed && to < needed) return { from: current.desired, to, reason: `${baseline} x ${capacity.factor} would be ${needed}, its own maximum is ${current.most ?? needed}` };
  const reason = to === current.desired ? `${current.desired} is enough for ${baseline} x ${capacity.factor}` : `${baseline} x ${capacity.factor}, at most ${capacity.desiredMax}`;
  return { from: current.desired, to, reason };
}

/** Is there too little for the load of both? What is told then, or undefined. */
export function shortOf(capacity: CapacityPlan, survivor: Region, current: CapacityFacts): string | undefined {
  const baseline = countedIn(capacity)[survivor]?.baseline;
  if (baseline === undefined) return undefined;
  const needed = roomFor(capacity, baseline);
  if (current.running >= needed) return undefined;
  return `${capacity.name} runs ${current.running} of ${needed}${current.shortage === undefined ? '' : ` (${current.shortage})`}`;
}

/** Back to what there was before a drill. Another count than the drill's is somebody's own decision and stays. */
export function returning(before: Sizing, current: Pick<CapacityFacts, 'desired' | 'most'>): Sizing {
  if (current.desired === before.from) return { from: current.desired, to: current.desired, reason: 'as before the drill already' };
  // What was meant may have been more than the thing's own maximum.
  if (current.desired !== Math.min(before.to, current.most ?? before.to)) return { from: current.desired, to: current.desired, reason: `somebody set ${current.desired} since the drill set ${before.to}: it stays` };
  return { from: current.desired, to: before.from, reason: 'as before the drill' };
}
