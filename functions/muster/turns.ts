// Who goes when: the applications of a region in the order of their priority, each at the moment at which all before it have left
// enough of every rate. It says who is not moved, and why; whether one may be moved at all is decided by its own failover.
import { blocksOf, isHeld } from '../../domain/control.ts';
import type { Lease } from '../../domain/lease.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import { RESERVED_SHARE, callsOf, type Rate, type Service } from './rates.ts';

export interface Turn { readonly application: string; readonly at: Instant }
export interface Left { readonly application: string; readonly reason: string; /** It is out of the region already, or on its way: nobody need look. */ readonly well: boolean }
export interface Turns { readonly turns: readonly Turn[]; readonly left: readonly Left[] }

const PRIORITY = 100;

/** What is known of an application: its lease, and which region each of its databases may be written in (undefined while withdrawn). */
export interface Standing { readonly lease: Lease; readonly writers: readonly (Region | undefined)[] }

/** An application that could not be read has no standing, and gets its turn: its own failover will look. */
export function turns(plans: readonly ApplicationPlan[], standings: ReadonlyMap<string, Standing>, region: Region, rates: readonly Rate[], now: Instant): Turns {
  const mine = plans.filter(({ regions }) => regions.includes(region));
  const left = mine.flatMap((plan) => {
    const found = reasonToStay(standings.get(plan.application), region, now);
    return found === undefined ? [] : [{ application: plan.application, ...found }];
  });
  const staying = new Set(left.map(({ application }) => application));
  const going = mine.filter(({ application }) => !staying.has(application))
    .map((plan, index) => ({ plan, index })).sort((one, other) => (one.plan.priority ?? PRIORITY) - (other.plan.priority ?? PRIORITY) || one.index - other.index);
  const asked: Record<Service, number> = { database: 0, traffic: 0 };
  return {
    left,
    turns: going.map(({ plan }) => {
      const calls = callsOf(plan);
      const waits = rates.map(({ service, burst, perSecond }) => {
        asked[service] += calls[service];
        return (asked[service] - burst * (1 - RESERVED_SHARE)) / (perSecond * (1 - RESERVED_SHARE));
      });
      return { application: plan.application, at: Math.round(now + Math.max(0, ...waits) * 1000) };
    }),
  };
}

function reasonToStay(standing: Standing | undefined, region: Region, now: Instant): Omit<Left, 'application'> | undefined {
  if (standing === undefined) return undefined;
  const { lease, writers } = standing;
  if (isHeld(lease, now) && lease.drill !== true && lease.failback !== true) return { reason: `${lease.holder ?? ''} is at work`, well: lease.evacuated === region };
  if (lease.pausedUntil !== undefined && lease.pausedUntil > now) return { reason: blocksOf(lease, now)[0] ?? 'paused', well: false };
  // One that was handed over half way has no writer elsewhere: it may be tried again.
  const moved = writers.length > 0 && writers.every((writer) => writer !== undefined && writer !== region);
  if (lease.acknowledgementDue && lease.evacuated === region && moved) return { reason: `it was failed over out of ${region} under epoch ${lease.epoch}, and nobody has acknowledged that yet`, well: true };
  return undefined;
}
