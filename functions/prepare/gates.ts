// May a drill begin now? Everything must be as in normal operation, since a drill is never worth an outage: one gate per condition, each
// with what was found. Pure.
import type { DrillMode, RingingAlarm } from '../../domain/drill.ts';
import type { Remembered } from '../../domain/inventory.ts';
import { isFresh } from '../../domain/freshness.ts';
import { gate, type Gate } from '../../domain/journal.ts';
import { blocksOf } from '../../domain/control.ts';
import type { FenceIntent, Lease } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import { vantagePointsOf, type ApplicationPlan, type Instant, type Region } from '../../domain/plan.ts';
import type { TrafficSwitch } from '../../domain/ports.ts';
import { frozen } from './direction.ts';

export interface Found {
  readonly lease: Lease;
  readonly observations: readonly Observation[];
  readonly intents: readonly FenceIntent[];
  readonly trafficSwitch: TrafficSwitch;
  /** Stored weights of each record, in the order of the plan. */
  readonly weights: readonly Readonly<Record<Region, number>>[];
  readonly alarms: readonly RingingAlarm[];
  /** The last rehearsal of each region of the pair. */
  readonly rehearsals: readonly { readonly region: Region; readonly last: Remembered | undefined }[];
}

/** Rehearsals come every half hour (events/rules.yml): two of them may be missing. */
const REHEARSAL_AGE_MS = 5_400_000;

/** A return only asks whether it may act: it brings back normal operation and cannot wait for it. */
export function gatesOf(mode: DrillMode, plan: ApplicationPlan, found: Found, now: Instant): readonly Gate[] {
  const lease = gate('lease', blocksOf(found.lease, now), 'no pause, no other execution, no cooldown, acknowledged');
  if (mode === 'return') return [lease];
  const freeze = frozen(plan.drills, now);
  return [
    ...(mode === 'traffic' || mode === 'switchover' ? [gate('freeze', freeze === undefined ? [] : [`${freeze.from} to ${freeze.to}`], 'no freeze')] : []),
    lease,
    gate('regions', unwell(plan, found.observations, now), 'every vantage point sees both regions serve and write now'),
    gate('alarms', found.alarms.map(({ name, reason }) => `${name}: ${reason}`), 'none rings'),
    gate('fence orders', found.intents.map(({ database, region }) => `${database} in ${region} is ordered to be fenced`), 'none is open'),
    gate('records', displaced(plan, found), 'users go where the plan says'),
    gate('rehearsal', rehearsed(found, now), 'a fresh one in both regions, with nothing critical'),
  ];
}

function unwell(plan: ApplicationPlan, observations: readonly Observation[], now: Instant): readonly string[] {
  return vantagePointsOf(plan).flatMap((vantagePoint) => plan.regions.flatMap((target) => {
    const seen = observations.find((entry) => entry.vantagePoint === vantagePoint && entry.target === target);
    if (seen === undefined || !isFresh(seen, plan, now)) return [`${vantagePoint} has not looked at ${target} lately`];
    return seen.result === 'up' && seen.write === 'ok' ? [] : [`${vantagePoint} sees ${target} ${seen.result}, write ${seen.write}`];
  }));
}

function displaced(plan: ApplicationPlan, { weights, trafficSwitch }: Found): readonly string[] {
  const away = trafficSwitch.evacuated === undefined ? [] : [`the switch leads users away from ${trafficSwitch.evacuated}`];
  return [...away, ...plan.traffic.flatMap(({ recordName, endpoints }, index) => Object.entries(endpoints)
    .filter(([region, { weight }]) => weights[index]?.[region] !== weight)
    .map(([region, { weight }]) => `${recordName}: ${region} has ${weights[index]?.[region] ?? 'no weight'}, not ${weight}`))];
}

function rehearsed({ rehearsals }: Found, now: Instant): readonly string[] {
  return rehearsals.flatMap(({ region, last }) => {
    if (last === undefined || now - last.at > REHEARSAL_AGE_MS) return [`${region}: none within the last ${REHEARSAL_AGE_MS / 60_000} minutes`];
    return last.critical === undefined ? [`${region}: it does not say what is critical; wait for the next one`] : last.critical.map((key) => `${region}: ${key}`);
  });
}
