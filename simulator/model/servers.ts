// The application's servers, by the rules of guard/: the one in A that wrote before, and one that writes to B once that is granted.
// A statement may hang for as long as it likes between the check of the permit, the commit and the acknowledgement.
import type { Removed } from './guards.ts';
import { move, type Step, type World } from './move.ts';
import { accepts, deposedWrite, inTime } from './properties.ts';
import { recordRenewal, surrender } from './table.ts';
import { NO_RENEWAL, TICKS, type State } from './state.ts';

export function serverMoves(state: State, world: World): readonly Step[] {
  // Without permits a server writes whenever its database lets it: there is nothing to choose.
  if (!world.enforced || !world.setting.servers) return [];
  return [...renewals(state, world), ...(world.setting.statements ? statements(state, world) : []), ...surrenders(state, world)];
}

function renewals(state: State, world: World): readonly Step[] {
  const { old, fresh, permit, clocks } = state;
  const { removed, setting: { statements: statementsHang, evacuations } } = world;
  const moves: Step[] = statementsHang ? renewalSteps(state, world) : [];
  // Where nothing else can hang a renewal is one moment.
  const isNew = old.left < TICKS.permit || old.epoch !== permit.epoch || permit.renewed.A !== clocks.server || (permit.withdrawn && !old.refused);
  if (!statementsHang && isNew) {
    moves.push(move(state, `the server in A renews and is ${permit.withdrawn ? 'refused' : `granted epoch ${permit.epoch}`}`, (next) => {
      recordRenewal(next, 'A', clocks.server, removed);
      hold(next, 0, removed);
    }));
  }
  const stale = fresh.left < TICKS.permit || fresh.epoch !== permit.epoch;
  if (evacuations.includes('B') && permit.writer === 'B' && !permit.withdrawn && stale) {
    moves.push(move(state, `a server that writes to B renews its permit of epoch ${permit.epoch}`, (next) => {
      recordRenewal(next, 'B', 0, removed);
      next.fresh = { epoch: permit.epoch, left: TICKS.permit };
    }));
  }
  return moves;
}

/** guard/dynamodb.ts dynamodbRenewal: its own item, then the permit; between them, and before, a renewal may take as long as it likes. */
function renewalSteps(state: State, { removed }: World): Step[] {
  const { old, permit, clocks } = state;
  const age = Math.max(0, old.asking);
  const isSwapped = removed.has('renewal is written before the permit is read');
  const moves: Step[] = [];
  if (old.late !== NO_RENEWAL) {
    moves.push(move(state, 'the renewal that the server in A had given up is written', (next) => {
      next.old.late = NO_RENEWAL;
      recordRenewal(next, 'A', old.late, removed);
    }));
  }
  if (old.asking < 0) moves.push(move(state, 'the server in A begins a renewal', (next) => { next.old.asking = 0; }));
  else if (old.recorded || (isSwapped && old.told < 0)) {
    moves.push(move(state, permit.withdrawn ? 'the server in A reads that its permit was withdrawn' : `the server in A reads that its permit stands, of epoch ${permit.epoch}`, (next) => {
      if (isSwapped && !permit.withdrawn && permit.writer === 'A') next.old.told = permit.epoch;
      else hold(next, age, removed);
    }));
  } else {
    moves.push(move(state, 'the server in A writes its renewal', (next) => {
      recordRenewal(next, 'A', clocks.server - age, removed);
      if (old.told < 0) next.old.recorded = true;
      else holdEpoch(next, old.told, age, removed);
    }));
    if (old.late === NO_RENEWAL) {
      moves.push(move(state, 'the server in A gives its renewal up, which is still on its way', (next) => {
        next.old.late = clocks.server - age;
        [next.old.asking, next.old.told] = [-1, -1];
      }));
    }
  }
  return moves;
}

/** guard/permit.ts answered, by what the permit says now: a refusal leaves nothing held. */
function hold(next: State, age: number, removed: Removed): void {
  const { permit, old } = next;
  if (permit.withdrawn) {
    [old.asking, old.recorded, old.told, old.refused] = [-1, false, -1, true];
    if (!removed.has('a refusal ends the permit')) old.left = 0;
  } else if (permit.writer === 'A') holdEpoch(next, permit.epoch, age, removed);
  // A permit for B: from then on this server is like the one that writes to B.
  else [old.asking, old.recorded, old.told, old.refused, old.left] = [-1, false, -1, false, 0];
}

function holdEpoch({ old }: State, epoch: number, age: number, removed: Removed): void {
  [old.asking, old.recorded, old.told, old.refused] = [-1, false, -1, false];
  [old.epoch, old.left] = [epoch, TICKS.permit - (removed.has('permit counts from before the renewal') ? 0 : age)];
}

/** guard/guard.ts write, and the statement of guard/README.md. */
function statements(state: State, { rules, removed }: World): readonly Step[] {
  const { old, old: { write } } = state;
  const moves: Step[] = [];
  if (write.phase === 'none' && (rules.holds(old.left) || removed.has('permit checked before a write'))) {
    moves.push(move(state, `the server in A sends a write (permit of epoch ${old.epoch}, ${old.left} ticks left)`, (next) => { next.old.write = { phase: 'sent', epoch: old.epoch, left: old.left }; }));
  }
  if ((write.phase === 'sent' || write.phase === 'doubted') && accepts(state.databases.A) && inTime(state, write.left, removed)) {
    moves.push(move(state, 'the write is committed in A', (next) => { next.old.write.phase = write.phase === 'sent' ? 'committed' : 'none'; }));
  }
  if (write.phase === 'sent') moves.push(move(state, 'the server gives up on its write, which is still on its way', (next) => { next.old.write.phase = 'doubted'; }));
  if (write.phase !== 'none' && write.phase !== 'committed' && !inTime(state, write.left, removed)) moves.push(move(state, 'the write comes too late and is refused', (next) => { next.old.write = { ...NO_WRITE }; }));
  if (write.phase === 'committed') {
    const mayTell = (rules.holds(old.left) && old.epoch === write.epoch) || removed.has('permit checked before the acknowledgement');
    moves.push(move(state, mayTell ? 'the write is acknowledged' : 'the write is not acknowledged: its permit is gone', (next) => {
      next.old.write = { ...NO_WRITE };
      return mayTell ? deposedWrite(state) : undefined;
    }));
  }
  return moves;
}

export const NO_WRITE = { phase: 'none', epoch: 0, left: 0 } as const;

/** guard/surrender.ts: after a refusal, when no write is under way and none that ended in doubt could still commit. */
function surrenders(state: State, { removed }: World): readonly Step[] {
  const { old: { refused, write }, permit } = state;
  if (!refused || !permit.withdrawn || permit.surrendered || permit.writer !== 'A') return [];
  const isBusy = write.phase === 'sent' || write.phase === 'committed';
  if (isBusy && !removed.has('surrender waits for writes')) return [];
  const doubtEnds = removed.has('doubts outlast the clock error') ? 0 : -TICKS.clockError;
  if (write.phase === 'doubted' && write.left > doubtEnds && !removed.has('surrender waits for doubts')) return [];
  return [move(state, 'the server in A surrenders', (next) => surrender(next))];
}
