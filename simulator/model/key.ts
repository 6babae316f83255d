// The canonical key of a state: equal exactly when nothing that may still happen can tell two states apart.
import type { ExecutionState, LeaseState, Mutation, OrderState, Outcome, Place, State, WriteState } from './state.ts';

const PLACES: Readonly<Record<Place, number>> = {
  'idle': 0, 'claim?': 1, 'claim!': 2, 'assess?': 3, 'fence?': 4, 'fence!': 5, 'withdraw': 6, 'order': 7, 'fenced': 8, 'promote?': 9, 'permission': 10, 'ask?': 11, 'ask!': 12, 'ask': 13,
  'probe': 14, 'shift?': 15, 'shift!': 16, 'grant': 17, 'confirm': 18, 'conclude?': 19, 'over': 20, 'dead': 21,
};
const OUTCOMES: Readonly<Record<Outcome, number>> = { 'none': 0, 'Failed over': 1, 'Stood down': 2, 'Handed to a human': 3 };
const PHASES: Readonly<Record<WriteState['phase'], number>> = { none: 0, sent: 1, doubted: 2, committed: 3 };
const KINDS: Readonly<Record<Mutation, number>> = { withdraw: 1, order: 2, ask: 3, grant: 4 };
const STAGES: Readonly<Record<State['agent']['stage'], number>> = { 'idle': 0, 'closing': 1, 'reading back': 2 };
const bit = (flag: boolean, at: number): number => (flag ? 1 << at : 0);
/** Every number of a state lies above -SHIFT. */
const SHIFT = 10;
/** Nothing is there; no other number is as small. */
const NONE = -9;

export function keyOf(state: State): string {
  const { permit, databases: { A, B }, old, fresh, agent, left, said, clocks } = state;
  const codes: number[] = [
    permit.epoch, permit.withdrawnBy, permit.renewed.A, permit.renewed.B,
    bit(permit.writer === 'A', 0) | bit(permit.withdrawn, 1) | bit(permit.surrendered, 2) | bit(said.ackDue, 3) | bit(old.refused, 4) | bit(agent.ended, 5) | bit(old.recorded, 6),
    bit(A.networkOpen, 0) | bit(A.sessionsLive, 1) | bit(A.readOnly, 2) | bit(B.recovering, 3) | bit(B.promoting, 4) | bit(B.networkOpen, 5) | bit(B.readOnly, 6) | bit(B.sessionsLive, 7),
    A.probed, B.probed, old.epoch, old.left, old.asking, old.told, old.late, PHASES[old.write.phase], old.write.epoch, old.write.left, fresh.epoch, fresh.left, agent.epoch, STAGES[agent.stage],
    left.reopens, left.pauses, left.resumes, left.acks, left.crashes, left.losses, said.paused, said.cooling, clocks.server, clocks.database,
  ];
  pushLease(codes, state.lease);
  pushOrder(codes, state.orders.A);
  pushOrder(codes, state.orders.B);
  for (const [index, execution] of state.executions.entries()) {
    codes.push(clocks.executions[index] ?? 0);
    pushExecution(codes, execution);
  }
  for (let index = 0; index < codes.length; index += 1) codes[index] = (codes[index] ?? 0) + SHIFT;
  return String.fromCharCode.apply(undefined, codes);
}

function pushLease(codes: number[], lease: LeaseState | undefined): void {
  if (lease === undefined) codes.push(NONE);
  else codes.push(lease.epoch, lease.holder, lease.left, lease.cooling, lease.paused + (lease.ackDue ? 20 : 0));
}

function pushOrder(codes: number[], order: OrderState | undefined): void {
  if (order === undefined) codes.push(NONE);
  else codes.push(order.epoch, order.recordedAt, bit(order.proven, 0));
}

function pushExecution(codes: number[], { place, epoch, outcome, age, seen, next, asked, late, listed, heedless, recordedAt }: ExecutionState): void {
  codes.push(PLACES[place], epoch, OUTCOMES[outcome], age, bit(asked, 0) | bit(heedless, 1), recordedAt);
  pushLease(codes, seen);
  pushLease(codes, next);
  if (late === undefined) codes.push(NONE);
  else codes.push(KINDS[late.kind], late.left, late.recordedAt);
  if (listed === undefined) codes.push(NONE);
  else codes.push(listed.renewed.A, listed.renewed.B, bit(listed.surrendered, 0));
}
