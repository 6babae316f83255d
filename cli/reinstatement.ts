// May a database be given back to the writer from which its permits were withdrawn? Only while nothing can have been promoted: a
// second writer is worse than none. Pure; the command reads, asks this, and acts.
import type { JournalEntry } from '../domain/journal.ts';
import type { FenceIntent, Lease, Permit } from '../domain/lease.ts';
import type { Instant, Region } from '../domain/plan.ts';
import type { InstanceFacts } from '../domain/ports.ts';
import { isHeld } from '../domain/control.ts';
import { orderedBy } from '../domain/promoted.ts';

export interface DatabaseView {
  readonly database: string;
  readonly permit: Permit | undefined;
  /** The order to fence it in the region that had the writer. */
  readonly intent: FenceIntent | undefined;
  /** The journals of all executions that gave the order (`orderedBy`): the first may have asked for what the last only waited for. */
  readonly journal: readonly JournalEntry[];
  /** What RDS says of the other region's instance, which a failover would have promoted. */
  readonly replica: InstanceFacts | undefined;
}

export type Reinstatement =
  | { readonly kind: 'give back'; readonly writer: Region; readonly closed: boolean }
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly fix: string };

/** RDS may show a promotion up to three minutes late (as measured for the status of an instance); a margin is added. */
export const statusLagMs = 300_000;

/** `survivor`: the region that would have taken over, if the permit's writer is the one that was left. */
export function reinstatement(view: DatabaseView, lease: Lease, survivor: Region, now: Instant): Reinstatement {
  const { permit, intent, journal, replica } = view;
  if (isHeld(lease, now)) {
    const own = lease.holder?.startsWith('reinstate-') === true;
    return { kind: 'refused', reason: `${lease.holder} is at work on it`, fix: own ? `if it was interrupted: again in ${Math.ceil((lease.expiresAt - now) / 1000)} s, when its lease has lapsed` : `hotshift abort ${lease.holder}, and again when it has ended` };
  }
  if (permit === undefined) return { kind: 'refused', reason: 'no permit was ever granted for it', fix: 'nothing was withdrawn: look at the application and its database' };
  if (!permit.withdrawn) return { kind: 'nothing', reason: `writes go to ${permit.writer} under epoch ${permit.epoch}` };
  const forward = 'go forward: hotshift failover';
  const asked = journal.find((entry) => entry.step === 'Promote replica' && entry.kind !== 'gate' && entry.summary.startsWith(`${view.database}: `));
  if (asked !== undefined) {
    return { kind: 'refused', reason: `${asked.execution} asked RDS for a promotion in ${survivor} at ${time(asked.at)}: the replica may be a writer now`, fix: forward };
  }
  if (replica === undefined) return { kind: 'refused', reason: `RDS knows no instance of it in ${survivor}: whether it was promoted cannot be seen`, fix: 'correct the identifier in the plan, or look in the console' };
  if (!replica.isReplica) return { kind: 'refused', reason: `${replica.identifier} in ${survivor} is no replica (any more): it may have taken writes`, fix: forward };
  // RDS restarts the engine at the end of a promotion, and shows a replica until then.
  if (replica.status !== 'available' || replica.pending !== undefined) {
    return { kind: 'refused', reason: `${replica.identifier} in ${survivor} is ${replica.pending === undefined ? replica.status : 'about to be moved'}, not available: a promotion may be under way`, fix: `try again when RDS shows it as available; if it is then no replica any more, ${forward}` };
  }
  const since = now - Math.max(lease.expiresAt, intent?.recordedAt ?? 0);
  const isUnknown = intent === undefined || orderedBy(intent).some((execution) => !journal.some((entry) => entry.execution === execution));
  if (isUnknown && since < statusLagMs) {
    return { kind: 'refused', reason: 'the journal of an execution that withdrew the permits is empty, and RDS shows a promotion up to five minutes late', fix: `try again in ${Math.ceil((statusLagMs - since) / 1000)} s` };
  }
  return { kind: 'give back', writer: permit.writer, closed: intent?.enforced?.networkClosed === true };
}

const time = (at: Instant): string => new Date(at).toISOString();
