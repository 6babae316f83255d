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

/**
 * The weights at which the survivor has `share` percent of the users: planned moves go there by steps. `plan`: as in normal operation.
 * Refuses a step that would leave nobody in the survivor.
 */
export function sharing(traffic: TrafficPlan, current: Readonly<Record<Region, number>>, survivor: Region, share: number | 'plan'): Weighting {
  if (share === 100) return weighting(traffic, current, survivor);
  const weights = Object.fromEntries(Object.entries(traffic.endpoints).map(([region, { weight }]) =>
    [region, share === 'plan' ? weight : region === survivor ? share : 100 - share]));
  const text = `${traffic.recordName}: ${Object.entries(weights).map(([region, weight]) => `${region} ${weight}`).join(', ')}`;
  if (share !== 'plan' && !(share > 0 && share < 100 && traffic.endpoints[survivor] !== undefined)) return { kind: 'refuse', reason: `${traffic.recordName} cannot give ${survivor} ${share} % of the users` };
  const same = Object.entries(weights).every(([region, weight]) => (current[region] ?? 0) === weight);
  return same ? { kind: 'done', reason: `${text} already` } : { kind: 'set', weights, reason: text };
}

/** Percent of the users that the stored weights lead to a region; undefined where A and AAAA disagree or nothing is stored. */
export function shareOf(current: Readonly<Record<Region, number>>, region: Region): number | undefined {
  const total = Object.values(current).reduce((sum, weight) => sum + weight, 0);
  return Number.isFinite(total) && total > 0 ? ((current[region] ?? 0) * 100) / total : undefined;
}

/** Do the authoritative servers answer with the survivor's addresses and nothing else? */
export function answersOnly(answers: readonly string[], traffic: TrafficPlan, survivor: Region): boolean {
  const endpoint = traffic.endpoints[survivor];
  if (endpoint === undefined || answers.length === 0) return false;
  const allowed = new Set([...endpoint.ipv4, ...endpoint.ipv6]);
  return answers.every((answer) => allowed.has(answer));
}
