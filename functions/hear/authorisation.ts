// May this person say this, here? By the lists of the plan alone: workspace, channel, user. Names and roles that a request brings
// along count for nothing.
import type { ApplicationPlan, SlackPeoplePlan } from '../../domain/plan.ts';
import type { Command, Press } from './request.ts';

/** `looking`: whoever is in the channel. `operating`: pause, resume, acknowledge. `approving`: answers to questions. */
export type Right = 'looking' | 'operating' | 'approving';
export type Authorisation =
  | { readonly kind: 'allowed'; readonly plan: ApplicationPlan; readonly by: string }
  /** Wrong workspace or channel, or no such application: nothing is told. */
  | { readonly kind: 'stranger'; readonly reason: string }
  /** In the right place, and not on the list. */
  | { readonly kind: 'refused'; readonly plan: ApplicationPlan; readonly reason: string };

/** `plans`: those whose signing secret fitted. `application`: the one that is meant; undefined: the only one of this channel. */
export function authorised({ team, channel, user }: Press | Command, application: string | undefined, right: Right, plans: readonly ApplicationPlan[]): Authorisation {
  const here = plans.filter(({ notifications: { slack } }) => slack?.people?.team === team && slack.channel === channel);
  const [plan, ...others] = here.filter((candidate) => application === undefined || candidate.application === application);
  const people = plan?.notifications.slack?.people;
  if (plan === undefined || people === undefined) return { kind: 'stranger', reason: 'no application of the plan is at home in this workspace and channel, or it is another one' };
  if (others.length > 0) return { kind: 'refused', plan, reason: `name one of: ${here.map((one) => one.application).join(', ')}` };
  const by = nameOf(user, people, right);
  return by === undefined ? { kind: 'refused', plan, reason: `${user} is not one of those who may (notifications.slack.people)` } : { kind: 'allowed', plan, by };
}

/** The name under which the journal knows a user who has this right. */
function nameOf(user: string, { approvers, operators }: SlackPeoplePlan, right: Right): string | undefined {
  const named = (people: Readonly<Record<string, string>>): string | undefined => Object.entries(people).find(([, id]) => id === user)?.[0];
  const approver = named(approvers);
  if (right === 'approving' || approver !== undefined) return approver;
  return named(operators) ?? (right === 'looking' ? user : undefined);
}
