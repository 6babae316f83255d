// Approve failover: keep the task token of the waiting execution and ask people. The token never leaves the store but to Step Functions.
import { holdLease } from '../../domain/authority.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';

type ApprovePorts = Pick<Ports, 'approvals' | 'messenger' | 'leases' | 'journal' | 'clock'>;
export interface ApproveInput { readonly failover: Failover; readonly epoch: number; readonly taskToken: string; readonly summary: string }

export const approve = (ports: ApprovePorts, plan: ApplicationPlan) =>
  async ({ failover, epoch, taskToken, summary }: ApproveInput): Promise<{ readonly asked: true }> => {
    // Kept while people think: else the next suspicion would claim it, ask them again, and be in the way of this one's answer.
    const keepSeconds = plan.policy.approvalTimeoutSeconds + plan.lease.ttlSeconds;
    const kept = await holdLease(ports, failover, epoch, { ...plan.lease, ttlSeconds: keepSeconds });
    if (kept.expiresAt < ports.clock.now() + plan.policy.approvalTimeoutSeconds * 1000) throw new TryAgainError('the lease changed while it was being kept for the approval');
    await ports.approvals.ask(failover.execution, failover.application, taskToken, summary);
    await ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Approve failover', kind: 'decision', epoch, summary: `asked for approval: ${summary}` });
    await ports.messenger.send(plan, {
      key: `${failover.execution}/approval`, application: failover.application, incident: failover.incident, severity: 'page',
      title: `Approval needed: fail ${failover.application} over from ${failover.evacuated} to ${survivorOf(plan, failover.evacuated)}?`,
      lines: [summary, `Answer with: hotshift approve ${failover.execution}`, `Without an answer within ${plan.policy.approvalTimeoutSeconds} s: ${plan.policy.approvalDefault}.`],
    });
    return { asked: true };
  };
