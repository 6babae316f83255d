// Shift reads: all records to the survivor, seen at the authoritative servers. Traffic that needs no writer moves at once.
import { holdLease } from '../../domain/authority.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan, TrafficPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import { RefusedByAwsError } from '../../domain/errors.ts';
import type { Ports } from '../../domain/ports.ts';
import { answersOnly, weighting } from './weights.ts';

export type ShiftPorts = Pick<Ports, 'traffic' | 'permits' | 'leases' | 'journal' | 'clock'>;
export type ShiftResult =
  | { readonly shift: 'moved'; readonly reason: string }
  | { readonly shift: 'waiting'; readonly reason: string; readonly nextCheckAt: string }
  | { readonly shift: 'unseen'; readonly reason: string };
interface ShiftInput { readonly failover: Failover; readonly epoch: number }

export const shiftReads = (ports: ShiftPorts, plan: ApplicationPlan) =>
  async (input: ShiftInput): Promise<ShiftResult> => {
    const moved: string[] = [];
    for (const traffic of plan.traffic) moved.push(await shiftRecord(ports, plan, input, traffic));
    const unseen = await unseenYet(ports, plan, input.failover);
    const now = ports.clock.now();
    if (unseen.length > 0 && now - input.failover.startedAt > plan.budgets.rtoSeconds * 1000) {
      const late = `accepted by Route 53 but not seen at the authoritative servers within the RTO of ${plan.budgets.rtoSeconds} s: ${unseen.join(', ')}`;
      await ports.journal.record({ execution: input.failover.execution, application: input.failover.application, at: now, step: 'Shift reads', kind: 'gate', epoch: input.epoch, summary: late, gates: [{ gate: 'DNS answers', passed: false, value: unseen.join(', '), threshold: 'only the survivor' }] });
      return { shift: 'unseen', reason: late };
    }
    if (unseen.length > 0) {
      return { shift: 'waiting', reason: `not yet seen at the authoritative servers: ${unseen.join(', ')}`, nextCheckAt: new Date(now + 1000).toISOString() };
    }
    const reason = moved.join('; ');
    await ports.journal.record({ execution: input.failover.execution, application: input.failover.application, at: now, step: 'Shift reads', kind: 'result', epoch: input.epoch, summary: `seen at the authoritative servers: ${reason}` });
    return { shift: 'moved', reason };
  };

async function shiftRecord(ports: ShiftPorts, plan: ApplicationPlan, { failover, epoch }: ShiftInput, traffic: TrafficPlan): Promise<string> {
  const decision = weighting(traffic, (await ports.traffic.read(traffic)).weights, survivorOf(plan, failover.evacuated));
  if (decision.kind === 'refuse') throw new RefusedByAwsError(decision.reason);
  if (decision.kind === 'done') return decision.reason;
  await ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Shift reads', kind: 'intent', epoch, summary: decision.reason });
  await holdLease(ports, failover, epoch, plan.lease);
  await ports.traffic.setWeights(traffic, decision.weights);
  return decision.reason;
}

async function unseenYet(ports: ShiftPorts, plan: ApplicationPlan, failover: Failover): Promise<readonly string[]> {
  const survivor = survivorOf(plan, failover.evacuated);
  const seen = await Promise.all(plan.traffic.map(async (traffic) => answersOnly(await ports.traffic.resolve(traffic.recordName), traffic, survivor)));
  return plan.traffic.filter((_, index) => !seen[index]).map((traffic) => traffic.recordName);
}
