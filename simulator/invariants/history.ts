// I3: every acknowledged write is on the final writer, or inside a loss window that was reported. Judged at the end, from the whole
// history. While no writer is granted nothing is lost yet: the data lies on its disk and a person has been called.
import type { JournalEntry } from '../../domain/journal.ts';
import type { World } from '../world.ts';
import type { MakeCheck } from './check.ts';

interface Window { readonly from: number; readonly to: number }

export const noSilentLoss: MakeCheck = (world, violate) => {
  const acknowledged: { readonly database: string; readonly id: number; readonly committedAt: number }[] = [];
  const requested = new Map<string, boolean>();
  return {
    invariant: 'I3',
    onFact: (fact) => {
      if (fact.kind === 'acknowledged') acknowledged.push(fact);
      if (fact.kind !== 'journaled') return;
      const { entry } = fact;
      if (entry.step === 'Promote replica' && entry.kind === 'intent') requested.set(entry.execution, (entry.evidence as { readonly replayedAt?: number } | undefined)?.replayedAt !== undefined);
      const [window] = windowsIn([entry]);
      if (window?.from === 0 && requested.get(entry.execution) === true) violate('the reported loss window has no beginning, although the newest replayed commit was known when promotion was asked for');
    },
    atEnd: () => {
      for (const pair of world.pairs) {
        const lost = lostWrites(world, pair.name, acknowledged.filter((entry) => entry.database === pair.name));
        const windows = reportedWindows(world);
        // The ends of a window are read from clocks that may differ by this much.
        const slackMs = world.plan.permit.clockErrorSeconds * 1000;
        const silent = lost.filter(({ committedAt }) => !windows.some(({ from, to }) => committedAt >= from - slackMs && committedAt <= to + slackMs));
        const [first] = silent;
        if (first !== undefined) violate(`${silent.length} acknowledged writes of ${pair.name} are neither on the final writer nor in a reported loss window; the first is ${first.id}, committed at ${new Date(first.committedAt).toISOString()}`);
      }
    },
  };
};

/** Acknowledged writes that the writer which is granted now does not hold; none while none is granted. */
export function lostWrites<T extends { readonly id: number }>(world: World, database: string, acknowledged: readonly T[]): readonly T[] {
  const permit = world.table.permits.get(database);
  if (permit === undefined || permit.withdrawn) return [];
  const held = new Set(world.pair(database).in(permit.writer).log.map((commit) => commit.id));
  return acknowledged.filter(({ id }) => !held.has(id));
}

export const reportedWindows = (world: World): readonly Window[] => windowsIn([...world.table.journal.values()].flat());

const windowsIn = (entries: readonly JournalEntry[]): readonly Window[] =>
  entries.flatMap((entry) => {
    const { lossWindow } = (typeof entry.evidence === 'object' && entry.evidence !== null ? entry.evidence : {}) as { readonly lossWindow?: Window };
    return lossWindow === undefined ? [] : [lossWindow];
  });
