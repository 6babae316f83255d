// What an ended execution leaves behind: who is blocked until when, what was lost at most, and which page of the runbook applies.
import { withoutAbort } from '../../domain/aborts.ts';
import type { FailbackOutcome } from '../../domain/failback.ts';
import type { FailoverMode, Outcome } from '../../domain/journal.ts';
import type { FenceIntent, Lease } from '../../domain/lease.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';

export interface LossWindow { readonly from: Instant; readonly to: Instant; readonly seconds: number }

/**
 * The lease after the end. A failover that acted, or that a person must take over, blocks automatic action until the
 * cooldown is over AND a person acknowledged: a time window alone is not a mutex.
 */
export function released(lease: Lease, execution: string, outcome: Outcome | FailbackOutcome, plan: ApplicationPlan, now: Instant): Lease | undefined {
  const heard = withoutAbort(lease, execution);
  if (lease.holder !== execution) return heard === lease ? undefined : heard;
  const { holder: _holder, failback: _failback, left, cooldownUntil, ...rest } = heard;
  const isLeft = outcome === 'Failed over' ? lease.evacuated : outcome === 'Failed back' ? undefined : left;
  const free: Lease = { ...rest, expiresAt: now, ...(isLeft === undefined ? {} : { left: isLeft }) };
  // A whole pair is protected at once: the person who brought it back is there, and nothing is left to be looked at.
  if (outcome === 'Failed back') return free;
  if (outcome === 'Stood down') return { ...free, ...(cooldownUntil === undefined ? {} : { cooldownUntil }) };
  return { ...free, acknowledgementDue: true, cooldownUntil: now + plan.policy.cooldownSeconds * 1000 };
}

/** One window that holds all databases' windows; undefined when nothing could be lost. */
export function widest(windows: readonly LossWindow[]): LossWindow | undefined {
  const open = windows.filter((window) => window.to > window.from);
  if (open.length === 0) return undefined;
  const from = Math.min(...open.map((window) => window.from));
  const to = Math.max(...open.map((window) => window.to));
  return { from, to, seconds: Math.round((to - from) / 100) / 10 };
}

/** What only the agent keeps closed may have been open for a while after the window was measured: then it reaches to the last time at which it was closed. */
export function extended(window: LossWindow, orders: readonly (FenceIntent | undefined)[], epoch: number, now: Instant): LossWindow {
  const closed = orders.filter((order) => order?.epoch === epoch && order.liftedAt === undefined).map((order) => (order?.enforced?.networkClosed === true ? order.enforced.at : now));
  const to = Math.max(window.to, ...closed);
  return to === window.to ? window : { ...window, to, seconds: Math.round((to - window.from) / 100) / 10 };
}

/** A person's own word is no error, and is not told as one. Anything else keeps its name, which says whose fault it is. */
export const readable = (cause: string): string => cause.replace(/^StoppedByOperatorError: /, 'stopped before its next change: ');

/** The heading of docs/runbook.md for this end: one per outcome and step that handed over. */
export function runbookEntry(outcome: Outcome | FailbackOutcome, step: string, mode: FailoverMode = 'automatic'): string {
  const slug = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  if (mode === 'failback' && (outcome === 'Handed to a human' || outcome === 'Stood down')) return `docs/runbook.md#failback-${slug(outcome)}`;
  return outcome === 'Handed to a human' ? `docs/runbook.md#handed-over-at-${slug(step)}` : `docs/runbook.md#${slug(outcome)}`;
}
