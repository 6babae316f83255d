// Watch: the agent that looks at the replicas of its own region and tells people when one falls behind. It moves nothing.
import { TryAgainError } from '../../domain/errors.ts';
import type { ApplicationPlan, Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { lag, page } from './lag.ts';

type WatchPorts = Pick<Ports, 'database' | 'observations' | 'messenger' | 'announcements' | 'clock'>;
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
  const observations = await ports.observations.list(plan.application);
  for (const database of plan.databases) {
    // A replica that gives no answer is not "no lag".
    const facts = await ports.database.facts(database, region).catch(() => undefined);
    const found = lag(facts, observations, database, region, plan);
    if (found.kind !== 'behind') continue;
    const announcement = page(found, database, region, plan, ports.clock.now());
    if (await ports.announcements.wasSent(plan.application, announcement.key)) continue;
    await ports.messenger.send(plan, announcement);
    await ports.announcements.markSent(plan.application, announcement.key, ports.clock.now());
    told.push(database.name);
  }
  return told;
}
