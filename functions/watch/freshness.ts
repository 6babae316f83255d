// How many runbooks were not drilled well for too long, as a figure for an alarm. An application that was never drilled is told of by its
// rehearsals and by `status`: an alarm that rings from the first day on is soon not heard any more. Pure.
import { staleDrills, type DrillRecord } from '../../domain/drill.ts';
import type { Instant, Region } from '../../domain/plan.ts';
import type { Figure } from '../../domain/ports.ts';

export const freshnessFigures = (records: readonly DrillRecord[], regions: readonly Region[], now: Instant): readonly Figure[] =>
  [{ name: 'StaleDrills', value: records.length === 0 ? 0 : staleDrills(regions, records, now).length, unit: 'Count' }];
