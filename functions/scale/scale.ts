// Scale survivor: give the surviving region room for both regions' load. Reversible, so it never stops a failover: what AWS refuses is told,
// and the rest is scaled all the same. Scale back: what a drill has added goes again, unless somebody has set another count since.
import { holdLease } from '../../domain/authority.ts';
import type { CapacityFacts } from '../../domain/capacity.ts';
import type { Scaled } from '../../domain/drill.ts';
import { RefusedByAwsError, UnexpectedAnswerError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan, CapacityPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { returning, sizing } from './sizing.ts';

type ScalePorts = Pick<Ports, 'capacity' | 'leases' | 'journal' | 'clock'>;
export interface ScaleInput { readonly failover: Failover; readonly epoch: number }
export interface ScaleResult {
  readonly scaled: readonly Scaled[];
  /** What could not be given, and why: the failover goes on with what is there. */
  readonly shortage?: string;
}

export const scale = (ports: ScalePorts, plan: ApplicationPlan) =>
  async ({ failover, epoch }: ScaleInput): Promise<ScaleResult> => {
    // Planned moves take back what they have added.
    return failover.mode === 'drill' || failover.mode === 'failback' ? scalePlanned(ports, plan, failover, epoch) : scaleInOutage(ports, plan, failover, epoch);
  };

/** Nobody is moved on purpose to where there is no room: whatever fails here fails the step. */
async function scalePlanned(ports: ScalePorts, plan: ApplicationPlan, failover: Failover, epoch: number): Promise<ScaleResult> {
  const survivor = survivorOf(plan, failover.evacuated);
  const meant = await meantBefore(ports, failover);
  const sizes = await Promise.all(plan.capacity.map(async (capacity): Promise<Scaled> =>
    meant.find(({ name }) => name === capacity.name) ?? { name: capacity.name, ...sizing(capacity, survivor, await ports.capacity.read(capacity, survivor)) }));
  // A drill that dies after it has scaled must leave behind what there was before: its return reads it here.
  if (meant.length === 0) await note(ports, failover, epoch, 'Scale survivor', 'intent', sizes);
  await apply(ports, plan, failover, epoch, sizes);
  await note(ports, failover, epoch, 'Scale survivor', 'result', sizes);
  return { scaled: sizes };
}

/** Each by itself: a quota of one must not take the room from the others. What may pass by itself fails the step, which is then repeated. */
async function scaleInOutage(ports: ScalePorts, plan: ApplicationPlan, failover: Failover, epoch: number): Promise<ScaleResult> {
  const survivor = survivorOf(plan, failover.evacuated);
  const found = await Promise.allSettled(plan.capacity.map(async (capacity) => scaleOne(ports, plan, failover, epoch, capacity, await ports.capacity.read(capacity, survivor))));
  const sizes = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = found.flatMap((one, index) => (one.status === 'rejected' ? [{ name: plan.capacity[index]?.name ?? '', error: one.reason as Error }] : []));
  const told = failed.map(({ name, error }) => `${name} was not scaled: ${error.message}`).join('; ');
  await note(ports, failover, epoch, 'Scale survivor', 'result', sizes, told);
  // Retrying cannot help with these two; anything else is the workflow's to retry or to end.
  const other = failed.find(({ error }) => !(error instanceof RefusedByAwsError || error instanceof UnexpectedAnswerError));
  if (other !== undefined) throw other.error;
  return { scaled: sizes, ...(told === '' ? {} : { shortage: told }) };
}

async function scaleOne(ports: ScalePorts, plan: ApplicationPlan, failover: Failover, epoch: number, capacity: CapacityPlan, current: CapacityFacts): Promise<Scaled> {
  const size: Scaled = { name: capacity.name, ...sizing(capacity, survivorOf(plan, failover.evacuated), current) };
  await apply(ports, plan, failover, epoch, [size]);
  return size;
}

/** `scaled`: what the drill had changed. */
export const scaleBack = (ports: ScalePorts, plan: ApplicationPlan) =>
  async ({ failover, epoch, scaled: told }: ScaleInput & Pick<ScaleResult, 'scaled'>): Promise<ScaleResult> => {
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

async function note(ports: ScalePorts, failover: Failover, epoch: number, step: string, kind: 'intent' | 'result', scaled: readonly Scaled[], shortage = ''): Promise<void> {
  const summary = [...scaled.map((entry) => `${entry.name} ${entry.from} -> ${entry.to} (${entry.reason})`), ...(shortage === '' ? [] : [shortage])].join('; ') || 'nothing to scale is configured';
  await ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step, kind, epoch, summary, evidence: { scaled } });
}
