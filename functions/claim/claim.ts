// Claim lease: become the only execution that acts for this application, under a new epoch, or say why not.
import { isAborted } from '../../domain/aborts.ts';
import { StoppedByOperatorError, TryAgainError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { claimable } from './claimable.ts';

export type ClaimResult =
  | { readonly claimed: true; readonly epoch: number; readonly reason: string }
  | { readonly claimed: false; readonly reason: string; readonly joined: boolean };

export const claim = ({ leases, permits, journal, clock }: Pick<Ports, 'leases' | 'permits' | 'journal' | 'clock'>, plan: ApplicationPlan) =>
  async ({ failover }: { readonly failover: Failover }): Promise<ClaimResult> => {
    const lease = await leases.read(failover.application);
    if (isAborted(lease, failover.execution)) throw new StoppedByOperatorError(`a person asked ${failover.execution} to stop`);
    const now = clock.now();
    const concerned = failover.mode === 'automatic' && (lease.left === failover.evacuated || (lease.failback === true && lease.evacuated === failover.evacuated));
    const found = concerned ? await Promise.all(plan.databases.map(({ name }) => permits.read(failover.application, name))) : [];
    const decision = claimable(lease, failover, plan, now, found);
    const entry = { execution: failover.execution, application: failover.application, step: 'Claim lease' };
    if (decision.kind === 'refuse') {
      await journal.record({ ...entry, at: now, kind: 'gate', summary: `refused: ${decision.reason}`, gates: decision.gates });
      // Of this very incident people hear from the execution that is at work, or have heard from the one that asks to be acknowledged.
      const held = decision.gates.some((gate) => gate.gate === 'lease' && !gate.passed);
      // A region whose database is being rebuilt looks down for that very reason, and the failback tells how it ends.
      const expected = held && lease.failback === true && lease.evacuated === failover.evacuated;
      const joined = expected || ((lease.acknowledgementDue || held) && lease.incident === failover.incident);
      return { claimed: false, reason: decision.reason, joined };
    }
    if (!(await leases.replace(lease, decision.next))) {
      // Somebody wrote between our read and our write: read again instead of guessing who won.
      throw new TryAgainError('the lease changed while it was being claimed');
    }
    const reason = decision.kind === 'adopt' ? 'this execution already holds the lease' : `epoch ${decision.next.epoch}, until ${new Date(decision.next.expiresAt).toISOString()}`;
    await journal.record({ ...entry, at: clock.now(), kind: 'gate', summary: reason, gates: decision.gates, epoch: decision.next.epoch });
    return { claimed: true, epoch: decision.next.epoch, reason };
  };
