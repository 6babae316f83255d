// Explores every state that can be reached, breadth first, so that the first counterexample is a shortest one. Knows nothing of
// failovers. Keeps a key per state and the way it was reached by; a story is made by going that way again.

export interface Move<State> { readonly text: string; readonly next: State; /** What this very move breaks, if it breaks something. */ readonly broken?: string }
export interface Model<State> {
  readonly initial: readonly State[];
  /** Two states with one key are one state. */
  readonly keyOf: (state: State) => string;
  readonly moves: (state: State) => readonly Move<State>[];
  /** What is wrong in this state; undefined when nothing is. */
  readonly broken: (state: State) => string | undefined;
}
export interface Counterexample { readonly broken: string; readonly story: readonly string[] }
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Moves on the longest of all shortest ways. */
  readonly depth: number;
  /** False when the limit of states ended it: then silence proves nothing. */
  readonly complete: boolean;
  readonly counterexample?: Counterexample;
  /** States from which no state that is `final` can be reached any more: the first of them as a story, and how many there are. */
  readonly deadEnds?: { readonly count: number; readonly story: readonly string[] };
}
export interface Limits<State> { readonly statesMax: number; /** Ask also whether an end stays reachable from everywhere. */ readonly isFinal?: (state: State) => boolean }

interface Reached { readonly from: number; readonly move: number }

export function explore<State>(model: Model<State>, { statesMax, isFinal }: Limits<State>): Exploration {
  const ids = new Map<string, number>();
  const ways: Reached[] = [];
  const edges: number[] = [];
  const finals: number[] = [];
  let [transitions, depth] = [0, 0];
  let level: { readonly id: number; readonly state: State }[] = [];
  const result = (complete: boolean, counterexample?: Counterexample): Exploration =>
    ({ states: ways.length, transitions, depth, complete, ...(counterexample === undefined ? {} : { counterexample }) });
  const enter = (state: State, from: number, move: number, into: typeof level): number => {
    const key = model.keyOf(state);
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = ways.push({ from, move }) - 1;
    ids.set(key, id);
    into.push({ id, state });
    if (isFinal?.(state) === true) finals.push(id);
    return id;
  };
  model.initial.forEach((state, index) => void enter(state, -1, index, level));
  while (level.length > 0) {
    const following: typeof level = [];
    for (const { id, state } of level) {
      const broken = model.broken(state);
      if (broken !== undefined) return result(false, { broken, story: storyOf(model, ways, id) });
      for (const [index, move] of model.moves(state).entries()) {
        transitions += 1;
        if (move.broken !== undefined) return result(false, { broken: move.broken, story: [...storyOf(model, ways, id), move.text] });
        const to = enter(move.next, id, index, following);
        if (isFinal !== undefined) edges.push(id, to);
      }
    }
    if (ways.length > statesMax) return result(false);
    if (following.length > 0) depth += 1;
    level = following;
  }
  if (isFinal === undefined) return result(true);
  const lost = unableToEnd(ways.length, edges, finals);
  return { ...result(true), deadEnds: { count: lost.length, story: lost[0] === undefined ? [] : storyOf(model, ways, lost[0]) } };
}

/** Goes the way to a state once more and collects what happened. */
function storyOf<State>(model: Model<State>, ways: readonly Reached[], id: number): readonly string[] {
  const turns: number[] = [];
  let at = id;
  for (let way = ways[at]; way !== undefined; way = ways[at]) {
    turns.unshift(way.move);
    at = way.from;
  }
  const [first = 0, ...rest] = turns;
  let state = model.initial[first];
  return rest.map((turn) => {
    const move = state === undefined ? undefined : model.moves(state)[turn];
    if (move === undefined) throw new Error('the way to a state cannot be gone again: the moves of a state must not change');
    state = move.next;
    return move.text;
  });
}

/** Backwards from all ends: what is never met cannot end. The smallest number is one of the nearest to the beginning. */
function unableToEnd(count: number, edges: readonly number[], finals: readonly number[]): readonly number[] {
  const [heads, nexts] = [new Int32Array(count).fill(-1), new Int32Array(edges.length / 2)];
  for (let edge = 0; edge < nexts.length; edge += 1) {
    const to = edges[2 * edge + 1] ?? 0;
    nexts[edge] = heads[to] ?? -1;
    heads[to] = edge;
  }
  const met = new Uint8Array(count);
  const open = [...finals];
  for (const id of finals) met[id] = 1;
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (let edge = heads[id] ?? -1; edge >= 0; edge = nexts[edge] ?? -1) {
      const from = edges[2 * edge] ?? 0;
      if (met[from] === 1) continue;
      met[from] = 1;
      open.push(from);
    }
  }
  return [...met.keys()].filter((id) => met[id] === 0);
}
