// The agent of a region: functions/enforce/enforce.ts. It reads the open orders, closes what is open, reads back and says so, each in
// its own moment. Closing may fail in part, and its word may meet a newer order.
import { move, type Step, type World } from './move.ts';
import { NO_WRITE } from './servers.ts';
import { recordProof } from './table.ts';
import type { State } from './state.ts';

export function agentMoves(state: State, world: World): readonly Step[] {
  if (!world.setting.agent) return [];
  return [...inA(state, world), ...inB(state, world)];
}

function inA(state: State, world: World): readonly Step[] {
  const { agent, orders: { A: order }, databases: { A } } = state;
  if (agent.stage === 'idle') {
    if (order === undefined || !world.rules.mustClose(order, 'A', !A.networkOpen)) return [];
    return [move(state, `the agent in A reads the order of epoch ${order.epoch}`, (next) => { next.agent = { epoch: order.epoch, stage: 'closing', ended: false }; })];
  }
  if (agent.stage === 'closing') {
    return [
      move(state, 'the agent closes the network of A, ends the sessions and makes new ones read-only', (next) => {
        next.databases.A.networkOpen = false;
        endSessions(next, world);
      }),
      move(state, 'the agent ends the sessions, but the network of A stays open', (next) => endSessions(next, world)),
      move(state, 'the agent closes the network of A, but cannot reach the engine', (next) => {
        next.databases.A.networkOpen = false;
        next.agent.stage = 'reading back';
      }),
    ];
  }
  // enforce.ts close: `networkClosed && ended !== undefined`.
  const closed = (!A.networkOpen || world.removed.has('lock read back')) && (agent.ended || world.removed.has('sessions ended'));
  return [move(state, closed ? `the agent reads back that A is closed and says so for epoch ${agent.epoch}` : 'the agent reads back that A is not closed', (next) => {
    recordProof(next, 'A', agent.epoch, closed);
    next.agent = { epoch: 0, stage: 'idle', ended: false };
  })];
}

/** adapters/locks.ts endSessions. A session that ends takes its statement with it. */
function endSessions(next: State, { removed }: World): void {
  next.databases.A.sessionsLive = false;
  if (!removed.has('database made read-only')) next.databases.A.readOnly = true;
  if (next.old.write.phase === 'sent' || next.old.write.phase === 'doubted') next.old.write = { ...NO_WRITE };
  next.agent = { ...next.agent, stage: 'reading back', ended: true };
}

/** The same in B, in one move: nothing in this model disturbs it there. */
function inB(state: State, { rules }: World): readonly Step[] {
  const order = state.orders.B;
  if (order === undefined || !rules.mustClose(order, 'B', !state.databases.B.networkOpen)) return [];
  return [move(state, `the agent in B closes its database for epoch ${order.epoch}`, (next) => {
    next.databases.B = { ...next.databases.B, networkOpen: false, sessionsLive: false, readOnly: true };
    recordProof(next, 'B', order.epoch, true);
  })];
}
