// Confirm service: looks at the survivor through the vantage points' eyes until they see it write under the new epoch, or time is up.
import type { Failover, JournalEntry } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { service } from './service.ts';

export type ConfirmResult =
  | { readonly service: 'confirmed'; readonly reason: string }
  | { readonly service: 'waiting'; readonly reason: string; readonly nextCheckAt: string }
  | { readonly service: 'unconfirmed'; readonly reason: string };

export const confirm = ({ observations, journal, clock }: Pick<Ports, 'observations' | 'journal' | 'clock'>, plan: ApplicationPlan) =>
  async ({ failover, epoch }: { readonly failover: Failover; readonly epoch: number }): Promise<ConfirmResult> => {
    const isSharded = plan.databases.some(({ shardOf }) => shardOf !== undefined);
    const [seen, lines] = await Promise.all([observations.list(failover.application), plan.permit.enforced && !isSharded ? [] : journal.list(failover.execution)]);
    // Under this epoch, since a write that an execution before this one moved says nothing about the writer now.
    const shiftedAt = Math.max(failover.startedAt, ...lines.filter((line) => line.step === 'Shift writes' && line.kind === 'result' && line.epoch === epoch).map((line) => line.at));
    const now = clock.now();
    const found = service(seen, plan.permit.enforced && staysAnything(lines) ? withoutEpoch(plan) : plan, survivorOf(plan, failover.evacuated), failover.evacuated, epoch, now, shiftedAt);
    const spentSeconds = (now - failover.startedAt) / 1000;
    const entry = { execution: failover.execution, application: failover.application, at: now, step: 'Confirm service', kind: 'gate', epoch } as const;
    if (found.kind === 'confirmed') {
      await journal.record({ ...entry, summary: found.reason, gates: [{ gate: 'service', passed: true, value: found.reason, threshold: 'writes seen from outside under the new epoch' }], evidence: seen });
      return { service: 'confirmed', reason: found.reason };
    }
    const limitSeconds = waitLimitSeconds(plan);
    if (spentSeconds < limitSeconds) {
      return { service: 'waiting', reason: found.reason, nextCheckAt: new Date(now + plan.detection.probeIntervalSeconds * 500).toISOString() };
    }
    await journal.record({ ...entry, summary: found.reason, gates: [{ gate: 'service', passed: false, value: found.reason, threshold: `within ${limitSeconds} s of the start` }] });
    return { service: 'unconfirmed', reason: found.reason };
  };

/** A shard that stays keeps its epoch, and a server may tell just that one: then a write counts that was seen after the last database had moved. */
const staysAnything = (lines: readonly JournalEntry[]): boolean =>
  lines.some(({ step, evidence }) => step === 'Assess survivor' && ((evidence as { readonly staying?: readonly string[] } | undefined)?.staying ?? []).length > 0);
const withoutEpoch = (plan: ApplicationPlan): ApplicationPlan => ({ ...plan, permit: { ...plan.permit, enforced: false } });

/** The recovery budget plus everything that promotion was allowed to take: then a person must look. */
const waitLimitSeconds = (plan: ApplicationPlan): number =>
  plan.budgets.rtoSeconds + Math.max(0, ...plan.databases.map((database) => database.promoteTimeoutSeconds));
