// Prepare drill: look at everything that must be as usual, choose the region to leave, and say what the drill will do. It reads only;
// all that it writes is the journal.
import type { DrillMode, DrillPorts, DrillRecord, Scaled } from '../../domain/drill.ts';
import type { RehearsalStore } from '../../domain/inventory.ts';
import type { Failover } from '../../domain/journal.ts';
import type { Lease } from '../../domain/lease.ts';
import { survivorOf, type ApplicationPlan, type Instant, type Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { direction } from './direction.ts';
import { gatesOf, type Found } from './gates.ts';

export interface PrepareInput {
  readonly application: string; readonly execution: string; readonly startedAt: Instant; readonly mode: DrillMode;
  /** Absent: the region whose turn it is. */
  readonly evacuate?: Region | undefined;
  readonly holdSeconds?: number | undefined;
  readonly requestedBy?: string | undefined;
}
/** `elsewhere`: this place is not the survivor, whose own schedule starts the drill; nobody needs to be told. */
export interface Prepared {
  readonly prepared: 'go' | 'refused' | 'elsewhere'; readonly reason: string; readonly failover: Failover; readonly mode: DrillMode; readonly holdSeconds: number;
  readonly load?: { readonly functionArn: string; readonly region: Region; readonly factor: number };
  /** Of a return: what the drill before had changed. */
  readonly scaled: readonly Scaled[];
}
export type PreparePorts = Pick<Ports, 'leases' | 'observations' | 'intents' | 'switches' | 'traffic' | 'journal' | 'clock'> & DrillPorts & { readonly rehearsals: RehearsalStore };

export const prepare = (ports: PreparePorts, plan: ApplicationPlan, place: Region) =>
  async (input: PrepareInput): Promise<Prepared> => {
    const { application, execution, mode, startedAt } = input;
    const [records, lease] = await Promise.all([ports.drills.list(application), ports.leases.read(application)]);
    const left = mode === 'return' ? await leftBehind(ports, records, lease) : undefined;
    const evacuated = left?.evacuated ?? input.evacuate ?? direction(plan, records);
    const failover: Failover = {
      application, execution, evacuated, incident: `drill-${execution}`.slice(0, 120), mode: 'drill', startedAt, ...(input.requestedBy === undefined ? {} : { requestedBy: input.requestedBy }),
    };
    const survivor = survivorOf(plan, evacuated);
    const functionArn = plan.drills.load?.functionArns[survivor];
    const base = {
      failover, mode, holdSeconds: input.holdSeconds ?? plan.drills.holdSeconds, scaled: left?.scaled ?? [],
      ...(functionArn === undefined || plan.drills.load === undefined ? {} : { load: { functionArn, region: survivor, factor: plan.drills.load.factor } }),
    };
    const record = (kind: 'gate' | 'decision', summary: string, more: object = {}): Promise<void> =>
      ports.journal.record({ execution, application, at: ports.clock.now(), step: 'Prepare drill', kind, summary, ...more });
    const trouble = !plan.regions.includes(evacuated) ? `${application} does not run in ${evacuated}` : mode === 'return' && left === undefined ? 'no drill has left anything behind' : undefined;
    if (trouble !== undefined) {
      await record('gate', `refused: ${trouble}`, { gates: [{ gate: 'drill', passed: false, value: trouble, threshold: 'something to do' }] });
      return { ...base, prepared: 'refused', reason: trouble };
    }
    // A switchover runs in the witness, whose roles reach both regions.
    if (place !== survivor && mode !== 'return' && mode !== 'switchover') return { ...base, prepared: 'elsewhere', reason: `a drill that leaves ${evacuated} runs in ${survivor}; this is ${place}` };
    const gates = gatesOf(mode, plan, await look(ports, plan, lease, survivor), ports.clock.now());
    const refused = gates.filter(({ passed }) => !passed);
    const reason = refused.length > 0 ? refused.map(({ gate, value }) => `${gate}: ${value}`).join('; ') : `${mode}: ${evacuated} is left for ${survivor}`;
    await record('gate', refused.length > 0 ? `refused: ${reason}` : reason, { gates, evidence: { mode, evacuated, holdSeconds: base.holdSeconds, load: base.load ?? 'none' } });
    return { ...base, prepared: refused.length > 0 ? 'refused' : 'go', reason };
  };

async function look(ports: PreparePorts, plan: ApplicationPlan, lease: Lease, survivor: Region): Promise<Found> {
  const { application } = plan;
  const [observations, intents, trafficSwitch, weights, alarms, rehearsals] = await Promise.all([
    ports.observations.list(application),
    Promise.all(plan.regions.map((region) => ports.intents.listOpen(application, region))),
    ports.switches.read(application),
    Promise.all(plan.traffic.map(async (traffic) => (await ports.traffic.read(traffic)).weights)),
    ports.alarms.ringing(survivor, `hotshift-${application}-`, plan.drills.alarms),
    Promise.all(plan.regions.map(async (region) => ({ region, last: await ports.rehearsals.read(application, region) }))),
  ]);
  return { lease, observations, intents: intents.flat(), trafficSwitch, weights, alarms, rehearsals };
}

/** What a drill left that was handed over, or that died and still stands in the lease. */
async function leftBehind(ports: PreparePorts, records: readonly DrillRecord[], lease: Lease): Promise<Pick<DrillRecord, 'evacuated' | 'scaled'> | undefined> {
  const isSettled = records.some(({ execution }) => execution === lease.holder);
  if (lease.drill === true && !isSettled && lease.holder !== undefined && lease.evacuated !== undefined) {
    return { evacuated: lease.evacuated, scaled: await scaledBy(ports, lease.holder) };
  }
  const [last] = [...records].filter(({ mode, outcome }) => mode !== 'rehearsal' && mode !== 'switchover' && outcome !== 'Drill refused').sort((one, other) => other.at - one.at);
  if (last?.open !== true) return undefined;
  return { evacuated: last.evacuated, scaled: last.scaled.length > 0 ? last.scaled : await scaledBy(ports, last.execution) };
}

/** What a drill meant to change of the capacity, by its journal. */
async function scaledBy({ journal }: PreparePorts, execution: string): Promise<readonly Scaled[]> {
  const line = (await journal.list(execution)).find(({ step, kind }) => step === 'Scale survivor' && kind === 'intent');
  return (line?.evidence as { readonly scaled?: readonly Scaled[] } | undefined)?.scaled ?? [];
}
