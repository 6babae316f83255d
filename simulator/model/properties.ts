// What must never be: judged by the truth of a state, not by what anybody in it believes.
import type { Removed } from './guards.ts';
import type { World } from './move.ts';
import type { DatabaseState, ExecutionState, Mutation, Side, State } from './state.ts';

type Judge = World;

/** Would an application's statement be taken now? Sessions outlive a closed network, a read-only database outlives an opened one. */
export const accepts = ({ recovering, readOnly, networkOpen, sessionsLive }: DatabaseState): boolean => !recovering && !readOnly && (networkOpen || sessionsLive);

/** The condition in the statement: by the clock of the database, an end that the server told by its own. */
export const inTime = (state: State, left: number, removed: Removed): boolean =>
  removed.has('time checked in the statement') || left + state.clocks.server - state.clocks.database > 0;

/** Could an application commit a write in this region at this moment? */
export function canCommit(state: State, side: Side, { rules, removed, enforced, setting }: Judge): boolean {
  if (!accepts(state.databases[side])) return false;
  if (!enforced) return side === 'A' || state.permit.writer === 'B';
  const { old, fresh, permit } = state;
  // Where B is never left again its servers are taken to renew at every moment.
  if (side === 'B') return leavesB(setting) ? rules.holds(fresh.left) : permit.writer === 'B';
  if (rules.holds(old.left) && inTime(state, old.left, removed)) return true;
  return (old.write.phase === 'sent' || old.write.phase === 'doubted') && inTime(state, old.write.left, removed);
}

export const leavesB = ({ evacuations }: World['setting']): boolean => evacuations.includes('B');

/** I1, of a state. */
export const twoWriters = (state: State, judge: Judge): string | undefined =>
  (canCommit(state, 'B', judge) && canCommit(state, 'A', judge) ? 'I1: writes can be committed in A and in B at the same moment' : undefined);

/** I5 and I13, of a mutation that has just changed something. `number` counts executions from 1. */
export function unlawful(state: State, number: number, { epoch, heedless }: ExecutionState, kind: Mutation): string | undefined {
  const what = { withdraw: 'withdraws', order: 'orders a fence', ask: 'promotes', grant: 'grants' }[kind];
  const { lease } = state;
  if (lease.epoch !== epoch || (lease.holder !== number && lease.holder !== 0)) return `I5: execution ${number} ${what} under epoch ${epoch} while execution ${lease.holder} holds epoch ${lease.epoch}`;
  if (heedless) return `I13: execution ${number} ${what}, and had asked for the right to act when a person had paused`;
  return undefined;
}

/** I9, of a promotion that is asked for. */
export const unfenced = (state: State, evacuated: Side, judge: Judge): string | undefined =>
  (canCommit(state, evacuated, judge) ? `I9: the replica is promoted while writes can still be committed in ${evacuated}` : undefined);

/** I9 and I2, of a grant. */
export function unproven(state: State, writer: Side, epoch: number): string | undefined {
  const { recovering, probed } = state.databases[writer];
  if (writer === 'A' && !state.databases.B.recovering) return 'I2: writes are granted to A, which was deposed when B took over';
  if (recovering) return `I9: writes are granted to ${writer}, which is still a replica`;
  return probed === epoch ? undefined : `I9: writes are granted to ${writer} under epoch ${epoch} before a commit was proven there`;
}

/** I12 and I13, of a new epoch. */
export function untimely(state: State, number: number, epoch: number, byHand: boolean): string | undefined {
  const who = `execution ${number} gets epoch ${epoch}`;
  const twin = state.executions.findIndex((other, index) => index !== number - 1 && other.epoch === epoch);
  if (twin >= 0) return `I5: ${who}, which execution ${twin + 1} has as well`;
  // A person who starts one by hand has seen the last one.
  if (state.said.ackDue && !byHand) return `I12: ${who} although nobody acknowledged the last failover`;
  // One tick of grace each: clocks differ.
  if (state.said.cooling > 1 && !byHand) return `I12: ${who} during the cooldown`;
  if (state.said.paused > 1) return `I13: ${who} during a pause`;
  return undefined;
}

/** I2, of an acknowledgement for a write that was committed in A. B left recovery: A was deposed, for good. */
export function deposedWrite(state: State): string | undefined {
  if (!state.databases.B.recovering) return 'I2: A acknowledges a write although B has taken over';
  return state.permit.writer === 'B' ? 'I2: A acknowledges a write although writes are granted to B' : undefined;
}
