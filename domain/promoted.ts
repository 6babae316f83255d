// Who made a writer of the replica? One that Hotshift asked for was weighed before; any other lacks what was written since, unknown how much.
import type { Failover, JournalEntry } from './journal.ts';
import type { FenceIntent, Permit } from './lease.ts';
import type { Journal } from './ports.ts';

/** Whoever ordered the fence, oldest first: one that took over renewed the order of one that ended on the way. */
export const orderedBy = (order: FenceIntent | undefined): readonly string[] => (order === undefined ? [] : [...(order.earlier ?? []), order.execution]);

/** The newest request for a promotion in a journal. `Promote replica` writes it down before it asks, and when it adopts what is under way. */
export const requestFor = (entries: readonly JournalEntry[], database: string): JournalEntry | undefined =>
  entries.findLast(({ step, kind, summary }) => step === 'Promote replica' && kind === 'intent' && summary.startsWith(`${database}: `));

/**
 * Was a writer in the survivor held against the RPO before, or is it no promoted replica at all? By the permit, it may have been the writer
 * already; by the journals of this execution and of those whose order to fence the old writer (`fence`) still stands, one of us asked for it.
 */
export async function isWeighed(journal: Pick<Journal, 'list'>, { execution, evacuated }: Failover, database: string, permit: Permit | undefined, fence: FenceIntent | undefined): Promise<boolean> {
  if (permit !== undefined && permit.writer !== evacuated) return true;
  const askers = new Set([execution, ...(fence?.liftedAt === undefined ? orderedBy(fence) : [])]);
  const journals = await Promise.all([...askers].map((asker) => journal.list(asker)));
  return journals.some((entries) => requestFor(entries, database) !== undefined);
}
