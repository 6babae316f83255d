// Track: what a drill has found becomes an issue where the owners work. It is started by the drill's end and is no part of it; it looks before it
// asks, so that a repeat makes no second issue, and what the tracker refuses ends where people are told of what failed.
import { TryAgainError } from '../../domain/errors.ts';
import type { FollowUpStore } from '../../domain/follow-ups.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Clock, Journal } from '../../domain/ports.ts';
import type { Tracker } from '../../domain/tracker.ts';
import { issueOf, markOf, without } from './issue.ts';

export interface TrackPorts {
  readonly journal: Pick<Journal, 'list'>;
  readonly followUps: Pick<FollowUpStore, 'list' | 'replace'>;
  readonly tracker: Tracker;
  readonly clock: Pick<Clock, 'now'>;
}
export interface Tracked { readonly execution: string; readonly issues: readonly string[]; readonly reason: string }

export const track = ({ journal, followUps, tracker, clock }: TrackPorts, planOf: (application: string) => ApplicationPlan) =>
  async ({ name: execution }: { readonly name: string }): Promise<Tracked> => {
    const [first] = await journal.list(execution);
    if (first === undefined) return { execution, issues: [], reason: 'it journaled nothing' };
    const plan = planOf(first.application).notifications.followUps;
    if (plan === undefined) return { execution, issues: [], reason: `${first.application} has no tracker` };
    const issues: string[] = [];
    for (const one of without(await followUps.list(first.application), execution)) {
      const reference = await tracker.find(plan, markOf(one)) ?? await tracker.create(plan, issueOf(one));
      // Somebody has changed it meanwhile: the next try finds the issue by its mark.
      if (!(await followUps.replace(one, { ...one, issue: { reference, at: clock.now() } }))) throw new TryAgainError(`follow-up ${one.id} was changed while its issue was made`);
      issues.push(reference);
    }
    return { execution, issues, reason: issues.length === 0 ? 'nothing is left to be followed up' : `${issues.length} to be followed up` };
  };
