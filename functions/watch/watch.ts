// Watch: the agent that looks at the replicas of its own region and tells people when one falls behind, or when writes are refused
// and nobody is at work. It sends what could not be told in time as well, and forgets servers that are gone. It moves nothing.
import type { DrillStore } from '../../domain/drill.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { Lease, Permit } from '../../domain/lease.ts';
import type { ApplicationPlan, DatabasePlan, Instant, Region } from '../../domain/plan.ts';
import type { Announcement, Figures, Ports } from '../../domain/ports.ts';
import { goneServers } from '../../domain/permits.ts';
import { inRounds } from '../../domain/rounds.ts';
import { lookAround, type AftermathPorts } from './aftermath.ts';
import { deliver, type DeliverPorts } from './deliver.ts';
import { freshnessFigures } from './freshness.ts';
import { lag, lagFigures, page } from './lag.ts';
import { stalledPage, stalledSeconds } from './stalled.ts';

type WatchPorts = Pick<Ports, 'database' | 'observations' | 'permits' | 'leases' | 'messenger' | 'announcements' | 'clock'> & {
  /** Absent where nobody looks at figures. */
  readonly figures?: Figures;
  readonly drills?: Pick<DrillStore, 'list'>;
  /** Absent where nothing can wait. */
  readonly late?: Omit<DeliverPorts, 'clock'>;
  /** Absent where no control plane does anything by itself. */
  readonly aftermath?: AftermathPorts['aftermath'];
};
export interface WatchResult { readonly rounds: number; readonly paged: readonly string[] }

export const watch = (ports: WatchPorts, plan: ApplicationPlan, region: Region) =>
  async ({ runSeconds }: { readonly runSeconds: number }): Promise<WatchResult> => {
    const paged = new Set<string>();
    let looked = false;
    const { rounds, failures } = await inRounds(ports.clock, plan.detection.probeIntervalSeconds, runSeconds, async () => {
      // Side by side: a slow Slack must not make the agent blind.
      const [seen, delivered] = await Promise.allSettled([look(ports, plan, region), ports.late === undefined ? 0 : deliver({ ...ports.late, clock: ports.clock }, plan)]);
      if (seen.status === 'rejected') throw seen.reason;
      for (const name of seen.value) paged.add(name);
      if (delivered.status === 'rejected') throw delivered.reason;
      // Once in a run: snapshots and events change in minutes, and RDS counts what it is asked.
      if (looked || ports.aftermath === undefined) return;
      for (const name of await lookAround({ aftermath: ports.aftermath, clock: ports.clock }, plan, region, (page) => tell(ports, plan, page))) paged.add(name);
      looked = true;
    });
    if (failures.length > 0) throw new TryAgainError(`${failures.length} of ${rounds} rounds failed; the last: ${String(failures.at(-1))}`, { cause: failures.at(-1) });
    // Last: a table that fails here must not make the agent blind.
    await drilled(ports, plan, region);
    return { rounds, paged: [...paged] };
  };

/** Once in each run: a drill gets old in days. */
async function drilled({ drills, figures, clock }: WatchPorts, { application, regions }: ApplicationPlan, region: Region): Promise<void> {
  if (drills === undefined || figures === undefined) return;
  const records = await drills.list(application);
  figures.publish({ application, region }, freshnessFigures(records, regions.filter((one) => one === region), clock.now()));
}

async function look(ports: WatchPorts, plan: ApplicationPlan, region: Region): Promise<readonly string[]> {
  const told: string[] = [];
  const [observations, lease] = await Promise.all([ports.observations.list(plan.application), ports.leases.read(plan.application)]);
  for (const database of plan.databases) {
    // A replica that gives no answer is not "no lag".
    const facts = await ports.database.facts(database, region).catch(() => undefined);
    const permit = await ports.permits.read(plan.application, database.name);
    const found = lag(facts, observations, database, region, plan, permit?.writer);
    ports.figures?.publish({ application: plan.application, region, database: database.name }, lagFigures(found));
    const now = ports.clock.now();
    const pages = [...(found.kind === 'behind' ? [page(found, database, region, plan, now)] : []), ...stalled(permit, plan, database, lease, now)];
    for (const announcement of pages) if (await tell(ports, plan, announcement)) told.push(database.name);
    if (permit !== undefined) await forget(ports, permit, now);
  }
  return told;
}

function stalled(permit: Permit | undefined, plan: ApplicationPlan, database: DatabasePlan, lease: Lease, now: Instant): readonly Announcement[] {
  const seconds = stalledSeconds(permit, lease, plan, now);
  return permit === undefined || seconds === undefined ? [] : [stalledPage(permit, seconds, database, plan, now)];
}

/** A table with strong consistency over regions lets nothing expire by itself. A few at a time: this is a look at replicas, not a sweep. */
async function forget(ports: WatchPorts, permit: Permit, now: Instant): Promise<void> {
  const gone = goneServers(permit, now).slice(0, 10);
  await Promise.all(gone.map(([server, renewedAt]) => ports.permits.forget(permit.application, permit.database, server, renewedAt)));
}

async function tell(ports: WatchPorts, plan: ApplicationPlan, announcement: Announcement): Promise<boolean> {
  if (await ports.announcements.wasSent(plan.application, announcement.key)) return false;
  await ports.messenger.send(plan, announcement);
  await ports.announcements.markSent(plan.application, announcement.key, ports.clock.now());
  return true;
}
