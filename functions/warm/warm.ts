// Warm survivor: fetch the configured paths on the survivor, a few at a time, so that caches and sessions are ready. Bounded; a
// path that fails is counted and journaled, and never stops a failover.
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';

export interface WarmResult { readonly fetched: number; readonly failed: number }

export const warm = ({ prober, journal, clock }: Pick<Ports, 'prober' | 'journal' | 'clock'>, plan: ApplicationPlan) =>
  async ({ failover, epoch }: { readonly failover: Failover; readonly epoch: number }): Promise<WarmResult> => {
    const base = plan.probeUrls[survivorOf(plan, failover.evacuated)] ?? '';
    const statuses = await inTurns(plan.warm.paths, plan.warm.concurrency, (path) => prober.fetch(new URL(path, base).href, plan.warm.timeoutSeconds));
    const failed = statuses.filter((status) => status < 200 || status >= 400).length;
    const summary = `${statuses.length - failed} of ${statuses.length} paths answered${failed > 0 ? `; statuses ${statuses.join(', ')}` : ''}`;
    await journal.record({ execution: failover.execution, application: failover.application, at: clock.now(), step: 'Warm survivor', kind: 'result', epoch, summary });
    return { fetched: statuses.length - failed, failed };
  };

/** At most `limit` at once: a survivor that just took over must not be hit by its own warm-up. */
async function inTurns<T, R>(items: readonly T[], limit: number, act: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += limit) {
    results.push(...(await Promise.all(items.slice(start, start + limit).map(act))));
  }
  return results;
}
