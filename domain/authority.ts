// May this execution change the world right now? Asked immediately before every mutation, by a strongly consistent read.
// A time window is not a mutex: holder, epoch AND what is left of the lease must all hold.
import { isAborted } from './aborts.ts';
import { LeaseLostError, StoppedByOperatorError } from './errors.ts';
import type { Failover } from './journal.ts';
import type { Lease } from './lease.ts';
import type { Instant, LeasePlan } from './plan.ts';
import type { LeaseStore, Clock } from './ports.ts';

export type Authority =
  | { readonly kind: 'granted' }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly reason: string };

/** What somebody acts for who says nothing of it: no drill and no failback. */
const NOBODY: Pick<Failover, 'mode' | 'returning'> = { mode: 'automatic' };

/** Decides from one reading of the lease; `epoch` is the one that the execution was given when it claimed. */
export function authority(lease: Lease, execution: string, epoch: number, rule: LeasePlan, now: Instant, of: Pick<Failover, 'mode' | 'returning'> = NOBODY): Authority {
  if (lease.epoch !== epoch) {
    return { kind: 'lost', reason: `the epoch is ${lease.epoch}, this execution has epoch ${epoch}` };
  }
  if (lease.holder !== execution) {
    return { kind: 'lost', reason: `the lease is held by ${lease.holder ?? 'nobody'}, not by ${execution}` };
  }
  const leftSeconds = (lease.expiresAt - now) / 1000;
  if (leftSeconds <= rule.marginSeconds) {
    return { kind: 'lost', reason: `${leftSeconds.toFixed(1)} s are left of the lease; ${rule.marginSeconds} s must be` };
  }
  // No drill turns into a failover, whatever calls the steps of one (I16).
  if ((lease.drill === true) !== (of.mode === 'drill')) return { kind: 'lost', reason: `the lease is held ${lease.drill === true ? 'for a drill, which moves no databases' : 'for a failover, not for a drill'}` };
  if ((lease.failback === true) !== (of.mode === 'failback')) return { kind: 'lost', reason: `the lease is ${lease.failback === true ? '' : 'not '}held for a failback` };
  if (isAborted(lease, execution) && of.returning !== true) {
    return { kind: 'stopped', reason: `a person asked ${execution} to stop` };
  }
  if (lease.pausedUntil !== undefined && lease.pausedUntil > now) {
    return { kind: 'stopped', reason: `paused by ${lease.pausedBy ?? 'a person'} until ${new Date(lease.pausedUntil).toISOString()}` };
  }
  return { kind: 'granted' };
}

/**
 * Reads the lease and throws unless the execution may act; then extends the lease, so that a long failover keeps it.
 * Throws LeaseLostError or StoppedByOperatorError. A lost race for the extension is a lost lease: somebody else wrote.
 */
export async function holdLease(
  ports: { readonly leases: LeaseStore; readonly clock: Clock },
  failover: Pick<Failover, 'application' | 'execution'> & Partial<Pick<Failover, 'mode' | 'returning'>>,
  epoch: number,
  rule: LeasePlan,
): Promise<Lease> {
  const lease = await ports.leases.read(failover.application);
  const now = ports.clock.now();
  granted(lease, failover, epoch, rule, now);
  const extended = { ...lease, expiresAt: now + rule.ttlSeconds * 1000 };
  // Who stood still until the answer came may have outlived what was just extended.
  if (await ports.leases.replace(lease, extended)) return granted(extended, failover, epoch, rule, ports.clock.now());
  // Branches of one execution extend the lease side by side: a lost race is only fatal if the lease is no longer ours.
  const stored = await ports.leases.read(failover.application);
  return granted(stored, failover, epoch, rule, ports.clock.now());
}

/** The lease itself when the execution may act by it. */
function granted(lease: Lease, failover: Pick<Failover, 'execution'> & Partial<Pick<Failover, 'mode' | 'returning'>>, epoch: number, rule: LeasePlan, now: Instant): Lease {
  const found = authority(lease, failover.execution, epoch, rule, now, { ...NOBODY, ...failover });
  if (found.kind === 'lost') throw new LeaseLostError(found.reason);
  if (found.kind === 'stopped') throw new StoppedByOperatorError(found.reason);
  return lease;
}
