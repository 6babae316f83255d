// What a person may change on the control item of an application: pause, resume, acknowledge, abort. Pure: from one lease to the next.
// The store compares the whole lease: an execution that extends it at the same moment loses the race and sees the person's word.
import { abortedIn, isAborted, MOST_ABORTS, withAbort } from './aborts.ts';
import type { Lease } from './lease.ts';
import type { Instant } from './plan.ts';

export type ControlChange =
  | { readonly kind: 'change'; readonly next: Lease; readonly summary: string }
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly fix: string };

const time = (at: Instant): string => new Date(at).toISOString();
const change = (next: Lease, summary: string): ControlChange => ({ kind: 'change', next, summary });

export const isHeld = (lease: Lease, now: Instant): boolean => lease.holder !== undefined && lease.expiresAt > now;

export function pause(lease: Lease, until: Instant, by: string, now: Instant): ControlChange {
  if (until <= now) return { kind: 'refused', reason: `${time(until)} is over already`, fix: 'name a time to come' };
  return change({ ...lease, pausedUntil: until, pausedBy: by }, `paused until ${time(until)} by ${by}`);
}

export function resume(lease: Lease, by: string, now: Instant): ControlChange {
  if (lease.pausedUntil === undefined || lease.pausedUntil <= now) return { kind: 'nothing', reason: 'it is not paused' };
  const { pausedUntil: _until, pausedBy: _by, ...rest } = lease;
  return change(rest, `resumed by ${by}; it was paused until ${time(lease.pausedUntil)} by ${lease.pausedBy ?? 'a person'}`);
}

/** Only what has ended can have been looked at; the end of a running failover would demand it again anyway. */
export function acknowledge(lease: Lease, by: string, now: Instant): ControlChange {
  if (isHeld(lease, now)) return { kind: 'refused', reason: `${lease.holder} is still running`, fix: 'acknowledge when it has ended; `hotshift abort` stops it' };
  if (!lease.acknowledgementDue) return { kind: 'nothing', reason: 'no acknowledgement is due' };
  return change({ ...lease, acknowledgementDue: false }, `acknowledged by ${by} (epoch ${lease.epoch})`);
}

/** `ended`: the journal says that the execution has concluded. */
export function abort(lease: Lease, execution: string, by: string, ended: boolean, now: Instant): ControlChange {
  if (ended) return { kind: 'refused', reason: `${execution} has ended`, fix: `see \`hotshift report ${execution}\`` };
  if (/\s/.test(execution)) return { kind: 'refused', reason: `${JSON.stringify(execution)} is no name of an execution: it holds a space`, fix: 'name one; `hotshift status` shows it' };
  if (isAborted(lease, execution)) return { kind: 'nothing', reason: `${execution} was asked to stop already` };
  if (isHeld(lease, now) && lease.holder !== execution) {
    return { kind: 'refused', reason: `the lease is held by ${lease.holder}, not by ${execution}: it cannot act anyway`, fix: `abort ${lease.holder}, or leave it` };
  }
  if (abortedIn(lease).length >= MOST_ABORTS) {
    return { kind: 'refused', reason: `${MOST_ABORTS} executions were asked to stop and have not ended yet`, fix: 'stop all of them at once: `hotshift pause`' };
  }
  return change(withAbort(lease, execution), `${by} asked ${execution} to stop`);
}

/** What stands between a suspicion and an automatic failover, as the claim will see it. */
export function blocksOf(lease: Lease, now: Instant): readonly string[] {
  return [
    ...(lease.pausedUntil !== undefined && lease.pausedUntil > now ? [`paused until ${time(lease.pausedUntil)} by ${lease.pausedBy ?? 'a person'}`] : []),
    ...(isHeld(lease, now) ? [`${lease.holder} holds the lease until ${time(lease.expiresAt)}`] : []),
    ...(lease.cooldownUntil !== undefined && lease.cooldownUntil > now ? [`cooling down until ${time(lease.cooldownUntil)}`] : []),
    ...(lease.acknowledgementDue ? ['the last failover has not been acknowledged (hotshift ack)'] : []),
  ];
}
