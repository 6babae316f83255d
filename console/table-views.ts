// What stands in the table as the page shows it, the same of a twin and of AWS. Pure.
import type { StatusView } from '../cli/status-view.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { JournalLine, WatchView } from './view.ts';

/** What the observers say, counted as the verification counts it: only fresh evidence against a region. */
export function watchOf({ observations, lease, blocks, now }: StatusView, quorum: number): WatchView {
  const against: Record<string, number> = {};
  for (const { target, result, fresh } of observations) against[target] = (against[target] ?? 0) + (fresh && (result === 'down' || result === 'impaired') ? 1 : 0);
  return {
    quorum, of: new Set(observations.map(({ vantagePoint }) => vantagePoint)).size, against, blocks,
    points: observations.map(({ vantagePoint, target, result, at = null, latencyMs = null, consecutiveFailures, fresh, reason }) => ({ vantagePoint, target, result, at, latencyMs: latencyMs === null ? null : Math.round(latencyMs), consecutiveFailures, fresh, reason })),
    epoch: lease.epoch, holder: lease.held ? lease.holder ?? null : null, pausedUntil: lease.pausedUntil !== undefined && lease.pausedUntil > now ? lease.pausedUntil : null, acknowledgementDue: lease.acknowledgementDue,
  };
}

export const lineOf = ({ at, step, kind, summary, execution, gates = [] }: JournalEntry): JournalLine =>
  ({ at, step, kind, summary, execution, gates: gates.map(({ gate, passed, value, threshold }) => ({ gate, passed, value, threshold })) });
