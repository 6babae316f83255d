// What an execution does with the lease: claim it, hold it before each change, give it back. Reading and writing are two moments, and
// between them anybody may write.
import { act, begin, clockOf, end, forget, given, handOver, within, type Own } from './execution.ts';
import { move, type Step, type World } from './move.ts';
import { untimely } from './properties.ts';
import { replaceLease } from './table.ts';
import { copyOf, TICKS, type ExecutionState, type Place, type State } from './state.ts';

/** functions/claim/claim.ts: read, ask claimable. */
export function readForClaim(state: State, { rules }: World, index: number): Step {
  const next = rules.claim(state.lease, index + 1, clockOf(state, index));
  if (next === undefined) return act(state, index, 'may not claim the lease and stands down', (own) => end(own, 'Stood down'));
  return act(state, index, `reads the lease (epoch ${state.lease.epoch}) and may claim it`, (own) => begin(own, 'claim!', state, next));
}

/** functions/claim/claim.ts: replace, or read again. */
export function writeClaim(state: State, { removed, setting }: World, { seen, next }: ExecutionState, index: number): Step {
  const [before, after] = [given(seen), given(next)];
  return act(state, index, `claims epoch ${after.epoch}`, (own, draft) => {
    forget(own);
    const { accepted, broken } = replaceLease(draft, before, after, removed);
    own.place = accepted ? 'assess?' : 'claim?';
    if (!accepted) return undefined;
    own.epoch = after.epoch;
    return broken ?? (after.epoch > before.epoch ? untimely(state, index + 1, after.epoch, setting.byHand) : undefined);
  });
}

type GoOn = (draft: State, own: Own) => readonly Step[];

/** domain/authority.ts holdLease, the reading. `ask?` is the second one in a step, the others begin one. */
export function readLease(state: State, world: World, { place, epoch, age }: ExecutionState, index: number): Step {
  if (maySkip(place, world)) return act(state, index, 'goes on without reading the lease', (own) => { own.place = writingOf(place); });
  const found = world.rules.mayAct(state.lease, index + 1, epoch, clockOf(state, index));
  if (found !== 'granted') return refused(state, index, found);
  const next = world.rules.extended(state.lease, clockOf(state, index));
  return act(state, index, `reads the lease and may ${within(place)}`, (own) => {
    begin(own, writingOf(place), state, next);
    if (place === 'ask?') own.age = age;
  });
}

/** holdLease, the extension: a lost race is only fatal if the lease is not ours any more (confirmExtension). Then the step goes on. */
export function extendLease(state: State, world: World, { seen, next, epoch }: ExecutionState, index: number, goOn: GoOn): readonly Step[] {
  const draft = copyOf(state);
  const own = given(draft.executions[index]);
  [own.seen, own.next, own.heedless] = [undefined, undefined, isPaused(state)];
  if (seen === undefined || next === undefined) return goOn(draft, own);
  const { accepted, broken } = replaceLease(draft, seen, next, world.removed);
  const found = accepted ? 'granted' : world.rules.mayAct(state.lease, index + 1, epoch, clockOf(state, index));
  if (found !== 'granted') return [refused(state, index, found)];
  const how = accepted ? 'has extended the lease;' : 'could not extend the lease, which is still its own;';
  return goOn(draft, own).map((step) => ({ ...step, text: step.text.replace(/^execution \d/, `$& ${how} it`), ...(broken === undefined ? {} : { broken }) }));
}

/** Both in one moment, where the lease is read once more before anything is changed. */
export function holdLease(state: State, world: World, { place, epoch }: ExecutionState, index: number, goOn: GoOn): readonly Step[] {
  const draft = copyOf(state);
  const own = given(draft.executions[index]);
  own.heedless = isPaused(state);
  if (!maySkip(place, world)) {
    const found = world.rules.mayAct(state.lease, index + 1, epoch, clockOf(state, index));
    if (found !== 'granted') return [refused(state, index, found)];
    draft.lease = { ...world.rules.extended(state.lease, clockOf(state, index)) };
  }
  return goOn(draft, own);
}

/** functions/conclude/conclude.ts, repeated by the workflow when it loses a race: one moment, as the race changes nothing. */
export function conclude(state: State, { rules }: World, { outcome }: ExecutionState, index: number): Step {
  if (outcome === 'none') throw new Error('an execution concludes without an outcome');
  const next = rules.released(state.lease, index + 1, outcome, clockOf(state, index));
  if (next === undefined) return act(state, index, `ends: ${outcome}; the lease is not its own`, (own) => end(own, outcome));
  return move(state, `execution ${index + 1} gives the lease back and ends: ${outcome}`, (draft) => {
    draft.lease = { ...next };
    end(given(draft.executions[index]), outcome);
    if (outcome !== 'Stood down') [draft.said.ackDue, draft.said.cooling] = [true, TICKS.cooldown];
  });
}

const refused = (state: State, index: number, found: 'lost' | 'stopped'): Step =>
  act(state, index, found === 'lost' ? 'reads that it has lost the lease, and hands over' : 'reads that a person paused, and hands over', (own) => handOver(own));

/** One tick of grace: clocks differ. */
const isPaused = ({ said }: State): boolean => said.paused > 1;
const writingOf = (place: Place): Place => `${place.slice(0, -1)}!` as Place;
const maySkip = (place: Place, { removed }: World): boolean =>
  removed.has('lease read before each mutation') || (place === 'ask?' && removed.has('lease read again before the promotion'));
