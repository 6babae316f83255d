// Rules about people: who may answer from Slack, and whether enough of them are there to say yes.
import type { ApplicationPlan } from '../domain/plan.ts';
import { error, warning, type RuleIssue } from './config-rule.ts';
import { trackerRules } from './config-tracker.ts';

export const peopleRules = (plan: ApplicationPlan): readonly RuleIssue[] => [...slackRules(plan), ...trackerRules(plan), ...countRules(plan)];

function slackRules({ notifications: { slack }, regions, witness }: ApplicationPlan): readonly RuleIssue[] {
  if (slack?.people === undefined) return [];
  const at = ['notifications', 'slack', 'people'];
  const { approvers, operators, signingSecretId } = slack.people;
  const named = Object.entries({ ...operators, ...approvers });
  const twice = named.filter(([, user], index) => named.findIndex(([, other]) => other === user) < index)
    .map(([name, user]) => error([...at, 'approvers'], `${name} is ${user}, who is there under another name as well: one person could answer as two`, 'give each person one name'));
  const differing = Object.keys(approvers).filter((name) => operators[name] !== undefined && operators[name] !== approvers[name])
    .map((name) => error([...at, 'operators', name], `${name} is another person among the approvers`, 'give each person one name'));
  return [
    // A pressed button comes with the id of its channel and no name that could be trusted.
    ...(slack.channel.startsWith('#') ? [error(['notifications', 'slack', 'channel'], 'with buttons and commands the channel must be an id: Slack names it by id in what it sends', 'open the channel\'s details in Slack and copy its id (C...)', [at])] : []),
    ...(Object.keys(approvers).length > 0 ? [] : [error([...at, 'approvers'], 'nobody may approve', 'name the people who may')]),
    ...(signingSecretId.startsWith('arn:') && ![...regions, witness].every((region) => signingSecretId.includes(`:${region}:`)) ? [error([...at, 'signingSecretId'], 'this ARN is in one region: the secret could not be read in the others', 'give its name, and replicate it to all three regions')] : []),
    ...(signingSecretId === slack.tokenSecretId ? [error([...at, 'signingSecretId'], 'the signing secret and the bot token are the same secret', 'keep them in two secrets')] : []),
    ...twice, ...differing,
  ];
}

/** Somebody is asleep or on holiday: with just enough people, one absence stops every failover. */
function countRules({ policy, notifications: { slack } }: ApplicationPlan): readonly RuleIssue[] {
  const path = ['policy', 'approvalsNeeded'];
  if (policy.approval === 'none') return policy.approvalsNeeded === 1 ? [] : [warning(path, 'nobody is asked: approval is none', 'set approval to required, or approvalsNeeded to 1')];
  if (slack?.people === undefined) return [];
  const approvers = Object.keys(slack.people.approvers).length;
  if (approvers < policy.approvalsNeeded) return [error(path, `${policy.approvalsNeeded} people must say yes, and ${approvers} may`, 'name more approvers', [['notifications', 'slack', 'people', 'approvers']])];
  if (approvers === policy.approvalsNeeded) return [warning(path, `all of the ${approvers} approvers are needed: one who is asleep stops every failover`, 'name one more')];
  return [];
}
