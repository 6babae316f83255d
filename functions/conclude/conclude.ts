// Conclude: write down how the execution ended and give the lease back, so that nothing stays half done or held by the dead.
import { TryAgainError } from '../../domain/errors.ts';
import type { Failover, Outcome } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { released, runbookEntry, widest, type LossWindow } from './conclusion.ts';

export interface ConcludeInput {
  readonly failover: Failover; readonly epoch?: number | undefined; readonly outcome: Outcome; readonly step: string; readonly reason: string;
  readonly lossWindows?: readonly LossWindow[] | undefined;
}
export interface Conclusion {
  readonly outcome: Outcome; readonly step: string; readonly reason: string; readonly epoch?: number; readonly seconds: number; readonly lossWindow?: LossWindow; readonly runbook: string;
}

export const conclude = ({ leases, journal, clock }: Pick<Ports, 'leases' | 'journal' | 'clock'>, plan: ApplicationPlan) =>
  async ({ failover, epoch, outcome, step, reason, lossWindows }: ConcludeInput): Promise<Conclusion> => {
    const lease = await leases.read(failover.application);
    const now = clock.now();
    const next = released(lease, failover.execution, outcome, plan, now);
    if (next !== undefined && !(await leases.replace(lease, next))) throw new TryAgainError('the lease changed while it was being released');
    const window = widest(lossWindows ?? []);
    const runbook = runbookEntry(outcome, step);
    const seconds = Math.round((now - failover.startedAt) / 100) / 10;
    const conclusion: Conclusion = {
      outcome, step, reason, seconds, runbook, ...(epoch === undefined ? {} : { epoch }), ...(window === undefined ? {} : { lossWindow: window }),
    };
    await journal.record({
      execution: failover.execution, application: failover.application, at: now, step: 'Conclude', kind: 'result', ...(epoch === undefined ? {} : { epoch }),
      summary: `${outcome} at "${step}": ${reason} (see ${runbook})`, evidence: conclusion,
    });
    return conclusion;
  };
