// May users be kept out of the evacuated region by the switch, or by its routing control? Never out of both regions, and never while a
// newer epoch has decided otherwise.
import type { Region, RoutingControlPlan } from '../../domain/plan.ts';
import type { TrafficSwitch } from '../../domain/ports.ts';

export type Door<T> =
  | { readonly kind: 'set'; readonly next: T; readonly reason: string }
  | { readonly kind: 'done'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string };

/** The switch names one region or none: naming the evacuated region lets users into the survivor by the same word. */
export function turning(current: TrafficSwitch, evacuated: Region | undefined, epoch: number): Door<TrafficSwitch> {
  const to = evacuated === undefined ? 'to both regions' : `away from ${evacuated}`;
  if (current.epoch > epoch) return { kind: 'refuse', reason: `the switch was turned under epoch ${current.epoch}, this execution has epoch ${epoch}` };
  if (current.evacuated === evacuated && current.epoch === epoch) return { kind: 'done', reason: `the switch leads users ${to} already` };
  const next = { application: current.application, epoch, ...(evacuated === undefined ? {} : { evacuated }) };
  return { kind: 'set', next, reason: `the switch leads users ${to}: the health check of its records turns, without a call to Route 53's API` };
}

/** The survivor's control on and the other one off, in one request: the survivor's alone would leave users in the dead region. */
export function opening(plan: RoutingControlPlan | undefined, current: Readonly<Record<Region, boolean>>, survivor: Region): Door<Readonly<Record<Region, boolean>>> {
  if (plan?.controls[survivor] === undefined) return { kind: 'refuse', reason: `there is no routing control for ${survivor}: nobody would be let in` };
  const next = Object.fromEntries(Object.keys(plan.controls).map((region) => [region, region === survivor]));
  if (Object.entries(next).every(([region, open]) => current[region] === open)) return { kind: 'done', reason: `the routing controls let users into ${survivor} alone already` };
  return { kind: 'set', next, reason: `routing controls: ${Object.entries(next).map(([region, open]) => `${region} ${open ? 'on' : 'off'}`).join(', ')}` };
}
