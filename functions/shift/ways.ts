// The three ways to move users, each done in the same manner: look, decide, journal what is meant, hold the lease, act. Answers what was
// accepted; whether users are really led there, only the authoritative servers can tell.
import { holdLease } from '../../domain/authority.ts';
import { LeaseLostError, RefusedByAwsError, UnexpectedAnswerError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan, type Region, type TrafficPlan, type TrafficStrategy } from '../../domain/plan.ts';
import type { Ports, WeightChange } from '../../domain/ports.ts';
import { opening, turning } from './doors.ts';
import { weighting, type Weighting } from './weights.ts';

export type ShiftPorts = Pick<Ports, 'traffic' | 'switches' | 'controls' | 'permits' | 'leases' | 'journal' | 'clock'>;
export interface ShiftInput { readonly failover: Failover; readonly epoch: number }

/** What a way needs to know. */
export interface Move extends ShiftInput {
  readonly plan: ApplicationPlan;
  readonly traffic: readonly TrafficPlan[];
  /** Journals what is meant before it is done. */
  readonly meaning: (summary: string) => Promise<void>;
}

/** Acts by one strategy for all the records that it moves; answers in words what was accepted. */
export function act(ports: ShiftPorts, strategy: TrafficStrategy, move: Move): Promise<string> {
  switch (strategy) {
    case 'health-check-switch': return turnSwitch(ports, move, move.failover.evacuated);
    case 'routing-control': return openControls(ports, move);
    case 'weighted-records': return setWeights(ports, move, (traffic, current) => weighting(traffic, current, survivorOf(move.plan, move.failover.evacuated)));
  }
}

/** `evacuated`: the region that users are led away from; undefined lets them into both again. */
export async function turnSwitch(ports: ShiftPorts, { plan, failover, epoch, meaning }: Move, evacuated: Region | undefined): Promise<string> {
  const decision = turning(await ports.switches.read(plan.application), evacuated, epoch);
  if (decision.kind === 'refuse') throw new LeaseLostError(decision.reason);
  if (decision.kind === 'done') return decision.reason;
  await meaning(decision.reason);
  await holdLease(ports, failover, epoch, plan.lease);
  if (!(await ports.switches.set(decision.next))) throw new LeaseLostError(`a newer epoch than ${epoch} has turned the switch`);
  return decision.reason;
}

async function openControls(ports: ShiftPorts, { plan, failover, epoch, meaning }: Move): Promise<string> {
  const survivor = survivorOf(plan, failover.evacuated);
  const controls = plan.routingControls;
  if (controls === undefined) throw new RefusedByAwsError('the plan has no routingControls');
  const decision = opening(controls, await ports.controls.read(controls, failover.evacuated), survivor);
  if (decision.kind === 'refuse') throw new RefusedByAwsError(decision.reason);
  if (decision.kind === 'done') return decision.reason;
  await meaning(decision.reason);
  await holdLease(ports, failover, epoch, plan.lease);
  await ports.controls.set(controls, decision.next, failover.evacuated);
  const stands = await ports.controls.read(controls, failover.evacuated);
  const wrong = Object.entries(decision.next).filter(([region, open]) => stands[region] !== open);
  if (wrong.length > 0) throw new UnexpectedAnswerError(`routing controls: read back, ${wrong.map(([region, open]) => `${region} is not ${open ? 'on' : 'off'}`).join(', ')}`);
  return decision.reason;
}

/** All records in as few batches as Route 53 takes; those that are right already are left alone. */
export async function setWeights(
  ports: ShiftPorts, { plan, failover, epoch, traffic, meaning }: Move, decide: (traffic: TrafficPlan, current: Readonly<Record<Region, number>>) => Weighting,
): Promise<string> {
  const found = await Promise.all(traffic.map(async (record) => ({ record, decision: decide(record, (await ports.traffic.read(record)).weights) })));
  const reason = found.map(({ decision }) => decision.reason).join('; ');
  if (found.some(({ decision }) => decision.kind === 'refuse')) throw new RefusedByAwsError(reason);
  const changes = found.flatMap(({ record, decision }): readonly WeightChange[] => (decision.kind === 'set' ? [{ traffic: record, weights: decision.weights }] : []));
  if (changes.length === 0) return reason;
  await meaning(reason);
  await holdLease(ports, failover, epoch, plan.lease);
  await ports.traffic.setWeights(changes);
  return reason;
}
