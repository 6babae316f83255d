// When something may happen. A disturbance is busy from its begin to its end, except that agents which are merely away matter only when
// they go and when they come: in between the others see two healthy regions, and nothing follows from that.
import type { Instant } from '../../domain/plan.ts';
import type { Disturbance } from './disturbance.ts';

export interface BusyTime { readonly from: Instant; readonly until: Instant }

export function busyTimes(disturbances: readonly Disturbance[]): readonly BusyTime[] {
  return disturbances.flatMap(({ from, until, effects }) =>
    (effects.every((effect) => effect.on === 'absent') ? [{ from, until: from }, { from: until, until }] : [{ from, until }]))
    .sort((one, other) => one.from - other.from);
}
