// A person's answer to an execution that waits for one, from wherever it comes: kept first, journaled before it has an effect, then
// handed over. Whatever fails in between may be asked for again by the same person.
import { RefusedByAwsError, TryAgainError } from './errors.ts';
import type { JournalEntry } from './journal.ts';
import type { ApplicationPlan, Region } from './plan.ts';
import { survivorOf } from './plan.ts';
import type { ApprovalAnswers, Clock, GivenAnswer, Journal, LeaseStore, TakenAnswer, WaitingExecutions } from './ports.ts';

export interface AnsweringPorts { readonly answers: ApprovalAnswers; readonly leases: LeaseStore; readonly journal: Journal; readonly executions: WaitingExecutions; readonly clock: Pick<Clock, 'now'> }

export type Given =
  | { readonly kind: 'given'; readonly summary: string; readonly by: string }
  /** It stands in the table, and the execution does not wait for it any more. */
  | { readonly kind: 'late'; readonly reason: string }
  | Exclude<TakenAnswer, { readonly kind: 'taken' }>;

/** Gives the answer. Throws TryAgainError and the like when a part of it could not be reached. */
export async function giveAnswer({ answers, leases, journal, executions, clock }: AnsweringPorts, plan: ApplicationPlan, answer: GivenAnswer, remark = ''): Promise<Given> {
  const lease = await leases.read(plan.application);
  const { holder, evacuated, epoch } = lease;
  if (holder !== answer.execution || evacuated === undefined) return { kind: 'late', reason: `${answer.execution} does not hold the lease of ${plan.application} any more` };
  if (answer.epoch !== undefined && answer.epoch !== epoch) return { kind: 'late', reason: `the epoch is ${epoch}, and the question was of epoch ${answer.epoch}` };
  const taken = await answers.take(answer);
  // Who let it happen must be known whatever comes then.
  if (taken.kind !== 'unknown' && taken.kind !== 'answered') {
    const entry: JournalEntry = { execution: answer.execution, application: plan.application, at: clock.now(), step: 'Operator', kind: 'decision', epoch, summary: `${answer.word} by ${'by' in taken ? taken.by : answer.by}${wordOf(taken)}${remark}` };
    await journal.record(entry).catch((error: unknown) => { throw new TryAgainError('the answer could not be journaled, so it was not given; give it again', { cause: error }); });
  }
  if (taken.kind !== 'taken') return taken;
  return handOver(executions, [survivorOf(plan, evacuated), plan.witness], taken, answer);
}

const wordOf = (taken: TakenAnswer): string =>
  (taken.kind === 'more' ? ', and another person must agree' : taken.kind === 'refused' ? `, refused: ${taken.reason}` : '');

/** It runs in the survivor or, if that could not be reached, in the witness region; the wrong one does not know the token. */
async function handOver(executions: WaitingExecutions, places: readonly Region[], taken: TakenAnswer & { readonly kind: 'taken' }, { word }: GivenAnswer): Promise<Given> {
  const refusals: string[] = [];
  for (const place of places) {
    try {
      await executions.answer(place, taken.taskToken, { decision: word, by: taken.by });
      return { kind: 'given', summary: taken.summary, by: taken.by };
    } catch (error) {
      if (!(error instanceof RefusedByAwsError)) throw error;
      refusals.push(error.message);
    }
  }
  return { kind: 'late', reason: refusals.at(-1) ?? 'it waits nowhere' };
}
