// Who made a writer of the replica? One that Hotshift asked for was weighed before; any other lacks what was written since, unknown how much.
import type { JournalEntry } from './journal.ts';
import type { FenceIntent } from './lease.ts';

/** Executions that may have asked for it: this one, and those whose order to fence the old writer still stands. */
export function askers(execution: string, order: FenceIntent | undefined): readonly string[] {
  return order === undefined || order.liftedAt !== undefined ? [execution] : [...new Set([execution, order.execution, ...(order.earlier ?? [])])];
}

/** Before it asks, and when it adopts what is under way, `Promote replica` writes that down. */
export const askedFor = (entries: readonly JournalEntry[], database: string): boolean =>
  entries.some(({ step, kind, summary }) => step === 'Promote replica' && kind === 'intent' && summary.startsWith(`${database}: `));
