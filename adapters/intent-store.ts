// Orders to fence, one item per database and region: the newest epoch's order stands, and a proof is only written to the order
// that it answers.
import * as z from 'zod';
import { TryAgainError } from '../domain/errors.ts';
import type { FenceIntent } from '../domain/lease.ts';
import type { IntentStore } from '../domain/ports.ts';
import { parsed, type Item, type Key, type Table } from './table.ts';

const whole = z.number().int().nonnegative();
const rules = z.array(z.object({
  protocol: z.string(), fromPort: z.number(), toPort: z.number(),
  peer: z.object({ kind: z.enum(['ipv4', 'ipv6', 'group', 'prefix-list']), value: z.string(), account: z.string().exactOptional() }),
  description: z.string().exactOptional(),
}));
const intentItem = z.object({
  application: z.string(),
  database: z.string(),
  region: z.string(),
  epoch: whole,
  recordedAt: whole,
  execution: z.string(),
  earlier: z.array(z.string()).exactOptional(),
  enforced: z.object({ at: whole, networkClosed: z.boolean(), sessionsEnded: whole, settlesAt: whole.exactOptional(), detail: z.string(), rules: rules.exactOptional(), reopened: z.literal(true).exactOptional() }).exactOptional(),
  rules: rules.exactOptional(),
  liftedAt: whole.exactOptional(),
});

export function intentStore(table: Table): IntentStore {
  return {
    async record(intent) {
      const outcome = await table.put({ ...keyOf(intent), ...intent }, {
        text: 'attribute_not_exists(pk) OR #epoch < :epoch', values: { ':epoch': intent.epoch },
      });
      // The same order again is one order: the first one's time and its proof stay.
      return outcome.written || (outcome.stored !== undefined && intentOf(outcome.stored).epoch === intent.epoch);
    },
    async read(application, database, region) {
      const item = await table.get(keyOf({ application, database, region }));
      return item === undefined ? undefined : intentOf(item);
    },
    async listOpen(application, region) {
      const items = await table.list(`app#${application}`, 'intent#');
      return items.map(intentOf).filter((intent) => intent.region === region && intent.liftedAt === undefined);
    },
    async lift(intent, at) {
      const outcome = await table.update(keyOf(intent),
        { text: 'SET #liftedAt = if_not_exists(#liftedAt, :at)', values: { ':at': at } },
        { text: '#epoch = :epoch', values: { ':epoch': intent.epoch } });
      return outcome.written;
    },
    async recordProof(intent, proof) {
      const outcome = await table.update(keyOf(intent),
        { text: 'SET #enforced = :proof', values: { ':proof': proof } },
        { text: '#epoch = :epoch', values: { ':epoch': intent.epoch } });
      if (outcome.written) return;
      const standing = outcome.stored === undefined ? 'no order stands' : `the order of epoch ${intentOf(outcome.stored).epoch} stands`;
      throw new TryAgainError(`proof for the order of epoch ${intent.epoch} to fence ${intent.database} in ${intent.region}: ${standing}; read the orders again`);
    },
  };
}

const keyOf = ({ application, database, region }: Pick<FenceIntent, 'application' | 'database' | 'region'>): Key =>
  ({ pk: `app#${application}`, sk: `intent#${database}#${region}` });

const intentOf = (item: Item): FenceIntent => parsed(intentItem, item, `fence intent ${String(item.pk)}/${String(item.sk)}`);
