// The list of records: one item for each place in an application's chain. Its number is its key, so that two cannot have the same one.
import * as z from 'zod';
import type { RecordIndex, SealedRecord } from '../domain/records.ts';
import { parsed, type Key, type Table } from './table.ts';

const recordItem = z.object({
  application: z.string(), execution: z.string(), number: z.number().int().positive(), kind: z.string(), outcome: z.string(), seal: z.string(), previous: z.string(), entries: z.number().int(),
  phases: z.array(z.object({ step: z.string(), seconds: z.number() })), region: z.string(), bucket: z.string(), key: z.string(), sealedAt: z.number().int(), keptAt: z.number().int().exactOptional(),
});

export function recordIndex(table: Table): RecordIndex {
  return {
    async list(application) {
      const items = await table.list(`app#${application}`, 'record#');
      return items.map((item): SealedRecord => parsed(recordItem, item, `record of ${application}`));
    },
    async add(record) {
      const { written } = await table.put({ ...keyOf(record), ...record }, { text: 'attribute_not_exists(pk)' });
      return written;
    },
    async markKept(record, at) {
      await table.put({ ...keyOf(record), ...record, keptAt: at }, { text: '#seal = :seal AND attribute_not_exists(#keptAt)', values: { ':seal': record.seal } });
    },
  };
}

/** Eight digits sort as text for longer than anybody drills. */
const keyOf = ({ application, number }: SealedRecord): Key => ({ pk: `app#${application}`, sk: `record#${String(number).padStart(8, '0')}` });
