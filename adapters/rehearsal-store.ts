// What the last rehearsal of a place found: one item per application and place, overwritten by each newer one.
import * as z from 'zod';
import type { RehearsalStore } from '../domain/inventory.ts';
import type { Region } from '../domain/plan.ts';
import { parsed, type Key, type Table } from './table.ts';

const rehearsalItem = z.object({ at: z.number().int().nonnegative(), seen: z.array(z.string()), told: z.array(z.string()), critical: z.array(z.string()).exactOptional() });

export function rehearsalStore(table: Table): RehearsalStore {
  return {
    async read(application, region) {
      const item = await table.get(keyOf(application, region));
      return item === undefined ? undefined : parsed(rehearsalItem, item, `rehearsal of ${application} in ${region}`);
    },
    async write(application, region, remembered) {
      await table.put({ ...keyOf(application, region), application, ...remembered });
    },
  };
}

const keyOf = (application: string, region: Region): Key => ({ pk: `app#${application}`, sk: `rehearsal#${region}` });
