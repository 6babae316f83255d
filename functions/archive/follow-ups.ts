// What is to be followed up of an execution, as rows for pages and terminals. Pure.
import { isOverdue, type FollowUp } from '../../domain/follow-ups.ts';
import type { Instant } from '../../domain/plan.ts';

export type FollowUpRow = readonly [what: string, owner: string, due: string, state: string];

export const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10);
export const state = (one: FollowUp, now: Instant): string => (one.closed !== undefined ? `closed ${day(one.closed.at)}` : isOverdue(one, now) ? 'OVERDUE' : 'open');

/** Rows of the page and lines of the text: those of one execution, with what became of them. */
export const followUpRows = (all: readonly FollowUp[], execution: string, now: Instant): readonly FollowUpRow[] =>
  all.filter((one) => one.execution === execution).map((one) => [one.what, one.owner ?? 'nobody', day(one.dueAt), `${state(one, now)}${one.closed === undefined ? '' : ` by ${one.closed.by}: ${one.closed.how}`}`]);
