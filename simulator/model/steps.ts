// The steps between the claim and the end: assess, fence, promote, shift writes. Each move is one access of the shared records; what
// the production verb reads together is read together here, at the moment of the lease's extension that precedes it.
import { act, clockOf, goTo, handOver, type Own } from './execution.ts';
import { type Step, type World } from './move.ts';
import { unfenced, unlawful, unproven } from './properties.ts';
import { grant, recordOrder, withdraw, type Written } from './table.ts';
import { otherOf, type ExecutionState, type Mutation, type Place, type Side, type State } from './state.ts';

const leaves = ({ setting }: World, index: number): Side => setting.evacuations[index] ?? 'A';
const goes = (place: Place) => (own: Own): void => goTo(own, place);

/** What follows the lease in a step: `state` is the one in which it was just held. */
export function afterLease(state: State, world: World, index: number): readonly Step[] {
  switch (state.executions[index]?.place) {
    case 'assess?': return assess(state, world, index);
    case 'fence!': return fence(state, world, index);
    case 'promote?': return promote(state, world, index);
    case 'ask!': return [act(state, index, 'may promote', goes('ask'))];
    case 'shift!': return [act(state, index, 'may grant writes', goes('grant'))];
    default: throw new Error('a lease was held for nothing');
  }
}

export function stepMoves(state: State, world: World, { place }: ExecutionState, index: number): readonly Step[] {
  switch (place) {
    case 'fenced': return fenced(state, world, index);
    case 'permission': return [permission(state, world, index)];
    case 'probe': return [probe(state, world, index)];
    case 'confirm': return confirm(state, index);
    case 'withdraw': case 'order': case 'ask': case 'grant': return [mutate(state, world, place, index)];
    default: throw new Error(`nothing to do at ${place}`);
  }
}

/** functions/assess: the survivor must be fit. That the region is well again may be seen at any time. */
function assess(state: State, world: World, index: number): readonly Step[] {
  const survivor = otherOf(leaves(world, index));
  const isReady = world.rules.survivorReady(state.orders[survivor], survivor, state.databases[survivor]);
  return [
    isReady ? act(state, index, 'finds the survivor fit', goes('fence?')) : act(state, index, `finds that ${survivor} must not take over, and hands over`, (own) => handOver(own)),
    act(state, index, 'sees that the region is well again, and stands down', (own) => handOver(own, 'Stood down')),
  ];
}

/** functions/fence/fence.ts, before it writes anything. */
function fence(state: State, world: World, index: number): readonly Step[] {
  const evacuated = leaves(world, index);
  if (state.permit.writer !== evacuated) return [act(state, index, `finds the writer in ${state.permit.writer}: nothing to fence`, goes('promote?'))];
  if (state.orders[evacuated]?.epoch === state.executions[index]?.epoch) return fenced(state, world, index);
  if (world.removed.has('withdrawal before the wait')) return [act(state, index, 'does not withdraw the permits', (own) => order(own, state, world, index))];
  return [act(state, index, 'is about to withdraw the permits', (own) => {
    [own.place, own.recordedAt] = ['withdraw', world.removed.has('order recorded after the withdrawal') ? clockOf(state, index) : 0];
    if (world.removed.has('renewals are listed after the withdrawal')) own.listed = { renewed: { ...state.permit.renewed }, surrendered: state.permit.surrendered };
  })];
}

/** fence.ts takes the time again once the withdrawal was answered. */
function order(own: Own, state: State, world: World, index: number): void {
  if (!world.removed.has('order recorded after the withdrawal')) own.recordedAt = clockOf(state, index);
  own.place = 'order';
  if (world.removed.has('order written by the fence')) [own.place, own.recordedAt] = ['fenced', 0];
}

/** functions/fence/fencing.ts, asked with what was read back: the permit, and the renewals that were listed then or later. */
function fenced(state: State, world: World, index: number): readonly Step[] {
  const evacuated = leaves(world, index);
  // Without an order in the store the verb judges by the one that it meant to write.
  const standing = state.orders[evacuated] ?? { epoch: 0, recordedAt: clockOf(state, index), proven: false };
  const found = world.rules.fenced({ ...state.permit, ...state.executions[index]?.listed }, standing, evacuated, clockOf(state, index));
  if (found === 'fenced') return [act(state, index, 'takes the fence for proven', goes('promote?'))];
  const over = act(state, index, 'cannot prove the fence, and hands over', (own) => handOver(own));
  if (found === 'unproven') return [over];
  const wait = act(state, index, 'waits for the fence', goes('fence?'));
  return world.enforced ? [wait] : [wait, over];
}

