// Which rows does only the old writer hold, and may they be left behind? Pure.
import { keyText, type LostRow, type WrittenRow } from '../../domain/failback.ts';
import type { FenceIntent } from '../../domain/lease.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { Instant } from '../../domain/plan.ts';

export interface Comparison { readonly compared: 'same' | 'lost' | 'unknown'; readonly proceed: boolean; readonly lost: number; readonly reason: string }

export const lostOf = (table: string, written: readonly WrittenRow[], held: ReadonlySet<string>): readonly LostRow[] =>
  written.filter(({ key }) => !held.has(keyText(key))).map((row) => ({ table, ...row }));

/** Clocks of two databases, and a margin for rows that were written long before they were committed. */
const MARGIN_MS = 60_000;
/** Where no loss window was journaled: what was written on the day before the order. */
const DAY_MS = 86_400_000;

/** From when on rows are compared: the begin of what the failover reported as possibly lost. */
export function since(order: FenceIntent, entries: readonly JournalEntry[], database: string): Instant {
  const windows = entries.filter(({ step, kind, summary }) => step === 'Promote replica' && kind === 'result' && summary.startsWith(`${database}: `))
    .flatMap(({ evidence }) => (evidence as { readonly lossWindow?: { readonly from: Instant } } | undefined)?.lossWindow ?? []);
  const from = Math.min(...windows.map((window) => window.from).filter((at) => at > 0));
  return Number.isFinite(from) ? from - MARGIN_MS : order.recordedAt - DAY_MS;
}

/** `trouble`: why it could not be compared; then as much as anything may be lost. */
export function comparison(database: string, lost: number, trouble: string | undefined, acceptLost: boolean): Comparison {
  const kept = 'the old database is kept under another name';
  if (trouble !== undefined) return { compared: 'unknown', proceed: acceptLost, lost, reason: `${database}: not comparable (${trouble}); ${acceptLost ? `accepted: ${kept}` : 'look at it, then start again with --accept-lost'}` };
  if (lost === 0) return { compared: 'same', proceed: true, lost, reason: `${database}: the new writer holds every compared row of the old one` };
  return { compared: 'lost', proceed: acceptLost, lost, reason: `${database}: ${lost} rows are on the old writer alone; ${acceptLost ? `accepted: ${kept}` : 'look at them (hotshift failback --lost), then start again with --accept-lost'}` };
}
