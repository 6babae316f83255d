// Scale survivor: give the surviving region room for both regions' load. Reversible, so it never stops a failover.
import { holdLease } from '../../domain/authority.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { sizing } from './sizing.ts';

export interface ScaleResult { readonly scaled: readonly { readonly name: string; readonly from: number; readonly to: number; readonly reason: string }[] }

export const scale = (ports: Pick<Ports, 'capacity' | 'leases' | 'journal' | 'clock'>, plan: ApplicationPlan) =>
  async ({ failover, epoch }: { readonly failover: Failover; readonly epoch: number }): Promise<ScaleResult> => {
    const survivor = survivorOf(plan, failover.evacuated);
    const scaled: { name: string; from: number; to: number; reason: string }[] = [];
    for (const capacity of plan.capacity) {
      const size = sizing(capacity, survivor, await ports.capacity.read(capacity, survivor));
      if (size.to !== size.from) {
        await holdLease(ports, failover, epoch, plan.lease);
        await ports.capacity.setDesired(capacity, survivor, size.to);
      }
      scaled.push({ name: capacity.name, ...size });
    }
    const summary = scaled.map((entry) => `${entry.name} ${entry.from} -> ${entry.to} (${entry.reason})`).join('; ') || 'nothing to scale is configured';
    await ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Scale survivor', kind: 'result', epoch, summary });
    return { scaled };
  };
