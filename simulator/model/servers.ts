// The application's servers, by the rules of guard/: the one in A that wrote before, and one that writes to B once that is granted.
// A statement may hang for as long as it likes between the check of the permit, the commit and the acknowledgement.
import { move, type Step, type World } from './move.ts';
import { accepts, deposedWrite, inTime } from './properties.ts';
import { renew, surrender } from './table.ts';
import { TICKS, type State } from './state.ts';

export function serverMoves(state: State, world: World): readonly Step[] {
  // Without permits a server writes whenever its database lets it: there is nothing to choose.
  if (!world.enforced || !world.setting.servers) return [];
  return [...renewals(state, world), ...(world.setting.statements ? statements(state, world) : []), ...surrenders(state, world)];
}

function renewals(state: State, { removed, setting: { statements: statementsHang, evacuations } }: World): readonly Step[] {
  const { old, fresh, permit, clocks } = state;
  const moves: Step[] = [];
  // Where nothing else can hang a renewal is one moment.
  if (old.asking < 0 && statementsHang) moves.push(move(state, 'the server in A sends a renewal', (next) => { next.old.asking = 0; }));
  const isNew = old.left < TICKS.permit || old.epoch !== permit.epoch || permit.renewed.A !== clocks.server || (permit.withdrawn && !old.refused);
  if (old.asking >= 0 || (!statementsHang && isNew)) {
    const age = Math.max(0, old.asking);
    moves.push(move(state, permit.withdrawn ? 'the renewal of the server in A is refused' : `the renewal of the server in A is granted under epoch ${permit.epoch}`, (next) => {
      next.old.asking = -1;
      // guard/permit.ts answered: a refusal leaves nothing held.
      if (!renew(next, 'A', clocks.server - age)) {
        next.old.refused = true;
        if (!removed.has('a refusal ends the permit')) next.old.left = 0;
        return;
      }
      next.old.refused = false;
      // A permit for B: from then on this server is like the one that writes to B.
      if (permit.writer === 'A') [next.old.epoch, next.old.left] = [permit.epoch, TICKS.permit - (removed.has('permit counts from before the renewal') ? 0 : age)];
      else next.old.left = 0;
    }));
  }
  const stale = fresh.left < TICKS.permit || fresh.epoch !== permit.epoch;
  if (evacuations.includes('B') && permit.writer === 'B' && !permit.withdrawn && stale) {
    moves.push(move(state, `a server that writes to B renews its permit of epoch ${permit.epoch}`, (next) => {
      renew(next, 'B', 0);
      next.fresh = { epoch: permit.epoch, left: TICKS.permit };
    }));
  }
  return moves;
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
