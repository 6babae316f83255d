// What drills leave behind: one item each, put once, so that a repeated end does not count twice.
import * as z from 'zod';
import { DRILL_MODES, DRILL_OUTCOMES, type DrillRecord, type DrillStore } from '../domain/drill.ts';
import { parsed, type Table } from './table.ts';

const drillItem = z.object({
  application: z.string(), execution: z.string(), mode: z.enum(DRILL_MODES), outcome: z.enum(DRILL_OUTCOMES), evacuated: z.string(),
  startedAt: z.number().int(), at: z.number().int().nonnegative(), step: z.string(), reason: z.string(), heldSeconds: z.number(), open: z.boolean(),
  scaled: z.array(z.object({ name: z.string(), from: z.number(), to: z.number(), reason: z.string() })),
});

export function drillStore(table: Table): DrillStore {
  return {
    async list(application) {
      const items = await table.list(`app#${application}`, 'drill#');
      return items.map((item): DrillRecord => parsed(drillItem, item, `drill of ${application}`)).sort((left, right) => right.at - left.at);
    },
    async put(record) {
      // By its start: the end of a repeated step is a little later each time.
      await table.put({ pk: `app#${record.application}`, sk: `drill#${new Date(record.startedAt).toISOString()}#${record.execution}`, ...record }, { text: 'attribute_not_exists(pk)' });
    },
  };
}
