// The next step of a planned move: users follow by shares, with a confirmation between two steps, and the way back goes down the same
// steps. Pure. An outage knows no ramp.
import type { TrafficPlan } from '../../domain/plan.ts';

/** `survivor`: until it has all users. `both`: until both regions serve as in normal operation. */
export type Towards = 'survivor' | 'both';
export type Share = number | 'plan';

/** The share after `current` percent; undefined when the end is reached. An unknown share begins again at the safe end: all to the survivor. */
export function nextShare(traffic: Pick<TrafficPlan, 'ramp'>, current: number | undefined, towards: Towards): Share | undefined {
  const rising = [...new Set([...traffic.ramp, 100])].sort((left, right) => left - right);
  if (towards === 'survivor') return current === undefined ? 100 : rising.find((share) => share > current);
  if (current === undefined) return 100;
  // 50 and what lies below is normal operation, whose own weights may be others than 50 and 50.
  return rising.filter((share) => share < current && share > 50).at(-1) ?? 'plan';
}
