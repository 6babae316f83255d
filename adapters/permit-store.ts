// Write permits: one item per database. A permit is only ever withdrawn for a newer epoch and only granted afresh under a newer
// epoch, so that an execution whose lease was lost can neither revive nor end what a newer one decided.
import * as z from 'zod';
import type { PermitStore } from '../domain/ports.ts';
import { parsed, type Item, type Key, type Table } from './table.ts';

const whole = z.number().int().nonnegative();
const permitItem = z.object({
  application: z.string(),
  database: z.string(),
  epoch: whole,
  writer: z.string(),
  withdrawn: z.boolean(),
  withdrawnAt: whole.exactOptional(),
  renewals: z.record(z.string(), whole),
  surrenders: z.record(z.string(), whole),
});

export function permitStore(table: Table): PermitStore {
  return {
    async read(application, database) {
      const item = await table.get(keyOf(application, database));
      return item === undefined ? undefined : parsed(permitItem, item, nameOf(application, database));
    },
    async withdraw(application, database, epoch, at) {
      const outcome = await table.update(keyOf(application, database), {
        // The first withdrawal of a grant is the one that stopped the renewals: its time is kept.
        text: 'SET #withdrawn = :true, #withdrawnAt = if_not_exists(#withdrawnAt, :at), #withdrawnEpoch = :epoch',
        values: { ':true': true, ':at': at, ':epoch': epoch },
      }, { text: `attribute_exists(pk) AND #epoch < :epoch AND ${NO_NEWER_WITHDRAWAL}` });
      if (outcome.written) return true;
      // Nothing was ever granted: nothing to withdraw.
      if (outcome.stored === undefined) return true;
      const { epoch: granted } = parsed(permitItem, outcome.stored, nameOf(application, database));
      // Granted by the very failover that asks (a repeat after its writes were shifted): it stays.
      return granted === epoch;
    },
    async grant({ application, database, epoch, writer }) {
      const item = { ...keyOf(application, database), application, database, epoch, writer, withdrawn: false, renewals: {}, surrenders: {} };
      const outcome = await table.put(item, {
        text: `attribute_not_exists(pk) OR (#epoch < :epoch AND ${NO_NEWER_WITHDRAWAL})`, values: { ':epoch': epoch },
      });
      return outcome.written || (outcome.stored !== undefined && isGrant(outcome.stored, epoch, writer, nameOf(application, database)));
    },
  };
}

/** `withdrawnEpoch`: who withdrew. A failover newer than the asking one may have done so without having granted anew yet. */
const NO_NEWER_WITHDRAWAL = '(attribute_not_exists(#withdrawnEpoch) OR #withdrawnEpoch <= :epoch)';

const keyOf = (application: string, database: string): Key => ({ pk: `app#${application}`, sk: `permit#${database}` });
const nameOf = (application: string, database: string): string => `write permit of ${application}/${database}`;

/** Does this very grant stand already? Its renewals are left as they are. */
function isGrant(stored: Item, epoch: number, writer: string, what: string): boolean {
  const permit = parsed(permitItem, stored, what);
  return permit.epoch === epoch && permit.writer === writer && !permit.withdrawn;
}
