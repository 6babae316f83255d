// The state of one application as people ask for it: may Hotshift act, what stands in the way, who sees what. Pure.
import { isFresh } from '../domain/freshness.ts';
import { staleDrills, staleText, type DrillRecord } from '../domain/drill.ts';
import type { FollowUp } from '../domain/follow-ups.ts';
import type { FenceIntent, Lease, Permit } from '../domain/lease.ts';
import type { Observation } from '../domain/observation.ts';
import { vantagePointsOf, type ApplicationPlan, type Instant, type Region } from '../domain/plan.ts';
import { blocksOf, isHeld } from '../domain/control.ts';
import { followUpConcerns } from './format/follow-ups.ts';

export interface StatusFacts {
  readonly lease: Lease;
  /** One for each database of the plan; undefined where no permit was ever granted. */
  readonly permits: readonly { readonly database: string; readonly permit: Permit | undefined }[];
  readonly intents: readonly FenceIntent[];
  readonly observations: readonly Observation[];
  /** Newest first. */
  readonly drills: readonly DrillRecord[];
  readonly followUps: readonly FollowUp[];
}

export interface ObservationView {
  readonly vantagePoint: Region;
  readonly target: Region;
  readonly result: Observation['result'] | 'never seen';
  readonly at?: Instant;
  readonly ageSeconds?: number;
  /** Old evidence is no evidence. */
  readonly fresh: boolean;
  readonly latencyMs?: number;
  readonly consecutiveFailures: number;
  readonly reason: string;
}

export interface StatusView {
  readonly application: string;
  readonly now: Instant;
  readonly automatic: 'possible' | 'blocked';
  readonly blocks: readonly string[];
  /** Things that a person should look at though they block nothing by themselves. */
  readonly concerns: readonly string[];
  readonly lease: Lease & { readonly held: boolean };
  readonly permits: readonly { readonly database: string; readonly writer?: Region; readonly epoch?: number; readonly withdrawn: boolean; readonly servers: number; readonly lastRenewalAt?: Instant }[];
  readonly openIntents: readonly FenceIntent[];
  readonly observations: readonly ObservationView[];
}

export function statusView(plan: ApplicationPlan, facts: StatusFacts, now: Instant): StatusView {
  const { lease } = facts;
  const observations = vantagePointsOf(plan).flatMap((vantagePoint) =>
    plan.regions.map((target) => observationView(plan, facts.observations, vantagePoint, target, now)));
  const blocks = blocksOf(lease, now);
  return {
    application: plan.application,
    now,
    automatic: blocks.length === 0 ? 'possible' : 'blocked',
    blocks,
    concerns: concernsOf(plan, facts, observations, now),
    lease: { ...lease, held: isHeld(lease, now) },
    permits: facts.permits.map(({ database, permit }) => {
      const renewals = Object.values(permit?.renewals ?? {});
      return {
        database, withdrawn: permit?.withdrawn ?? false, servers: renewals.length,
        ...(permit === undefined ? {} : { writer: permit.writer, epoch: permit.epoch }),
        ...(renewals.length === 0 ? {} : { lastRenewalAt: Math.max(...renewals) }),
      };
    }),
    openIntents: facts.intents.filter((intent) => intent.liftedAt === undefined),
    observations,
  };
}

function observationView(plan: ApplicationPlan, all: readonly Observation[], vantagePoint: Region, target: Region, now: Instant): ObservationView {
  const seen = all.find((entry) => entry.vantagePoint === vantagePoint && entry.target === target);
  if (seen === undefined) return { vantagePoint, target, result: 'never seen', fresh: false, consecutiveFailures: 0, reason: 'no observation was recorded' };
  const ageSeconds = (now - seen.at) / 1000;
  const fresh = isFresh(seen, plan, now);
  const { result, at, latencyMs, consecutiveFailures, reason } = seen;
  return { vantagePoint, target, result, at, ageSeconds, fresh, latencyMs, consecutiveFailures, reason };
}

/** Each direction is rehearsed or not: the runbook of one says nothing of the other. */
function drillConcerns(plan: ApplicationPlan, drills: readonly DrillRecord[], now: Instant): readonly string[] {
  const [newest] = drills.filter(({ mode, outcome }) => mode !== 'rehearsal' && mode !== 'switchover' && outcome !== 'Drill refused');
  const open = newest?.open === true ? [`the drill ${newest.execution} has not brought everything back (${newest.step}): hotshift drill ${plan.application} --return`] : [];
  return [...open, ...staleDrills(plan.regions, drills, now).map((stale) =>
    `${staleText(stale)}: hotshift drill ${plan.application} ${stale.kind === 'switchover' ? '--mode switchover ' : ''}--evacuate ${stale.region}`)];
}

function concernsOf(plan: ApplicationPlan, { lease, permits, intents, drills, followUps }: StatusFacts, observations: readonly ObservationView[], now: Instant): readonly string[] {
  const reporting = vantagePointsOf(plan).filter((place) => observations.some((seen) => seen.vantagePoint === place && seen.fresh && seen.result !== 'abstained'));
  const { quorum } = plan.detection;
  const concerns: string[] = [...drillConcerns(plan, drills, now), ...followUpConcerns(plan.application, followUps, now)];
  if (reporting.length < quorum) concerns.push(`only ${reporting.length} of 3 vantage points report (${quorum} needed): an outage could not be confirmed`);
  else if (!reporting.includes(plan.witness)) concerns.push(`the witness ${plan.witness} does not report: an outage could not be confirmed`);
  for (const target of plan.regions) {
    const bad = observations.filter((seen) => seen.target === target && seen.fresh && ['down', 'impaired', 'slow'].includes(seen.result));
    if (bad.length > 0) concerns.push(`${target}: ${bad.map((seen) => `${seen.result} from ${seen.vantagePoint}`).join(', ')}`);
  }
  if (lease.holder !== undefined && lease.expiresAt <= now) concerns.push(`${lease.holder} did not give its lease back: it died or was stopped`);
  for (const { database, permit } of permits.filter(({ permit: found }) => found === undefined)) {
    if (plan.permit.enforced && permit === undefined) concerns.push(`${database}: no write permit was ever granted`);
  }
  concerns.push(...stoppedWrites(plan, lease, permits, intents, now));
  const writers = new Set(permits.flatMap(({ permit }) => (permit === undefined ? [] : [permit.writer])));
  if (writers.size > 1) concerns.push(`the databases have their writers in different regions (${[...writers].join(', ')})`);
  for (const intent of intents.filter((open) => open.liftedAt === undefined && open.enforced === undefined)) {
    concerns.push(`${intent.database} in ${intent.region} is ordered to be fenced and was not heard from`);
  }
  return concerns;
}

/** Withdrawn permits are right while an execution is at work, and an outage of their own when it was stopped. */
function stoppedWrites({ application }: ApplicationPlan, lease: Lease, permits: StatusFacts['permits'], intents: readonly FenceIntent[], now: Instant): readonly string[] {
  if (isHeld(lease, now)) return [];
  return permits.filter(({ permit }) => permit?.withdrawn === true).map(({ database }) => {
    const order = intents.find((intent) => intent.database === database && intent.liftedAt === undefined);
    const stopped = order === undefined ? 'an execution that has ended' : order.execution;
    return `${database}: NOBODY CAN WRITE: ${stopped} withdrew its permits and is not at work any more (hotshift why ${order === undefined ? 'EXECUTION' : stopped}). `
      + `Go on: hotshift failover ${application} --evacuate ${lease.evacuated ?? 'REGION'} --reason "..."; or back, if nothing was promoted: hotshift reinstate ${application} --reason "..."`;
  });
}
