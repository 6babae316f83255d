// Assess survivor: read every replica by SQL and by RDS, and hold what would be lost against the RPO. Changes nothing.
import { holdLease } from '../../domain/authority.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan, DatabasePlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { readiness, type Readiness, type ReplicaView } from './readiness.ts';

type AssessPorts = Pick<Ports, 'database' | 'observations' | 'leases' | 'journal' | 'clock'>;
export interface AssessResult {
  readonly safe: boolean; readonly reason: string;
  readonly approval: { readonly needed: boolean; readonly timeoutSeconds: number; readonly default: 'hold' | 'proceed' };
  readonly databases: readonly { readonly database: string; readonly ready: boolean; readonly reason: string }[];
}

export const assess = (ports: AssessPorts, plan: ApplicationPlan) =>
  async ({ failover, epoch }: { readonly failover: Failover; readonly epoch: number }): Promise<AssessResult> => {
    await holdLease(ports, failover, epoch, plan.lease);
    const observations = await ports.observations.list(failover.application);
    const found = await Promise.all(plan.databases.map(async (database) => {
      const seen = await look(ports, database, survivorOf(plan, failover.evacuated));
      return { database: database.name, ...readiness(database, seen, observations, plan, failover.evacuated) };
    }));
    const safe = found.every((entry) => entry.ready);
    const reason = found.filter((entry) => safe || !entry.ready).map((entry) => entry.reason).join('; ');
    await ports.journal.record({
      execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Assess survivor', kind: 'gate', epoch,
      summary: safe ? `safe: ${reason}` : `not safe: ${reason}`, gates: found.flatMap((entry) => prefixed(entry.database, entry)),
    });
    // A person who started it by hand has approved it.
    const needed = failover.mode !== 'manual' && plan.policy.approval === 'required';
    const approval = { needed, timeoutSeconds: plan.policy.approvalTimeoutSeconds, default: plan.policy.approvalDefault };
    return { safe, reason, approval, databases: found.map(({ database, ready, reason: why }) => ({ database, ready, reason: why })) };
  };

/** A replica that gives no answer is a fact (not ready, with what it said), not a failure of this step. */
async function look(ports: AssessPorts, database: DatabasePlan, region: string): Promise<ReplicaView> {
  const [instance, facts] = await Promise.allSettled([ports.database.describe(database, region), ports.database.facts(database, region)]);
  const trouble = [instance, facts].flatMap((entry) => (entry.status === 'rejected' ? [String(entry.reason)] : []));
  return {
    ...(instance.status === 'fulfilled' && instance.value !== undefined ? { instance: instance.value } : {}),
    ...(facts.status === 'fulfilled' ? { facts: facts.value } : {}),
    trouble: trouble.join('; '),
  };
}

const prefixed = (database: string, { gates }: Readiness) => gates.map((gate) => ({ ...gate, gate: `${database}: ${gate.gate}` }));
