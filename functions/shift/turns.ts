// Whose turn is it? The strategies of a record in their order, decided from what was journaled of them: a strategy that failed, or that
// the authoritative servers did not show in time, hands over to the next one. Pure: the journal is the only memory between two looks.
import type { JournalEntry } from '../../domain/journal.ts';
import type { Instant, TrafficPlan, TrafficStrategy } from '../../domain/plan.ts';

/** What is journaled of a strategy, as the evidence of its entry. */
export interface Try { readonly traffic: string; readonly strategy: TrafficStrategy; readonly went: 'begun' | 'accepted' | 'failed'; readonly why: string; readonly at: Instant }

export type Turn =
  /** To be asked for; `isFirst`: nothing was asked of it yet. */
  | { readonly kind: 'try'; readonly strategy: TrafficStrategy; readonly isFirst: boolean; readonly until: Instant }
  /** Accepted: only the answers are awaited. */
  | { readonly kind: 'look'; readonly strategy: TrafficStrategy; readonly until: Instant }
  | { readonly kind: 'exhausted'; readonly reason: string };

/** The tries of one step and epoch, oldest first. */
export const triesOf = (lines: readonly JournalEntry[], step: string, epoch: number): readonly Try[] =>
  lines.filter((line) => line.step === step && line.epoch === epoch).flatMap(({ evidence, at }) => {
    const tries = (evidence as { readonly tries?: readonly Omit<Try, 'at'>[] } | undefined)?.tries ?? [];
    return tries.map((entry) => ({ ...entry, at }));
  });

/** `deadline`: the end of the RTO. Only the first strategy that has not failed may have its turn. */
export function turnOf(traffic: TrafficPlan, all: readonly Try[], now: Instant, deadline: Instant): Turn {
  const tries = all.filter((entry) => entry.traffic === traffic.name);
  const of = (strategy: TrafficStrategy, went: Try['went']): Try | undefined => tries.find((entry) => entry.strategy === strategy && entry.went === went);
  const strategy = traffic.strategies.find((candidate) => of(candidate, 'failed') === undefined);
  if (strategy === undefined) return { kind: 'exhausted', reason: tries.filter(({ went }) => went === 'failed').map((entry) => `${entry.strategy}: ${entry.why}`).join('; ') };
  const begun = of(strategy, 'begun');
  const ownUntil = (begun?.at ?? now) + traffic.strategyTimeoutSeconds * 1000;
  const isLast = strategy === traffic.strategies.at(-1);
  // The last one has what is left of the RTO; where others went before it, at least as long as each of them had.
  const until = !isLast ? ownUntil : traffic.strategies.length === 1 ? deadline : Math.max(deadline, ownUntil);
  if (of(strategy, 'accepted') !== undefined) return { kind: 'look', strategy, until };
  return { kind: 'try', strategy, isFirst: begun === undefined, until };
}
