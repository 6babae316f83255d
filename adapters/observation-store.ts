// The newest view of each vantage point on each region, one item each. An older view never replaces a newer one.
import * as z from 'zod';
import type { Observation } from '../domain/observation.ts';
import type { ObservationStore } from '../domain/ports.ts';
import { parsed, type Table } from './table.ts';

const instant = z.number().int().nonnegative();
const observationItem: z.ZodType<Observation> = z.object({
  application: z.string(),
  vantagePoint: z.string(),
  target: z.string(),
  at: instant,
  result: z.enum(['up', 'impaired', 'slow', 'down', 'abstained']),
  reason: z.string(),
  latencyMs: z.number().nonnegative(),
  consecutiveFailures: z.number().int().nonnegative(),
  failingSince: instant.exactOptional(),
  unwrittenSince: instant.exactOptional(),
  lastWriteAt: instant.exactOptional(),
  write: z.enum(['ok', 'failed', 'refused', 'unknown']),
  writer: z.string().exactOptional(),
  epoch: z.number().int().nonnegative().exactOptional(),
  databaseOnly: z.literal(true).exactOptional(),
});

export function observationStore(table: Table): ObservationStore {
  return {
    async put(observation) {
      // Two runs of one vantage point may overlap by a round; a lost condition means that a newer view is there.
      await table.put({ pk: `obs#${observation.application}`, sk: `${observation.vantagePoint}#${observation.target}`, ...observation },
        { text: 'attribute_not_exists(pk) OR #at <= :at', values: { ':at': observation.at } });
    },
    async list(application) {
      const items = await table.list(`obs#${application}`, '');
      return items.map((item) => parsed(observationItem, item, `observation of ${application} ${String(item.sk)}`));
    },
  };
}
