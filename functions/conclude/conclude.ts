// Conclude: write down how the execution ended and give the lease back, so that nothing stays half done or held by the dead.
import { TryAgainError } from '../../domain/errors.ts';
import type { FailbackOutcome } from '../../domain/failback.ts';
import type { Failover, Outcome } from '../../domain/journal.ts';
import type { FenceIntent } from '../../domain/lease.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { extended, readable, released, runbookEntry, widest, type LossWindow } from './conclusion.ts';

export interface ConcludeInput {
  readonly failover: Failover; readonly epoch?: number | undefined; readonly outcome: Outcome | FailbackOutcome; readonly step: string; readonly reason: string;
  readonly lossWindows?: readonly LossWindow[] | undefined;
}
export interface Conclusion {
  readonly outcome: Outcome | FailbackOutcome; readonly step: string; readonly reason: string; readonly epoch?: number; readonly seconds: number; readonly lossWindow?: LossWindow; readonly runbook: string;
}

/** Which package decided all this, for the record. */
export interface Built { readonly configSha256: string; readonly version: string }

export const conclude = ({ leases, journal, clock, intents }: Pick<Ports, 'leases' | 'journal' | 'clock' | 'intents'>, plan: ApplicationPlan, built?: Built) =>
  async ({ failover, epoch, outcome: asked, step, reason: cause, lossWindows }: ConcludeInput): Promise<Conclusion> => {
    const lease = await leases.read(failover.application);
    const now = clock.now();
    // A lease that ran out without anybody taking it over leaves the work to nobody.
    const outcome = asked === 'Failback yielded' && epoch !== undefined && lease.epoch <= epoch ? 'Handed to a human' : asked;
    const next = released(lease, failover.execution, outcome, plan, now);
    if (next !== undefined && !(await leases.replace(lease, next))) throw new TryAgainError('the lease changed while it was being released');
    const reason = readable(cause);
    const measured = widest(lossWindows ?? []);
    const window = measured === undefined || epoch === undefined || plan.permit.enforced ? measured : extended(measured, await orders({ intents }, plan, failover), epoch, now);
    const runbook = runbookEntry(outcome, step, failover.mode);
    const seconds = Math.round((now - failover.startedAt) / 100) / 10;
    const conclusion: Conclusion = {
      outcome, step, reason, seconds, runbook, ...(epoch === undefined ? {} : { epoch }), ...(window === undefined ? {} : { lossWindow: window }),
    };
    await journal.record({
      execution: failover.execution, application: failover.application, at: now, step: 'Conclude', kind: 'result', ...(epoch === undefined ? {} : { epoch }),
      summary: `${outcome} at "${step}": ${reason} (see ${runbook})`, evidence: { ...conclusion, ...(failover.requestedBy === undefined ? {} : { requestedBy: failover.requestedBy }), ...(built ?? {}) },
    });
    return conclusion;
  };

const orders = ({ intents }: Pick<Ports, 'intents'>, { databases }: ApplicationPlan, { application, evacuated }: Failover): Promise<readonly (FenceIntent | undefined)[]> =>
  Promise.all(databases.map(({ name }) => intents.read(application, name, evacuated)));
