// Watch: the agent that looks at the replicas of its own region and tells people when one falls behind, or when writes are refused
// and nobody is at work. It moves nothing.
import { TryAgainError } from '../../domain/errors.ts';
import type { Lease } from '../../domain/lease.ts';
import type { ApplicationPlan, DatabasePlan, Region } from '../../domain/plan.ts';
import type { Announcement, Figures, Ports } from '../../domain/ports.ts';
import { lag, lagFigures, page } from './lag.ts';
import { stalledPage, stalledSeconds } from './stalled.ts';

type WatchPorts = Pick<Ports, 'database' | 'observations' | 'permits' | 'leases' | 'messenger' | 'announcements' | 'clock'> & {
  /** Absent where nobody looks at figures. */
  readonly figures?: Figures;
};
export interface WatchResult { readonly rounds: number; readonly paged: readonly string[] }

export const watch = (ports: WatchPorts, plan: ApplicationPlan, region: Region) =>
  async ({ runSeconds }: { readonly runSeconds: number }): Promise<WatchResult> => {
    const endAt = ports.clock.now() + runSeconds * 1000;
    const paged = new Set<string>();
    const failures: unknown[] = [];
    let rounds = 0;
    for (let roundAt = ports.clock.now(); roundAt < endAt; roundAt += plan.detection.probeIntervalSeconds * 1000) {
      await ports.clock.sleep(Math.max(0, roundAt - ports.clock.now()));
      rounds += 1;
      try {
        for (const name of await look(ports, plan, region)) paged.add(name);
      } catch (error) {
        // A table or a messenger that fails for a moment is tried again with the next round, and told at the end.
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new TryAgainError(`${failures.length} of ${rounds} rounds failed; the last: ${String(failures.at(-1))}`, { cause: failures.at(-1) });
    return { rounds, paged: [...paged] };
  };

async function look(ports: WatchPorts, plan: ApplicationPlan, region: Region): Promise<readonly string[]> {
  const told: string[] = [];
  const [observations, lease] = await Promise.all([ports.observations.list(plan.application), ports.leases.read(plan.application)]);
  for (const database of plan.databases) {
    // A replica that gives no answer is not "no lag".
    const facts = await ports.database.facts(database, region).catch(() => undefined);
    const found = lag(facts, observations, database, region, plan);
    ports.figures?.publish({ application: plan.application, region, database: database.name }, lagFigures(found));
    const pages = [...(found.kind === 'behind' ? [page(found, database, region, plan, ports.clock.now())] : []), ...await stalled(ports, plan, database, lease)];
    for (const announcement of pages) if (await tell(ports, plan, announcement)) told.push(database.name);
  }
  return told;
}

async function stalled(ports: WatchPorts, plan: ApplicationPlan, database: DatabasePlan, lease: Lease): Promise<readonly Announcement[]> {
  const permit = await ports.permits.read(plan.application, database.name);
  const now = ports.clock.now();
  const seconds = stalledSeconds(permit, lease, plan, now);
  return permit === undefined || seconds === undefined ? [] : [stalledPage(permit, seconds, database, plan, now)];
}

async function tell(ports: WatchPorts, plan: ApplicationPlan, announcement: Announcement): Promise<boolean> {
  if (await ports.announcements.wasSent(plan.application, announcement.key)) return false;
  await ports.messenger.send(plan, announcement);
  await ports.announcements.markSent(plan.application, announcement.key, ports.clock.now());
  return true;
}
