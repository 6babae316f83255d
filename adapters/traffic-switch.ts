// The switch that leads users away from a region: one item in the table, which Route 53's health checkers see through functions/answer.
// Only a newer epoch, or the same again, writes it: an execution that lost its lease cannot lead users back.
import * as z from 'zod';
import type { SwitchStore, TrafficSwitch } from '../domain/ports.ts';
import { parsed, type Item, type Key, type Table } from './table.ts';

const switchItem = z.object({ application: z.string(), epoch: z.number().int().nonnegative(), evacuated: z.string().min(1).exactOptional() });

export function switchStore(table: Table): SwitchStore {
  return {
    read: async (application) => facts(application, await table.get(keyOf(application))),
    glance: async (application) => facts(application, await table.glance(keyOf(application))),
    async set(next) {
      const { written } = await table.put({ ...keyOf(next.application), ...next },
        { text: 'attribute_not_exists(pk) OR #epoch <= :epoch', values: { ':epoch': next.epoch } });
      return written;
    },
  };
}

const keyOf = (application: string): Key => ({ pk: `app#${application}`, sk: 'switch' });

const facts = (application: string, item: Item | undefined): TrafficSwitch =>
  (item === undefined ? { application, epoch: 0 } : parsed(switchItem, item, `traffic switch of ${application}`));
