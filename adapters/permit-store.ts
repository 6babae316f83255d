// Write permits: one item per database says who may write, and one per server says when it renewed. A permit is only ever withdrawn for
// a newer epoch and only granted afresh under a newer epoch, so that an execution whose lease was lost can neither revive nor end what
// a newer one decided. Nothing here writes a renewal: servers do (guard/dynamodb.ts), and can write nothing else.
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
});
const renewalItem = z.object({ sk: z.string(), renewedAt: whole, surrendered: whole.exactOptional() });

export function permitStore(table: Table): PermitStore {
  return {
    async read(application, database) {
      const item = await table.get(keyOf(application, database));
      if (item === undefined) return undefined;
      const permit = parsed(permitItem, item, nameOf(application, database));
      // Only now: renewals that were listed before a permit is seen withdrawn may lack the last ones.
      return { ...permit, ...await renewalsOf(table, application, database) };
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
      // The renewals of the grant before stay where they are: their servers may still hold a permit of it.
      const item = { ...keyOf(application, database), application, database, epoch, writer, withdrawn: false };
      const outcome = await table.put(item, {
        text: `attribute_not_exists(pk) OR (#epoch < :epoch AND ${NO_NEWER_WITHDRAWAL})`, values: { ':epoch': epoch },
      });
      return outcome.written || (outcome.stored !== undefined && isGrant(outcome.stored, epoch, writer, nameOf(application, database)));
    },
    // A server that renewed meanwhile is not forgotten.
    forget: (application, database, server, renewedAt) =>
      table.remove({ pk: renewalsKey(application, database), sk: server }, { text: '#renewedAt = :seen', values: { ':seen': renewedAt } }),
  };
}

/** `withdrawnEpoch`: who withdrew. A failover newer than the asking one may have done so without having granted anew yet. */
const NO_NEWER_WITHDRAWAL = '(attribute_not_exists(#withdrawnEpoch) OR #withdrawnEpoch <= :epoch)';

const keyOf = (application: string, database: string): Key => ({ pk: `app#${application}`, sk: `permit#${database}` });
/** A partition of their own: a role that may write renewals can write nothing else (`dynamodb:LeadingKeys` knows partition keys only). */
const renewalsKey = (application: string, database: string): string => `renewals#${application}#${database}`;
const nameOf = (application: string, database: string): string => `write permit of ${application}/${database}`;

/** Of every server and every epoch: a permit is known to be over by its time, or by a surrender under its own epoch, and by nothing else. */
async function renewalsOf(table: Table, application: string, database: string) {
  const items = await table.list(renewalsKey(application, database), '');
  const found = items.map((item) => parsed(renewalItem, item, `renewal of ${application}/${database}`));
  return {
    renewals: Object.fromEntries(found.map(({ sk, renewedAt }) => [sk, renewedAt])),
    surrenders: Object.fromEntries(found.flatMap(({ sk, surrendered }) => (surrendered === undefined ? [] : [[sk, surrendered]]))),
  };
}

/** Does this very grant stand already? */
function isGrant(stored: Item, epoch: number, writer: string, what: string): boolean {
  const permit = parsed(permitItem, stored, what);
  return permit.epoch === epoch && permit.writer === writer && !permit.withdrawn;
}