/** functions/promote/promotion.ts, from what the engine and RDS say; a minute after a request it may ask again. */
function promote(state: State, { rules, removed, ...world }: World, index: number): readonly Step[] {
  const survivor = otherOf(leaves({ rules, removed, ...world }, index));
  const facts = state.databases[survivor];
  const asked = state.executions[index]?.asked === true;
  const found = new Set([rules.nextOfPromotion(facts, facts.recovering, asked, true), rules.nextOfPromotion(facts, facts.recovering, asked, false)]);
  const moves: Step[] = [];
  if (asked && removed.has('committed write before the grant')) moves.push(act(state, index, 'does not wait for a committed write', goes('shift?')));
  if (found.has('probe')) moves.push(act(state, index, `finds that ${survivor} has left recovery`, goes('probe')));
  if (found.has('start')) moves.push(act(state, index, `finds a replica in ${survivor}`, goes('permission')));
  if (found.has('wait')) moves.push(act(state, index, 'waits for the promotion', goes('promote?')));
  // The deadline of promotion.ts.
  if (facts.recovering) moves.push(act(state, index, 'has waited too long for the promotion, and hands over', (own) => handOver(own)));
  return moves;
}

/** functions/promote/permission.ts, then the intent in the journal. */
function permission(state: State, world: World, index: number): Step {
  const evacuated = leaves(world, index);
  const epoch = state.executions[index]?.epoch ?? 0;
  const mayPromote = world.rules.mayPromote(state.permit, state.orders[evacuated], evacuated, epoch, clockOf(state, index));
  if (!mayPromote) return act(state, index, 'finds no fence that it could read back, and hands over', (own) => handOver(own));
  return act(state, index, 'reads back that the fence is proven', (own) => { [own.place, own.asked] = ['ask?', true]; });
}

/** functions/promote/promote.ts probe: a write of the maintenance role, which no closed network keeps out. */
function probe(state: State, world: World, index: number): Step {
  const survivor = otherOf(leaves(world, index));
  const order = state.orders[leaves(world, index)];
  // Servers that check no permits write for as long as the old writer is open.
  if (!world.enforced && order?.epoch === state.executions[index]?.epoch && order?.proven === false) return act(state, index, 'finds the old writer open again', goes('promote?'));
  const { recovering, readOnly } = state.databases[survivor];
  if (recovering || readOnly) return act(state, index, `cannot commit a write in ${survivor}`, goes('promote?'));
  return act(state, index, `commits a write in ${survivor} and reads it back`, (own, draft) => {
    draft.databases[survivor].probed = own.epoch;
    goTo(own, 'shift?');
  });
}

/** functions/confirm/confirm.ts: what the vantage points see decides. */
const confirm = (state: State, index: number): readonly Step[] => [
  act(state, index, 'sees the service confirmed', (own) => handOver(own, 'Failed over')),
  act(state, index, 'does not see the service confirmed, and hands over', (own) => handOver(own)),
];

const DOES: Record<Mutation, string> = { withdraw: 'withdraws the permits', order: 'orders the fence', ask: 'asks RDS to promote, which accepts', grant: 'grants writes to the survivor' };

/** The request takes effect and is answered. */
function mutate(state: State, world: World, kind: Mutation, index: number): Step {
  return act(state, index, DOES[kind], (own, draft) => {
    const { accepted, broken } = effect(draft, world, kind, own, index, own.recordedAt);
    if (!accepted) handOver(own);
    else if (kind === 'withdraw') order(own, state, world, index);
    else {
      own.recordedAt = 0;
      goTo(own, kind === 'order' ? 'fenced' : kind === 'ask' ? 'promote?' : 'confirm');
    }
    return broken;
  });
}

/** The same, after its caller gave up or died. */
export function lateEffect(state: State, world: World, index: number): Step {
  const late = state.executions[index]?.late;
  if (late === undefined) throw new Error('nothing is late');
  return act(state, index, `${DOES[late.kind]} by a request that it had given up`, (own, draft) => {
    own.late = undefined;
    return effect(draft, world, late.kind, own, index, late.recordedAt).broken;
  });
}

function effect(draft: State, world: World, kind: Mutation, own: Own, index: number, recordedAt: number): Pick<Written, 'accepted'> & { readonly broken: string | undefined } {
  const evacuated = leaves(world, index);
  const survivor = otherOf(evacuated);
  // Judged before the write: it changes what the judgement looks at.
  const wrong = kind === 'ask' ? unfenced(draft, evacuated, world) : kind === 'grant' ? unproven(draft, survivor, own.epoch) : undefined;
  const { accepted, changed, broken } = write(draft, world, kind, own.epoch, evacuated, recordedAt);
  return { accepted, broken: changed ? broken ?? wrong ?? unlawful(draft, index + 1, own, kind) : undefined };
}

function write(draft: State, { removed }: World, kind: Mutation, epoch: number, evacuated: Side, recordedAt: number): Written {
  const survivor = draft.databases[otherOf(evacuated)];
  switch (kind) {
    case 'withdraw': return withdraw(draft, epoch, removed);
    case 'order': return recordOrder(draft, evacuated, epoch, recordedAt, removed);
    case 'grant': return grant(draft, epoch, otherOf(evacuated), removed);
    case 'ask': {
      // RDS refuses what is no replica or is being promoted already.
      const changed = survivor.recovering && !survivor.promoting;
      if (changed) survivor.promoting = true;
      return { accepted: true, changed };
    }
  }
}
