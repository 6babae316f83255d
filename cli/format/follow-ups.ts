// Follow-ups for people: a table for the terminal, a sentence for `status`, a section for the page. Pure.
import { isOverdue, openOf, type FollowUp } from '../../domain/follow-ups.ts';
import type { Instant } from '../../domain/plan.ts';
import { day, state } from '../../functions/archive/follow-ups.ts';
import { safe, table, type Style } from './style.ts';


export const followUpLines = (shown: readonly FollowUp[], now: Instant, style: Style): readonly string[] =>
  table(['ID', 'STATE', 'DUE', 'OWNER', 'WHAT'], shown.map((one) => [
    safe(one.id), isOverdue(one, now) ? style.bad(state(one, now)) : state(one, now), day(one.dueAt), safe(one.owner ?? '-'),
    safe(`${one.what}${one.issue === undefined ? '' : ` (${one.issue.reference})`}${one.closed === undefined ? '' : ` [${one.closed.by}: ${one.closed.how}]`}`),
  ]), style);

/** For `status`; empty when nothing is open. */
export function followUpConcerns(application: string, all: readonly FollowUp[], now: Instant): readonly string[] {
  const open = openOf(all);
  const [first] = open;
  if (first === undefined) return [];
  const overdue = open.filter((one) => isOverdue(one, now)).length;
  return [`${open.length} of what drills have found ${open.length === 1 ? 'is' : 'are'} open, ${overdue} overdue; the next, of ${first.owner ?? 'nobody'}, is due ${day(first.dueAt)}: hotshift follow-ups ${application}`];
}
