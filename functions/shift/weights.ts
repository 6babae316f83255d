// Which weights should the records of an application have, and may they be set? Never all zero, never away from the survivor.
import type { Region, TrafficPlan } from '../../domain/plan.ts';

export type Weighting =
  | { readonly kind: 'set'; readonly weights: Readonly<Record<Region, number>>; readonly reason: string }
  | { readonly kind: 'done'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string };

/** All traffic to the survivor. `current`: what Route 53 has stored now. */
export function weighting(traffic: TrafficPlan, current: Readonly<Record<Region, number>>, survivor: Region): Weighting {
  const endpoint = traffic.endpoints[survivor];
  if (endpoint === undefined || endpoint.ipv4.length + endpoint.ipv6.length === 0) {
    return { kind: 'refuse', reason: `${traffic.recordName} has no endpoint in ${survivor}: moving traffic there would leave zero regions serving` };
  }
  // A survivor with weight 0 in the plan would answer nothing: it gets all of what the others had.
  const weights = Object.fromEntries(Object.keys(traffic.endpoints).map((region) => [region, region === survivor ? Math.max(1, endpoint.weight, 100) : 0]));
  const same = Object.entries(weights).every(([region, weight]) => (current[region] ?? 0) === weight);
  if (same) return { kind: 'done', reason: `${traffic.recordName} already sends everything to ${survivor}` };
  return { kind: 'set', weights, reason: `${traffic.recordName}: ${Object.entries(weights).map(([region, weight]) => `${region} ${weight}`).join(', ')}` };
}

/** Do the authoritative servers answer with the survivor's addresses and nothing else? */
export function answersOnly(answers: readonly string[], traffic: TrafficPlan, survivor: Region): boolean {
  const endpoint = traffic.endpoints[survivor];
  if (endpoint === undefined || answers.length === 0) return false;
  const allowed = new Set([...endpoint.ipv4, ...endpoint.ipv6]);
  return answers.every((answer) => allowed.has(answer));
}
