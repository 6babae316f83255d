// How far behind is a replica, and does that deserve a page? Judged from what the replica itself holds and from the last write that
// anybody saw: a metric may be fresh and wrong, and a sender that sees no replica reports no lag at all. An idle writer is no lag.
import { exposureSeconds } from '../../domain/exposure.ts';
import type { Observation } from '../../domain/observation.ts';
import { survivorOf, type ApplicationPlan, type DatabasePlan, type Instant, type Region } from '../../domain/plan.ts';
import type { Announcement, DatabaseFacts, Figure } from '../../domain/ports.ts';

export type Lag =
  | { readonly kind: 'writer'; readonly reason: string }
  /** `lagSeconds`: absent when there is nothing to be behind of. */
  | { readonly kind: 'near'; readonly lagSeconds?: number; readonly reason: string }
  | { readonly kind: 'behind'; readonly lagSeconds: number; readonly reason: string };

/**
 * `facts`: undefined when the database in `region` gives no answer, which is not the same as no lag. `writer`: the region that its permits
 * name. A writer that gives no answer has no lag either: whether it is out is for those to say who probe.
 */
export function lag(facts: DatabaseFacts | undefined, observations: readonly Observation[], database: DatabasePlan, region: Region, plan: ApplicationPlan, writer?: Region): Lag {
  if (facts === undefined ? writer === region : !facts.inRecovery) return { kind: 'writer', reason: `${database.name} in ${region} is no replica` };
  const other = survivorOf(plan, region);
  if (!observations.some((entry) => entry.target === other && entry.lastWriteAt !== undefined)) {
    return { kind: 'near', reason: `nobody has seen a write in ${other} yet` };
  }
  const lagSeconds = exposureSeconds(facts, observations, other);
  const limit = plan.budgets.rpoSeconds;
  const measured = Number.isFinite(lagSeconds) ? `${lagSeconds.toFixed(1)} s` : 'unknown, which counts as infinite';
  const reason = `the replica of ${database.name} in ${region} is behind by ${measured}; the RPO is ${limit} s`;
  return lagSeconds <= limit ? { kind: 'near', lagSeconds, reason } : { kind: 'behind', lagSeconds, reason };
}

/** In figures: how far behind, or that nobody knows. A writer has none. */
export function lagFigures(found: Lag): readonly Figure[] {
  if (found.kind === 'writer' || found.lagSeconds === undefined) return [];
  const known = Number.isFinite(found.lagSeconds);
  return [{ name: 'LagUnknown', value: known ? 0 : 1, unit: 'Count' }, ...(known ? [{ name: 'Lag', value: found.lagSeconds, unit: 'Seconds' } as const] : [])];
}

/** One page for an hour of lag: who was told once need not be told with every round. */
export function page(found: Lag & { readonly kind: 'behind' }, database: DatabasePlan, region: Region, plan: ApplicationPlan, now: Instant): Announcement {
  const hour = new Date(now).toISOString().slice(0, 13);
  return {
    key: `lag/${database.name}/${region}/${hour}`, application: plan.application, incident: `lag-${database.name}-${region}`, severity: 'page',
    title: `Replication lag: ${plan.application}/${database.name} in ${region}`,
    lines: [found.reason, 'Nothing was moved. A failover to this region now would be handed to a human.', 'Look at the replication and at the network between the regions.'],
  };
}
