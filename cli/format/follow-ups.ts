// Follow-ups for people: a table for the terminal, a sentence for `status`, a section for the page. Pure.
import { isOverdue, openOf, type FollowUp } from '../../domain/follow-ups.ts';
import type { Instant } from '../../domain/plan.ts';
import type { FollowUpRow } from './report-proof.ts';
import { safe, table, type Style } from './style.ts';

const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10);
const state = (one: FollowUp, now: Instant): string => (one.closed !== undefined ? `closed ${day(one.closed.at)}` : isOverdue(one, now) ? 'OVERDUE' : 'open');

export const followUpLines = (shown: readonly FollowUp[], now: Instant, style: Style): readonly string[] =>
  table(['ID', 'STATE', 'DUE', 'OWNER', 'WHAT'], shown.map((one) => [
    safe(one.id), isOverdue(one, now) ? style.bad(state(one, now)) : state(one, now), day(one.dueAt), safe(one.owner ?? '-'),
    safe(one.closed === undefined ? one.what : `${one.what} [${one.closed.by}: ${one.closed.how}]`),
  ]), style);

/** For `status`; empty when nothing is open. */
export function followUpConcerns(application: string, all: readonly FollowUp[], now: Instant): readonly string[] {
  const open = openOf(all);
  const [first] = open;
  if (first === undefined) return [];
  const overdue = open.filter((one) => isOverdue(one, now)).length;
  return [`${open.length} of what drills have found ${open.length === 1 ? 'is' : 'are'} open, ${overdue} overdue; the next, of ${first.owner ?? 'nobody'}, is due ${day(first.dueAt)}: hotshift follow-ups ${application}`];
}

/** Rows of the page and lines of the text: those of one execution, with what became of them. */
export const followUpRows = (all: readonly FollowUp[], execution: string, now: Instant): readonly FollowUpRow[] =>
  all.filter((one) => one.execution === execution).map((one) => [one.what, one.owner ?? 'nobody', day(one.dueAt), `${state(one, now)}${one.closed === undefined ? '' : ` by ${one.closed.by}: ${one.closed.how}`}`]);
