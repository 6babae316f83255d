// Warm survivor: tell the application's caches and sessions that the writer has moved, then fetch the configured paths, at a pace that
// the survivor bears. Bounded in time; a path that fails is counted and journaled, and nothing here ever stops a failover.
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { FIRST, isGood, nextPace, type Pace } from './pace.ts';
import { tellSessions } from './sessions.ts';

export interface WarmResult { readonly fetched: number; readonly failed: number; readonly remark?: string }
type WarmPorts = Pick<Ports, 'prober' | 'sessions' | 'leases' | 'journal' | 'clock'>;

/** Of the 55 s that the function has: no turn begins later. What is then not warm is warmed by users. */
const WARM_SECONDS_MAX = 40;

export const warm = (ports: WarmPorts, plan: ApplicationPlan) =>
  async ({ failover, epoch }: { readonly failover: Failover; readonly epoch: number }): Promise<WarmResult> => {
    const { journal, clock } = ports;
    const beganAt = clock.now();
    const remark = await tellSessions(ports, plan, failover, epoch);
    const { statuses, left } = await inTurns(ports, plan, survivorOf(plan, failover.evacuated), beganAt + WARM_SECONDS_MAX * 1000);
    const failed = statuses.filter((status) => !isGood(status)).length;
    const summary = `${statuses.length - failed} of ${plan.warm.paths.length} paths answered${failed > 0 ? `; statuses ${statuses.join(', ')}` : ''}${left > 0 ? `; ${left} were not tried` : ''}`;
    await journal.record({ execution: failover.execution, application: failover.application, at: clock.now(), step: 'Warm survivor', kind: 'result', epoch, summary });
    return { fetched: statuses.length - failed, failed, ...(remark === '' ? {} : { remark }) };
  };

async function inTurns({ prober, clock }: WarmPorts, { warm: { paths, concurrency, timeoutSeconds }, probeUrls }: ApplicationPlan, survivor: string, until: number): Promise<{ readonly statuses: readonly number[]; readonly left: number }> {
  const base = probeUrls[survivor] ?? '';
  const statuses: number[] = [];
  let pace: Pace | undefined = FIRST;
  while (pace !== undefined && statuses.length < paths.length && clock.now() < until) {
    const turn: readonly number[] = await Promise.all(paths.slice(statuses.length, statuses.length + pace.atOnce).map((path) => prober.fetch(new URL(path, base).href, timeoutSeconds)));
    statuses.push(...turn);
    pace = nextPace(pace, turn, concurrency);
  }
  return { statuses, left: paths.length - statuses.length };
}
