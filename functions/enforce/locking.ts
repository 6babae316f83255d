// What the agent of a region must do about an order to fence. It does not trust its own record: the lock itself is looked at,
// since redeploys, people and AWS open what was closed. A region that hears no orders needs no decision here: its write
// permits lapse by themselves, which is why only applications that check permits may fail over without the agent's proof.
import type { FenceIntent, FenceProof, NetworkRule } from '../../domain/lease.ts';
import type { Instant } from '../../domain/plan.ts';
import type { EndedSessions } from '../../domain/ports.ts';

export type Locking =
  | { readonly kind: 'close'; readonly reason: string }
  | { readonly kind: 'leave'; readonly reason: string };

export function locking(intent: FenceIntent, closed: boolean): Locking {
  if (intent.liftedAt !== undefined) return { kind: 'leave', reason: `the order of epoch ${intent.epoch} was lifted` };
  if (!closed) return { kind: 'close', reason: `epoch ${intent.epoch} orders a fence and the network is open` };
  if (intent.enforced?.networkClosed !== true) return { kind: 'close', reason: `epoch ${intent.epoch} is not proven yet` };
  return { kind: 'leave', reason: `epoch ${intent.epoch} is enforced` };
}

/**
 * What can be said of a closed network after the sessions were ended. Where new sessions are not read-only, one that was logging in when the
 * network closed is in no list and lives on: only sessions that end after the longest login prove anything. `wasClosed`: since the proof `before`.
 */
export function settled(before: FenceProof | undefined, wasClosed: boolean, ended: EndedSessions | undefined, at: Instant): { readonly isSettled: boolean; readonly settlesAt?: Instant } {
  const known = wasClosed ? before?.settlesAt : undefined;
  if (ended === undefined) return { isSettled: false, ...(known === undefined ? {} : { settlesAt: known }) };
  if (ended.loginSeconds === 0) return { isSettled: true };
  const settlesAt = known ?? at + ended.loginSeconds * 1000;
  return { isSettled: settlesAt <= at, settlesAt };
}

/** The rules to put back; undefined when nothing is to be done: the order stands, was never carried out, or is taken back already. */
export function reopening(order: FenceIntent | undefined): readonly NetworkRule[] | undefined {
  if (order?.liftedAt === undefined || order.enforced?.reopened === true) return undefined;
  const rules = order.enforced?.rules ?? order.rules;
  return rules === undefined && order.enforced === undefined ? undefined : rules ?? [];
}

/** What was revoked at any time, each once: a redeployment may have put back a part of it, which is then revoked again. */
export function together(before: readonly NetworkRule[], now: readonly NetworkRule[]): readonly NetworkRule[] {
  const of = ({ protocol, fromPort, toPort, peer }: NetworkRule): string => [protocol, fromPort, toPort, peer.kind, peer.value].join(' ');
  const known = new Set(before.map(of));
  return [...before, ...now.filter((rule) => !known.has(of(rule)))];
}
