// What drills have found: one item each, added once by the drill, changed by people one version after the other.
import * as z from 'zod';
import type { FollowUp, FollowUpStore } from '../domain/follow-ups.ts';
import { parsed, type Key, type Table } from './table.ts';

const followUpItem = z.object({
  application: z.string(), id: z.string(), execution: z.string(), what: z.string(), foundAt: z.number().int(), dueAt: z.number().int(), owner: z.string().exactOptional(),
  closed: z.object({ at: z.number().int(), by: z.string(), how: z.string() }).exactOptional(),
  issue: z.object({ reference: z.string(), at: z.number().int() }).exactOptional(), version: z.number().int().positive(),
});

export function followUpStore(table: Table): FollowUpStore {
  return {
    async list(application) {
      const items = await table.list(`app#${application}`, 'follow-up#');
      return items.map((item): FollowUp => parsed(followUpItem, item, `follow-up of ${application}`));
    },
    async add(followUp) {
      await table.put({ ...keyOf(followUp), ...followUp }, { text: 'attribute_not_exists(pk)' });
    },
    async replace(before, after) {
      const { written } = await table.put({ ...keyOf(before), ...after, version: before.version + 1 }, { text: '#version = :version', values: { ':version': before.version } });
      return written;
    },
  };
}

const keyOf = ({ application, id }: FollowUp): Key => ({ pk: `app#${application}`, sk: `follow-up#${id}` });
