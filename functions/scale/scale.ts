// Scale survivor: give the surviving region room for both regions' load. Reversible, so it never stops a failover. Scale back: what a
// drill has added goes again, unless somebody has set another count since.
import { holdLease } from '../../domain/authority.ts';
import type { Scaled } from '../../domain/drill.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { returning, sizing } from './sizing.ts';

type ScalePorts = Pick<Ports, 'capacity' | 'leases' | 'journal' | 'clock'>;
export interface ScaleInput { readonly failover: Failover; readonly epoch: number }
export interface ScaleResult { readonly scaled: readonly Scaled[] }

export const scale = (ports: ScalePorts, plan: ApplicationPlan) =>
  async ({ failover, epoch }: ScaleInput): Promise<ScaleResult> => {
    const survivor = survivorOf(plan, failover.evacuated);
    const sizes: Scaled[] = [];
    // Planned moves take back what they have added.
    const isPlanned = failover.mode === 'drill' || failover.mode === 'failback';
    const meant = isPlanned ? await meantBefore(ports, failover) : [];
    for (const capacity of plan.capacity) {
      const size = meant.find(({ name }) => name === capacity.name) ?? { name: capacity.name, ...sizing(capacity, survivor, await ports.capacity.read(capacity, survivor)) };
      sizes.push(size);
      if (!isPlanned) await apply(ports, plan, failover, epoch, [size]);
    }
    if (isPlanned) {
      // A drill that dies after it has scaled must leave behind what there was before: its return reads it here.
      if (meant.length === 0) await note(ports, failover, epoch, 'Scale survivor', 'intent', sizes);
      await apply(ports, plan, failover, epoch, sizes);
    }
    await note(ports, failover, epoch, 'Scale survivor', 'result', sizes);
    return { scaled: sizes };
  };

/** `scaled`: what the drill had changed. */
export const scaleBack = (ports: ScalePorts, plan: ApplicationPlan) =>
  async ({ failover, epoch, scaled: told }: ScaleInput & ScaleResult): Promise<ScaleResult> => {
    const survivor = survivorOf(plan, failover.evacuated);
    // A step that failed has told nothing, and may have set something all the same.
    const scaled = told.length > 0 ? told : await meantBefore(ports, failover);
    const sizes: Scaled[] = [];
    for (const capacity of plan.capacity) {
      const before = scaled.find(({ name }) => name === capacity.name);
      if (before !== undefined) sizes.push({ name: capacity.name, ...returning(before, await ports.capacity.read(capacity, survivor)) });
    }
    await apply(ports, plan, failover, epoch, sizes);
    await note(ports, failover, epoch, 'Scale back', 'result', sizes);
    return { scaled: sizes };
  };

/** What this drill has meant to set when the step ran before: the counts of now may be its own. */
async function meantBefore(ports: ScalePorts, { execution }: Failover): Promise<readonly Scaled[]> {
  const line = (await ports.journal.list(execution)).find(({ step, kind }) => step === 'Scale survivor' && kind === 'intent');
  return (line?.evidence as ScaleResult | undefined)?.scaled ?? [];
}

async function apply(ports: ScalePorts, plan: ApplicationPlan, failover: Failover, epoch: number, sizes: readonly Scaled[]): Promise<void> {
  const survivor = survivorOf(plan, failover.evacuated);
  for (const size of sizes.filter(({ from, to }) => from !== to)) {
    const capacity = plan.capacity.find(({ name }) => name === size.name);
    if (capacity === undefined) continue;
    await holdLease(ports, failover, epoch, plan.lease);
    await ports.capacity.setDesired(capacity, survivor, size.to);
  }
}

async function note(ports: ScalePorts, failover: Failover, epoch: number, step: string, kind: 'intent' | 'result', scaled: readonly Scaled[]): Promise<void> {
  const summary = scaled.map((entry) => `${entry.name} ${entry.from} -> ${entry.to} (${entry.reason})`).join('; ') || 'nothing to scale is configured';
  await ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step, kind, epoch, summary, evidence: { scaled } });
}
