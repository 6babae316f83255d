// What an execution cost: transitions, calls and their time as the workflow's history has them, priced by the day's list. What no history tells
// is estimated and says so. Pure. Capacity that was added, agents, transfer and people's time are not in it (docs/cost.md has those).
import type { JournalEntry } from '../../domain/journal.ts';
import type { CostRates, HistoryStep } from '../../domain/records.ts';

export interface CostLine {
  readonly item: string;
  readonly quantity: number;
  readonly basis: 'measured' | 'estimated';
  /** Absent when no prices were packaged. */
  readonly dollars?: number;
}
export interface ExecutionCost {
  readonly dollars?: number;
  /** The day and the place of the prices. */
  readonly prices?: { readonly read: string; readonly region: string };
  readonly lines: readonly CostLine[];
}
export interface Usage { readonly transitions: number; readonly calls: number; readonly callSeconds: number; readonly basis: CostLine['basis'] }

const ENTERED = /StateEntered$/;
/** A task whose function was called and that waits for a person has been answered by the function when it says `TaskSubmitted`. */
const ANSWERED = new Set(['TaskSubmitted', 'TaskSucceeded', 'TaskFailed', 'TaskTimedOut']);

/** From the history: a retry is a transition as well (Step Functions pricing). The time of a call goes from its start to its answer: a little more than Lambda bills. */
export function usageOf(history: readonly HistoryStep[]): Usage {
  const of = (matches: (type: string) => boolean): number => history.filter(({ type }) => matches(type)).length;
  const calls = of((type) => type === 'TaskScheduled');
  const retries = Math.max(0, calls - of((type) => type === 'TaskStateEntered'));
  const started = new Map(history.filter(({ type }) => type === 'TaskStarted').map(({ id, at }) => [id, at]));
  // Each event names the one before it; what follows `TaskStarted` is the answer.
  const callMs = history.reduce((sum, { type, previousId, at }) => sum + (ANSWERED.has(type) ? Math.max(0, at - (started.get(previousId) ?? at)) : 0), 0);
  return { transitions: of((type) => ENTERED.test(type)) + retries, calls, callSeconds: callMs / 1000, basis: 'measured' };
}

/** A call for each entry that a step wrote, and a question before and a wait after it: where nobody can read the history. */
export function usageGuessed(entries: readonly JournalEntry[], { stepSeconds }: Pick<CostRates, 'stepSeconds'>): Usage {
  const calls = entries.filter(({ kind, step }) => kind !== 'page' && step !== 'Operator').length;
  return { transitions: calls * 3, calls, callSeconds: calls * stepSeconds, basis: 'estimated' };
}

/** `replicas`: of the table; each takes each write. Without rates only quantities are told, and what they are estimated by is not known. */
export function costOf({ transitions, calls, callSeconds, basis }: Usage, replicas: number, rates: CostRates | undefined): ExecutionCost {
  const line = (item: string, quantity: number, price: number | undefined, by: CostLine['basis'] = basis): CostLine =>
    ({ item, quantity: rounded(quantity, 6), basis: by, ...(price === undefined ? {} : { dollars: rounded(quantity * price, 8) }) });
  if (rates === undefined) return { lines: [line('state transitions', transitions, undefined), line('calls of functions', calls, undefined), line('seconds of functions', callSeconds, undefined)] };
  const lines = [
    line('state transitions', transitions, rates.transition),
    line('calls of functions', calls, rates.call),
    line(`GB-seconds of functions, ${rates.memoryGb} GB each`, callSeconds * rates.memoryGb, rates.gbSecond),
    line(`writes of the table in ${replicas} regions`, calls * rates.callWrites * replicas, rates.write, 'estimated'),
    line('reads of the table', calls * rates.callReads, rates.readUnit, 'estimated'),
  ];
  return { dollars: rounded(lines.reduce((sum, { dollars = 0 }) => sum + dollars, 0), 8), prices: { read: rates.read, region: rates.region }, lines };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
