// Approve failover: keep the task token of the waiting execution and ask people. The token never leaves the store but to Step Functions.
import { holdLease } from '../../domain/authority.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Card, Ports } from '../../domain/ports.ts';

type ApprovePorts = Pick<Ports, 'approvals' | 'messenger' | 'leases' | 'journal' | 'clock'>;
export interface ApproveInput { readonly failover: Failover; readonly epoch: number; readonly taskToken: string; readonly summary: string; readonly exposureSeconds: number | null }

export const approve = (ports: ApprovePorts, plan: ApplicationPlan) =>
  async ({ failover, epoch, taskToken, summary, exposureSeconds }: ApproveInput): Promise<{ readonly asked: true }> => {
    // Kept while people think: else the next suspicion would claim it, ask them again, and be in the way of this one's answer.
    const keepSeconds = plan.policy.approvalTimeoutSeconds + plan.lease.ttlSeconds;
    const kept = await holdLease(ports, failover, epoch, { ...plan.lease, ttlSeconds: keepSeconds });
    if (kept.expiresAt < ports.clock.now() + plan.policy.approvalTimeoutSeconds * 1000) throw new TryAgainError('the lease changed while it was being kept for the approval');
    const { requestedBy = '' } = failover;
    // Whoever started it by hand is one of the two.
    const needed = requestedBy === '' ? plan.policy.approvalsNeeded : Math.max(1, plan.policy.approvalsNeeded - 1);
    await ports.approvals.ask(failover.execution, failover.application, taskToken, summary, { epoch, needed, ...(requestedBy === '' ? {} : { requestedBy }) });
    await ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Approve failover', kind: 'decision', epoch, summary: `asked for approval: ${summary}` });
    await ports.messenger.send(plan, {
      key: `${failover.execution}/approval`, application: failover.application, incident: failover.incident, severity: 'page',
      title: `Approval needed: fail ${failover.application} over from ${failover.evacuated} to ${survivorOf(plan, failover.evacuated)}?`,
      lines: [summary, `Answer with: hotshift approve ${failover.execution}`, `Without an answer within ${plan.policy.approvalTimeoutSeconds} s: ${plan.policy.approvalDefault}.`],
      card: card(failover, plan, { summary, exposureSeconds, epoch, needed, until: kept.expiresAt - plan.lease.ttlSeconds * 1000 }),
    });
    return { asked: true };
  };

/** What people see while they are asked: what a yes does, what silence does, and what may be lost. */
function card({ application, execution, evacuated, startedAt }: Failover, plan: ApplicationPlan, asked: Pick<ApproveInput, 'summary' | 'exposureSeconds'> & { readonly epoch: number; readonly needed: number; readonly until: Instant }): Card {
  const { approvalDefault } = plan.policy;
  const survivor = survivorOf(plan, evacuated);
  const silence = { hold: 'it is handed to a human', proceed: 'it goes on', abort: 'it ends as if somebody had said no' }[approvalDefault];
  return {
    state: 'waiting for approval', seen: asked.summary,
    next: `With ${asked.needed === 1 ? 'a yes' : `${asked.needed} people's yes`}: the outage is verified once more, then the writer in ${evacuated} is fenced, ${survivor} is promoted and users are moved. Without an answer until ${new Date(asked.until).toISOString()}: ${silence}.`,
    spent: `RTO: of ${plan.budgets.rtoSeconds} s, ${Math.max(0, Math.round((asked.until - plan.policy.approvalTimeoutSeconds * 1000 - startedAt) / 1000))} s before anybody was asked. RPO: ${plan.budgets.rpoSeconds} s.`,
    question: { application, execution, epoch: asked.epoch, evacuated, survivor, loss: lossIn(asked.exposureSeconds, plan), until: asked.until, needed: asked.needed },
  };
}

/** By what the assessment has seen; the RPO bounds it, since more is never promoted. */
const lossIn = (exposureSeconds: number | null, { budgets }: ApplicationPlan): string =>
  `${exposureSeconds === null ? 'How much may be lost is unknown' : `By what is seen now up to ${exposureSeconds.toFixed(1)} s of acknowledged writes may be lost`}; with more than ${budgets.rpoSeconds} s (the RPO) nothing is promoted.`;
