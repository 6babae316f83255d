// The shared records and what their conditions let through, as the adapters write them (adapters/lease-store.ts, permit-store.ts,
// intent-store.ts, guard/dynamodb.ts). Each function is one atomic write of the strongly consistent table.
import type { Removed } from './guards.ts';
import { RENEWED_LONG_AGO, type LeaseState, type Side, type State } from './state.ts';

export interface Written {
  /** What the caller is told. */
  readonly accepted: boolean;
  /** Did anything change? */
  readonly changed: boolean;
  readonly broken?: string;
}
const NOTHING: Written = { accepted: false, changed: false };
const REPEATED: Written = { accepted: true, changed: false };

const same = (one: LeaseState, other: LeaseState): boolean =>
  one.epoch === other.epoch && one.holder === other.holder && one.left === other.left && one.cooling === other.cooling && one.ackDue === other.ackDue && one.paused === other.paused;

/** LeaseStore.replace. */
export function replaceLease(state: State, seen: LeaseState, next: LeaseState, removed: Removed): Written {
  if (!same(state.lease, seen) && !removed.has('conditional lease write')) return NOTHING;
  const broken = wentBack('lease', state.lease.epoch, next.epoch);
  state.lease = { ...next };
  return { accepted: true, changed: true, ...broken };
}

/** PermitStore.withdraw. */
export function withdraw(state: State, epoch: number, removed: Removed): Written {
  const { permit } = state;
  const older = permit.epoch < epoch && permit.withdrawnBy <= epoch;
  if (!older && !removed.has('withdrawal only by the newest')) return permit.epoch === epoch ? REPEATED : NOTHING;
  const broken = wentBack('withdrawal', Math.max(permit.epoch, permit.withdrawnBy), epoch);
  const changed = !permit.withdrawn || permit.withdrawnBy !== epoch;
  [permit.withdrawn, permit.withdrawnBy] = [true, epoch];
  return { accepted: true, changed, ...broken };
}

/** PermitStore.grant. */
export function grant(state: State, epoch: number, writer: Side, removed: Removed): Written {
  const { permit } = state;
  const older = permit.epoch < epoch && permit.withdrawnBy <= epoch;
  if (!older && !removed.has('grant only under a newer epoch')) return permit.epoch === epoch && permit.writer === writer && !permit.withdrawn ? REPEATED : NOTHING;
  const broken = wentBack('permit', Math.max(permit.epoch, permit.withdrawnBy), epoch);
  const renewed = removed.has('a grant keeps the renewals') ? { A: RENEWED_LONG_AGO, B: RENEWED_LONG_AGO } : { ...permit.renewed };
  state.permit = { epoch, writer, withdrawn: false, withdrawnBy: 0, renewed, surrendered: false };
  return { accepted: true, changed: true, ...broken };
}

/** IntentStore.record. */
export function recordOrder(state: State, side: Side, epoch: number, recordedAt: number, removed: Removed): Written {
  const standing = state.orders[side];
  if (standing !== undefined && standing.epoch >= epoch && !removed.has('order only by the newest')) return standing.epoch === epoch ? REPEATED : NOTHING;
  const broken = wentBack('order', standing?.epoch ?? 0, epoch);
  state.orders[side] = { epoch, recordedAt, proven: false };
  return { accepted: true, changed: true, ...broken };
}

/** IntentStore.recordProof. */
export function recordProof(state: State, side: Side, epoch: number, proven: boolean): Written {
  const standing = state.orders[side];
  if (standing?.epoch !== epoch) return NOTHING;
  standing.proven = proven;
  return { accepted: true, changed: true };
}

/** dynamodbRenewal, the write: each server has an item of its own, which never goes back to an earlier time. */
export function recordRenewal(state: State, side: Side, sentAt: number, removed: Removed): void {
  const { renewed } = state.permit;
  renewed[side] = removed.has('a renewal never goes back') ? Math.max(sentAt, RENEWED_LONG_AGO) : Math.max(renewed[side], sentAt);
}

/** dynamodbSurrender: for the permit that was seen withdrawn. What was renewed does not count any more. */
export function surrender(state: State): void {
  state.permit.surrendered = true;
  state.permit.renewed.A = RENEWED_LONG_AGO;
}

const wentBack = (what: string, before: number, after: number): { readonly broken?: string } =>
  (after < before ? { broken: `I6: the ${what} went from epoch ${before} back to ${after}` } : {});
