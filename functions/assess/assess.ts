// Assess survivor: read every replica by SQL and by RDS, and hold what would be lost against the RPO. Changes nothing.
import { holdLease } from '../../domain/authority.ts';
import { hooksAt, type HooksAt } from '../../domain/hooks.ts';
import type { Failover, Gate } from '../../domain/journal.ts';
import type { ApplicationPlan, ApprovalDefault, DatabasePlan, Region } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import { isWeighed } from '../../domain/promoted.ts';
import { recovered } from '../../domain/recovery.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { Ports } from '../../domain/ports.ts';
import { readiness, type Readiness, type ReplicaView } from './readiness.ts';

type AssessPorts = Pick<Ports, 'database' | 'intents' | 'permits' | 'observations' | 'leases' | 'journal' | 'clock' | 'approvals'>;
export interface AssessResult {
  readonly safe: boolean; readonly reason: string;
  /** The region that was found down is seen serving and writing again: nothing was changed, and nothing need be. */
  readonly recovered: boolean;
  /** `exposureSeconds`: of the database that would lose most; absent while that is unknown. */
  readonly approval: { readonly needed: boolean; readonly timeoutSeconds: number; readonly default: ApprovalDefault; readonly exposureSeconds?: number };
  readonly databases: readonly { readonly database: string; readonly ready: boolean; readonly reason: string }[];
  readonly hooks?: readonly HooksAt[];
}

export const assess = (ports: AssessPorts, plan: ApplicationPlan) =>
  async ({ failover, epoch }: { readonly failover: Failover; readonly epoch: number }): Promise<AssessResult> => {
    await holdLease(ports, failover, epoch, plan.lease);
    const survivor = survivorOf(plan, failover.evacuated);
    const staying = await stayingShards(ports, plan, survivor);
    const moving = plan.databases.filter(({ name }) => !staying.includes(name));
    const views = await Promise.all(moving.map(async (database): Promise<ReplicaView> => {
      const [order, view, permit, fence] = await Promise.all([
        ports.intents.read(failover.application, database.name, survivor), look(ports, database, survivor),
        again(() => ports.permits.read(failover.application, database.name)), again(() => ports.intents.read(failover.application, database.name, failover.evacuated)),
      ]);
      const weighed = view.facts?.inRecovery === false && await again(() => isWeighed(ports.journal, failover, database.name, permit, fence));
      return { ...view, isWeighed: weighed, ...(order === undefined ? {} : { order }), ...(permit === undefined ? {} : { permit }), ...(fence === undefined ? {} : { fence }) };
    }));
    // Last of all: the newest evidence, not that of the verdict. A person who asks by hand was told "no" by the verification already.
    const observations = await ports.observations.list(failover.application);
    const found = moving.map((database, index) => ({ database: database.name, ...readiness(database, views[index] ?? NOT_LOOKED_AT, observations, plan, failover.evacuated) }));
    const seeing = recovered(observations, plan, failover.evacuated, ports.clock.now());
    const well: Gate = { gate: 'still down', passed: seeing === undefined, value: seeing === undefined ? `${failover.evacuated} is not seen writing by a quorum` : `${seeing.join(' and ')} see ${failover.evacuated} write again`, threshold: `fewer than ${plan.detection.quorum} vantage points see it write` };
    const held = await silence(ports, failover, plan);
    const safe = well.passed && held.passed && found.every((entry) => entry.ready);
    const reason = [...[well, held].filter((gate) => !gate.passed).map((gate) => gate.value), ...found.filter((entry) => safe || !entry.ready).map((entry) => entry.reason), ...staying.map((name) => `${name} stays: its writer is in ${survivor}`)].join('; ');
    await ports.journal.record({
      execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Assess survivor', kind: 'gate', epoch,
      summary: safe ? `safe: ${reason}` : `not safe: ${reason}`, gates: [well, ...(plan.policy.approval === 'required' ? [held] : []), ...found.flatMap((entry) => prefixed(entry.database, entry))],
      ...(staying.length === 0 ? {} : { evidence: { staying } }),
    });
    // A person who started it by hand has approved it; where two must agree, that was one of them.
    const needed = plan.policy.approval === 'required' && (failover.mode !== 'manual' || startedByOne(failover));
    const exposureSeconds = Math.max(0, ...found.map((entry) => entry.exposureSeconds));
    const approval = { needed, timeoutSeconds: plan.policy.approvalTimeoutSeconds, default: plan.policy.approvalDefault, ...(Number.isFinite(exposureSeconds) ? { exposureSeconds } : {}) };
    return { safe, reason, recovered: !well.passed, approval, databases: found.map(({ database, ready, reason: why }) => ({ database, ready, reason: why })), ...(plan.hooks === undefined ? {} : { hooks: hooksAt(plan.hooks) }) };
  };

/** Shards that the survivor writes already, by the permits that servers obey: nothing of them is touched. A shard that was moved before moves again. */
async function stayingShards({ permits }: AssessPorts, { application, databases }: ApplicationPlan, survivor: Region): Promise<readonly string[]> {
  const shards = databases.filter(({ shardOf }) => shardOf !== undefined);
  const found = await Promise.all(shards.map(({ name }) => again(() => permits.read(application, name))));
  return shards.filter((_, index) => found[index]?.writer === survivor && !found[index].withdrawn).map(({ name }) => name);
}

const NOT_LOOKED_AT: ReplicaView = { trouble: 'not looked at' };

const startedByOne = ({ requestedBy = '' }: Failover): boolean => requestedBy !== '';

/** Somebody pressed hold: then the time-out of the approval is no yes, whatever the policy says about silence. */
async function silence(ports: AssessPorts, failover: Failover, plan: ApplicationPlan): Promise<Gate> {
  const by = plan.policy.approval === 'required' ? await ports.approvals.held(failover.execution, failover.application) : undefined;
  return { gate: 'not held', passed: by === undefined, value: by === undefined ? 'nobody holds it' : `${by} holds it, and nobody has decided`, threshold: 'nobody holds it' };
}

/** A replica that gives no answer is a fact (not ready, with what it said), not a failure of this step. */
async function look(ports: AssessPorts, database: DatabasePlan, region: string): Promise<ReplicaView> {
  const [instance, facts] = await Promise.allSettled([again(() => ports.database.describe(database, region)), again(() => ports.database.facts(database, region))]);
  const trouble = [instance, facts].flatMap((entry) => (entry.status === 'rejected' ? [String(entry.reason)] : []));
  return {
    ...(instance.status === 'fulfilled' && instance.value !== undefined ? { instance: instance.value } : {}),
    ...(facts.status === 'fulfilled' ? { facts: facts.value } : {}),
    trouble: trouble.join('; '),
  };
}

/** One throttle or one lost connection must not hand a whole failover over to people: what may pass is asked once more. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof TryAgainError)) throw error;
    return ask();
  }
}

const prefixed = (database: string, { gates }: Readiness) => gates.map((gate) => ({ ...gate, gate: `${database}: ${gate.gate}` }));
