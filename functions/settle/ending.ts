// How a drill ends, and what it leaves in the lease: nothing. A drill asks for no acknowledgement and starts no cooldown, since it took
// nothing that a failover would need. Pure.
import { withoutAbort } from '../../domain/aborts.ts';
import type { DrillMode, DrillOutcome } from '../../domain/drill.ts';
import type { Lease } from '../../domain/lease.ts';

/** A lease that was lost without anybody taking it over has run out: then nobody has brought the users back. */
export function ending(outcome: DrillOutcome, lease: Lease, epoch: number | undefined): DrillOutcome {
  if (outcome !== 'Drill yielded' || epoch === undefined) return outcome;
  return lease.epoch > epoch ? 'Drill yielded' : 'Handed to a human';
}

/** The lease without this drill; undefined when it neither holds it nor is named in it. */
export function released(lease: Lease, execution: string, now: number): Lease | undefined {
  const heard = withoutAbort(lease, execution);
  if (lease.holder !== execution) return heard === lease ? undefined : heard;
  const { holder: _holder, drill: _drill, takenOverAt: _takenOverAt, ...rest } = heard;
  return { ...rest, expiresAt: now };
}

/** The heading of docs/runbook.md for this end. */
export const runbookEntry = (outcome: DrillOutcome, mode: DrillMode): string =>
  (outcome === 'Handed to a human' ? `docs/runbook.md#${mode === 'switchover' ? 'failback' : 'drill'}-handed-to-a-human` : `docs/runbook.md#${outcome.toLowerCase().replaceAll(' ', '-')}`);
