// Hold: one look of a drill at its guards, in each of its phases: until the survivor has grown, after each step of the ramp, while all
// users are there, and before each step back. Keeps the lease, and sees in it a pause, an abort, and a failover that took over.
import { holdLease } from '../../domain/authority.ts';
import type { DrillPorts, Scaled } from '../../domain/drill.ts';
import type { Failover } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan, type Instant, type Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { tripped, unfit } from './guards.ts';

export type Phase = 'scaling' | 'step' | 'hold' | 'return';
export interface HoldInput {
  readonly failover: Failover; readonly epoch: number; readonly phase: Phase;
  /** When the phase began. */
  readonly since: Instant;
  readonly holdSeconds: number;
  readonly scaled: readonly Scaled[];
  /** A guard has tripped: users are brought back as fast as the other region can take them. */
  readonly hurry: boolean;
}
export type HoldResult =
  | { readonly hold: 'waiting'; readonly reason: string; readonly nextCheckAt: string }
  | { readonly hold: 'held' | 'tripped'; readonly reason: string };
export type HoldPorts = Pick<Ports, 'leases' | 'observations' | 'capacity' | 'journal' | 'clock'> & Pick<DrillPorts, 'alarms'>;

const STEP: Readonly<Record<Phase, string>> = { scaling: 'Hold scaling', step: 'Hold step', hold: 'Hold drill', return: 'Hold return' };

export const hold = (ports: HoldPorts, plan: ApplicationPlan) =>
  async (input: HoldInput): Promise<HoldResult> => {
    const { failover, epoch, phase, since } = input;
    await holdLease(ports, failover, epoch, plan.lease);
    const observations = await ports.observations.list(failover.application);
    const survivor = survivorOf(plan, failover.evacuated);
    const problems = phase === 'return' ? unfit(plan, observations, failover.evacuated, ports.clock.now())
      : tripped(plan, observations, await ports.alarms.ringing(survivor, `hotshift-${failover.application}-`, plan.drills.alarms), survivor, ports.clock.now());
    const now = ports.clock.now();
    const spentSeconds = (now - since) / 1000;
    const lacking = phase === 'scaling' ? await growing(ports, plan, survivor, input.scaled) : [];
    const wantedSeconds = phase === 'hold' ? input.holdSeconds : phase === 'scaling' || input.hurry ? 0 : stepSeconds(plan);
    const ended = async (kind: 'held' | 'tripped', reason: string): Promise<HoldResult> => {
      await ports.journal.record({
        execution: failover.execution, application: failover.application, at: now, step: STEP[phase], kind: 'gate', epoch, summary: reason,
        gates: [{ gate: 'guards', passed: kind === 'held', value: reason, threshold: phase === 'return' ? `${failover.evacuated} can take users back` : `${survivor} is well for ${wantedSeconds} s` }], evidence: observations,
      });
      return { hold: kind, reason };
    };
    // Before a return the other region may need a moment; everywhere else what is wrong is a reason to turn back now.
    const open = [...problems, ...lacking].join('; ');
    const mayWait = spentSeconds < plan.drills.patienceSeconds;
    if (problems.length > 0 && (phase !== 'return' || !mayWait)) return ended('tripped', open);
    if (lacking.length > 0 && !mayWait) return ended('tripped', open);
    if (open === '' && spentSeconds >= wantedSeconds) return ended('held', `${phase === 'return' ? failover.evacuated : survivor} is well after ${Math.round(spentSeconds)} s`);
    const leftSeconds = open === '' ? wantedSeconds - spentSeconds : Infinity;
    return { hold: 'waiting', reason: open === '' ? 'all is well so far' : open, nextCheckAt: new Date(now + Math.min(plan.drills.guardIntervalSeconds, Math.max(0.2, leftSeconds)) * 1000).toISOString() };
  };

/** A step shows nothing before the users have followed it: at least the records' TTL. */
const stepSeconds = (plan: ApplicationPlan): number => Math.max(plan.drills.stepSeconds, ...plan.traffic.map(({ ttlSeconds }) => ttlSeconds));

async function growing(ports: HoldPorts, plan: ApplicationPlan, survivor: Region, scaled: readonly Scaled[]): Promise<readonly string[]> {
  const found = await Promise.all(plan.capacity.map(async (capacity) => {
    const wanted = scaled.find(({ name }) => name === capacity.name)?.to ?? 0;
    const { running } = await ports.capacity.read(capacity, survivor);
    return running >= wanted ? [] : [`${capacity.name} runs ${running} of ${wanted}`];
  }));
  return found.flat();
}
