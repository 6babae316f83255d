// How fast may a survivor be warmed that has just taken over? One request at first, twice as many after each good turn, half as many after
// a bad one, and none any more when turn after turn fails: a warm-up must not be the herd that it is meant to hold off.
export interface Pace { readonly atOnce: number; readonly badTurns: number }
export const FIRST: Pace = { atOnce: 1, badTurns: 0 };

/** As many turns in a row without a single good answer say that the survivor has other worries. */
const BAD_TURNS_MAX = 3;

export const isGood = (status: number): boolean => status >= 200 && status < 400;

/** The next turn, after the statuses of this one; undefined: stop. */
export function nextPace(pace: Pace, statuses: readonly number[], atOnceMax: number): Pace | undefined {
  const good = statuses.filter(isGood).length;
  if (good === statuses.length) return { atOnce: Math.min(pace.atOnce * 2, atOnceMax), badTurns: 0 };
  const badTurns = good === 0 ? pace.badTurns + 1 : 0;
  return badTurns >= BAD_TURNS_MAX ? undefined : { atOnce: Math.max(1, Math.floor(pace.atOnce / 2)), badTurns };
}
