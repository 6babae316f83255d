// Everything that can happen next in a state. Only the order of things is free: there are no probabilities, and whatever may be
// late may be as late as the rules allow.
import { agentMoves } from './agent.ts';
import { ageExecutions, executionMoves } from './execution-moves.ts';
import type { Removed } from './guards.ts';
import type { Model } from './explore.ts';
import { move, type Step, type World } from './move.ts';
import { keyOf } from './key.ts';
import { twoWriters } from './properties.ts';
import { rulesOf } from './rules.ts';
import { serverMoves } from './servers.ts';
import { initialOf, type Setting } from './settings.ts';
import { age, type State } from './state.ts';

export interface Options { readonly isLarge?: boolean; /** Not judged: what a removed guard breaks anyway, so that what it covers for is seen. */ readonly ignored?: readonly string[] }

export function modelOf(setting: Setting, removed: Removed, { isLarge = false, ignored = [] }: Options = {}): Model<State> {
  const world: World = { setting, removed, enforced: setting.permits, rules: rulesOf(setting, removed) };
  return {
    initial: initialOf(setting, isLarge), keyOf,
    moves: (state) => {
      const moves = [...executionMoves(state, world), ...serverMoves(state, world), ...agentMoves(state, world), ...peopleMoves(state, world), ...worldMoves(state, world)];
      return ignored.length === 0 ? moves : moves.map((step) => (ignored.some((name) => step.broken?.startsWith(`${name}:`) === true) ? { text: step.text, next: step.next } : step));
    },
    broken: (state) => twoWriters(state, world),
  };
}

/** Everything that may end has ended: each execution in a named outcome, or dead with a lease that runs out. */
export const hasEnded = ({ executions }: State): boolean => executions.every(({ place, outcome }) => place === 'dead' || (place === 'over' && outcome !== 'none'));

function worldMoves(state: State, world: World): readonly Step[] {
  const { left, databases: { A, B } } = state;
  const moves: Step[] = [];
  if (!A.networkOpen && left.reopens > 0) moves.push(move(state, 'infrastructure code opens the network of A again', (next) => { next.databases.A.networkOpen = true; next.left.reopens -= 1; }));
  // RDS: accepted long before it is done, and never refused once it began.
  if (B.promoting) moves.push(move(state, 'B leaves recovery', (next) => { [next.databases.B.recovering, next.databases.B.promoting] = [false, false]; }));
  moves.push(move(state, TICK, (next) => {
    age(next);
    ageExecutions(next, world);
  }));
  return moves;
}

/** domain/control.ts by cli/change-lease.ts, which repeats a lost race: so each is one atomic change. A person's clock is right. */
function peopleMoves(state: State, { rules }: World): readonly Step[] {
  const { left, lease, said } = state;
  const moves: Step[] = [];
  const paused = left.pauses > 0 ? rules.paused(lease) : undefined;
  if (paused !== undefined) moves.push(move(state, 'a person pauses', (next) => { next.lease = { ...paused }; next.said.paused = paused.paused; next.left.pauses -= 1; }));
  const resumed = left.resumes > 0 ? rules.resumed(lease) : undefined;
  if (resumed !== undefined) moves.push(move(state, 'a person resumes', (next) => { next.lease = { ...resumed }; next.said.paused = 0; next.left.resumes -= 1; }));
  const acknowledged = left.acks > 0 && (said.ackDue || lease.ackDue) ? rules.acknowledged(lease) : undefined;
  if (acknowledged !== undefined) moves.push(move(state, 'a person acknowledges', (next) => { next.lease = { ...acknowledged }; next.said.ackDue = false; next.left.acks -= 1; }));
  return moves;
}

export const TICK = 'a tick goes by';
