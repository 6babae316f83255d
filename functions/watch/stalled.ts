// Are writes refused with nobody at work? An execution that was handed over after it had withdrawn the permits leaves that behind, and
// vantage points count a refused write as the fence at work: nothing else would tell anybody, nor start anything.
import type { Lease, Permit } from '../../domain/lease.ts';
import { survivorOf, type ApplicationPlan, type DatabasePlan, type Instant } from '../../domain/plan.ts';
import type { Announcement } from '../../domain/ports.ts';

/** An execution that was redriven or that follows at once gets this long to take the lease before people are called. */
const GRACE_MS = 60_000;

/** Seconds since the withdrawal; undefined when writes may go on or somebody is at work. */
export function stalledSeconds(permit: Permit | undefined, lease: Lease, plan: ApplicationPlan, now: Instant): number | undefined {
  if (permit?.withdrawn !== true || !plan.permit.enforced) return undefined;
  const held = lease.holder !== undefined && lease.expiresAt > now;
  const since = Math.max(permit.withdrawnAt ?? 0, lease.expiresAt);
  return held || now - since < GRACE_MS ? undefined : Math.round((now - (permit.withdrawnAt ?? since)) / 1000);
}

/** Told again every hour for as long as it lasts. */
export function stalledPage(permit: Permit, seconds: number, database: DatabasePlan, plan: ApplicationPlan, now: Instant): Announcement {
  const hour = new Date(now).toISOString().slice(0, 13);
  return {
    key: `stalled/${database.name}/${permit.epoch}/${hour}`, application: plan.application, incident: `stalled-${database.name}`, severity: 'page',
    title: `Nobody can write: ${plan.application}/${database.name}`,
    lines: [
      `Its write permits were withdrawn ${seconds} s ago and no execution is at work.`,
      `Forward, if ${permit.writer} is out: hotshift failover ${plan.application} --evacuate ${permit.writer} --reason "..." (to ${survivorOf(plan, permit.writer)})`,
      `Back, if ${permit.writer} is well and nothing was promoted: hotshift reinstate ${plan.application} --reason "..."`,
    ],
  };
}
