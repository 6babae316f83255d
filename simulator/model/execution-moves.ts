// The moves of all executions: the next thing that each would do, and what may happen to it meanwhile (it dies, an answer is lost, its
// time is up, its request acts after it gave up).
import { act, again, forget, given, RESTING, within, type Own } from './execution.ts';
import { conclude, extendLease, holdLease, readForClaim, readLease, writeClaim } from './lease-moves.ts';
import { type Step, type World } from './move.ts';
import { afterLease, lateEffect, stepMoves } from './steps.ts';
import { ageLease, type ExecutionState, type Mutation, type Place, type State } from './state.ts';

export function executionMoves(state: State, world: World): readonly Step[] {
  return state.executions.flatMap((execution, index) => [
    ...ownMoves(state, world, execution, index), ...troubles(state, world, execution, index),
    ...(execution.late === undefined ? [] : [lateEffect(state, world, index)]),
  ]);
}

function ownMoves(state: State, world: World, execution: ExecutionState, index: number): readonly Step[] {
  const { place } = execution;
  switch (place) {
    // Executions that go the same way are alike: let the first one start first.
    case 'idle': return index > 0 && isAlike(state, world, index) ? [] : [act(state, index, `starts, and takes ${world.setting.evacuations[index] ?? ''} for down`, (own) => { own.place = 'claim?'; })];
    case 'over': case 'dead': return [];
    case 'claim?': return [readForClaim(state, world, index)];
    case 'claim!': return [writeClaim(state, world, execution, index)];
    case 'conclude?': return [conclude(state, world, execution, index)];
    case 'fence?': case 'ask?': case 'shift?': return [readLease(state, world, execution, index)];
    case 'fence!': case 'ask!': case 'shift!': return extendLease(state, world, execution, index, (draft) => afterLease(draft, world, index));
    case 'assess?': case 'promote?': return holdLease(state, world, execution, index, (draft) => afterLease(draft, world, index));
    default: return stepMoves(state, world, execution, index);
  }
}

const isAlike = ({ executions }: State, { setting: { evacuations } }: World, index: number): boolean =>
  evacuations[index - 1] === evacuations[index] && executions[index - 1]?.place === 'idle';

const MUTATIONS: ReadonlySet<Place> = new Set<Mutation>(['withdraw', 'order', 'ask', 'grant']);
const isMutation = (place: Place): place is Mutation => MUTATIONS.has(place);

/** A process ends, or an answer is lost: what was asked for may still act, within the time that its step had. */
function troubles(state: State, { setting }: World, { place, late, age, recordedAt }: ExecutionState, index: number): readonly Step[] {
  if (place === 'idle' || place === 'over' || place === 'dead') return [];
  const moves: Step[] = [];
  const asked = isMutation(place) && late === undefined ? { kind: place, left: setting.stepTicks - age, recordedAt } : undefined;
  if (state.left.losses > 0 && asked !== undefined) {
    moves.push(act(state, index, `asks to ${within(place)}, gets no answer and begins the step again; the request is on its way`, (own, draft) => {
      draft.left.losses -= 1;
      again(own);
      own.late = asked;
    }));
  }
  if (state.left.crashes > 0) {
    moves.push(act(state, index, 'dies', (own, draft) => die(own, draft, undefined)));
    if (asked !== undefined) moves.push(act(state, index, `asks to ${within(place)} and dies; the request is on its way`, (own, draft) => die(own, draft, asked)));
  }
  return moves;
}

function die(own: Own, draft: State, asked: ExecutionState['late']): void {
  draft.left.crashes -= 1;
  forget(own);
  [own.place, own.asked] = ['dead', false];
  if (asked !== undefined) own.late = asked;
}

/** A tick for all executions: a step that has used up its time is begun anew, and what it asked for cannot act any more. */
export function ageExecutions(state: State, { removed, setting }: World): void {
  const isLimited = !removed.has('step limit');
  for (const own of state.executions) {
    if (own.seen !== undefined) ageLease(own.seen);
    if (own.next !== undefined) ageLease(own.next);
    if (own.listed !== undefined) own.listed = { ...own.listed, renewed: { A: own.listed.renewed.A - 1, B: own.listed.renewed.B - 1 } };
    if (own.place === 'order' || own.place === 'withdraw') own.recordedAt = Math.max(-setting.stepTicks, own.recordedAt - 1);
    ageRequest(own, isLimited);
    if (RESTING.has(own.place)) continue;
    if (own.age < setting.stepTicks) own.age += 1;
    else if (isLimited) again(given(own));
  }
}

function ageRequest(own: Own, isLimited: boolean): void {
  if (own.late === undefined) return;
  if (own.late.left === 0 && isLimited) own.late = undefined;
  else own.late = { kind: own.late.kind, left: Math.max(0, own.late.left - 1), recordedAt: own.late.kind === 'order' ? own.late.recordedAt - 1 : 0 };
}
