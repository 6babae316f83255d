// The lease of an application as one item, compared and set as a whole: a pause, an abort or an acknowledgement that somebody
// wrote in between must not be overwritten by an extension that was computed from an older reading.
import * as z from 'zod';
import { LEASE_ATTRIBUTES, sameLease, type Lease } from '../domain/lease.ts';
import type { LeaseStore } from '../domain/ports.ts';
import { equal, parsed, type Item, type Key, type Table } from './table.ts';

const whole = z.number().int().nonnegative();
const leaseItem = z.object({
  application: z.string(),
  epoch: whole,
  holder: z.string().exactOptional(),
  expiresAt: whole,
  drill: z.boolean().exactOptional(),
  failback: z.boolean().exactOptional(),
  takenOverAt: whole.exactOptional(),
  incident: z.string().exactOptional(),
  evacuated: z.string().exactOptional(),
  left: z.string().exactOptional(),
  cooldownUntil: whole.exactOptional(),
  acknowledgementDue: z.boolean(),
  pausedUntil: whole.exactOptional(),
  pausedBy: z.string().exactOptional(),
  abortExecution: z.string().exactOptional(),
});

export function leaseStore(table: Table): LeaseStore {
  return {
    async read(application) {
      const item = await table.get(keyOf(application));
      return item === undefined ? unclaimed(application) : parsed(leaseItem, item, `lease of ${application}`);
    },
    async replace(seen, next) {
      const still = equal(attributesOf(seen));
      // An application without an item reads as `unclaimed`: the two must compare as equal.
      const text = sameLease(seen, unclaimed(seen.application)) ? `attribute_not_exists(pk) OR (${still.text})` : still.text;
      const outcome = await table.put({ ...keyOf(next.application), ...next }, { ...still, text });
      if (outcome.written) return true;
      // The first answer may have been lost and the client repeated the call: then what stands is what was to be written.
      return outcome.stored !== undefined && sameLease(parsed(leaseItem, outcome.stored, `lease of ${seen.application}`), next);
    },
  };
}

const keyOf = (application: string): Key => ({ pk: `app#${application}`, sk: 'lease' });

/** An application that never had a lease. */
const unclaimed = (application: string): Lease => ({ application, epoch: 0, expiresAt: 0, acknowledgementDue: false });

/** Absent ones as undefined. */
const attributesOf = (lease: Lease): Item => Object.fromEntries(LEASE_ATTRIBUTES.map((name) => [name, lease[name]]));
