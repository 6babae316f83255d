// Settle drill: give the lease back and write down what the drill was worth. Only one that moved users, held and came back is good.
import { TryAgainError } from '../../domain/errors.ts';
import type { DrillMode, DrillOutcome, DrillPorts, Scaled } from '../../domain/drill.ts';
import { followUpOf, type FollowUpStore } from '../../domain/follow-ups.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { ending, released, runbookEntry } from './ending.ts';

export interface SettleInput {
  readonly failover: Failover; readonly mode: DrillMode; readonly epoch?: number | undefined; readonly outcome: DrillOutcome; readonly step: string; readonly reason: string;
  readonly heldSeconds: number; readonly scaled: readonly Scaled[];
  /** True once anything may have been changed. */
  readonly begun: boolean;
}
export interface Settled { readonly mode: DrillMode; readonly outcome: DrillOutcome; readonly step: string; readonly reason: string; readonly seconds: number; readonly heldSeconds: number; readonly runbook: string }
/** Which package decided all this, for the record. */
export interface Built { readonly configSha256: string; readonly version: string }

type SettlePorts = Pick<Ports, 'leases' | 'journal' | 'clock'> & Pick<DrillPorts, 'drills'> & { readonly followUps: Pick<FollowUpStore, 'add'> };

export const settle = ({ leases, drills, followUps, journal, clock }: SettlePorts, _plan: ApplicationPlan, built?: Built) =>
  async ({ failover, mode, epoch, outcome: asked, step, reason, heldSeconds, scaled, begun }: SettleInput): Promise<Settled> => {
    const { application, execution, evacuated, startedAt } = failover;
    const lease = await leases.read(application);
    const now = clock.now();
    const outcome = ending(asked, lease, epoch);
    const settled: Settled = { mode, outcome, step, reason, seconds: Math.round((now - startedAt) / 100) / 10, heldSeconds, runbook: runbookEntry(outcome, mode) };
    // The record before the lease: whoever finds the lease free also finds what the drill has left behind.
    await drills.put({ application, execution, mode, outcome, evacuated, startedAt, at: now, step, reason, heldSeconds, open: begun && outcome === 'Handed to a human', scaled });
    const followUp = followUpOf({ application, execution, outcome, step, reason }, now);
    if (followUp !== undefined) await followUps.add(followUp);
    await journal.record({
      execution, application, at: now, step: 'Settle drill', kind: 'result', ...(epoch === undefined ? {} : { epoch }),
      summary: `${outcome} at "${step}": ${reason} (see ${settled.runbook})`, evidence: { ...settled, ...(failover.requestedBy === undefined ? {} : { requestedBy: failover.requestedBy }), ...(built ?? {}) },
    });
    const next = released(lease, execution, now);
    if (next !== undefined && !(await leases.replace(lease, next))) throw new TryAgainError('the lease changed while it was being released');
    return settled;
  };
