// Who may answer from Slack: each rule broken on purpose, and what the defaults are.
import { describe, expect, test } from '@jest/globals';
import { checkPlans, parsePlans } from '../../../events/config.ts';
import { exampleText, exampleTree, setAt, shop } from './example.ts';
import { stringify } from 'yaml';

const people = 'notifications.slack.people';
const withAll = (changes: Readonly<Record<string, unknown>>) => {
  const tree = exampleTree();
  for (const [path, value] of Object.entries(changes)) setAt(tree, shop(path), value);
  return checkPlans(stringify(tree));
};

test('the example names people, and its defaults', () => {
  expect(parsePlans(exampleText).applications[0]).toMatchObject({
    policy: { approvalsNeeded: 1, approvalDefault: 'hold' },
    notifications: {
      slack: { channel: 'C0123456789', people: { signingSecretId: 'hotshift/slack-signing', team: 'T0123456789', approvers: { ana: 'U0123456789' }, operators: {} } },
      pagerDuty: { eventsUrl: 'https://events.pagerduty.com/v2/enqueue', routingKeySecretId: 'hotshift/pagerduty' },
    },
  });
});

describe('errors', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string, string]>([
    ['a channel by name', { 'notifications.slack.channel': '#incidents' }, 'notifications.slack.channel', 'must be an id'],
    ['nobody', { [`${people}.approvers`]: {} }, `${people}.approvers`, 'nobody may approve'],
    ['one person under two names', { [`${people}.approvers`]: { ana: 'U0123456789', anna: 'U0123456789' } }, `${people}.approvers`, 'one person could answer as two'],
    ['one name for two people', { [`${people}.operators`]: { ana: 'U0999999999' } }, `${people}.operators.ana`, 'another person'],
    ['one secret for both', { [`${people}.signingSecret`]: 'hotshift/slack' }, `${people}.signingSecret`, 'the same secret'],
    ['a secret of one region', { [`${people}.signingSecret`]: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hotshift/slack-signing' }, `${people}.signingSecret`, 'in one region'],
    ['two of one', { [`${people}.approvers`]: { ana: 'U0123456789' }, 'policy.approval': 'required', 'policy.approvalTimeout': '2m', 'policy.approvalsNeeded': 2 }, 'policy.approvalsNeeded', '2 people must say yes, and 1 may'],
    ['a user by name', { [`${people}.approvers`]: { ana: '@ana' } }, `${people}.approvers.ana`, 'id of a Slack user'],
  ])('%s', (_, changes, path, message) => {
    expect(withAll(changes).errors).toContainEqual(expect.objectContaining({ path: shop(path), message: expect.stringContaining(message) }));
  });
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['just enough', { [`${people}.approvers`]: { ana: 'U0123456789', ben: 'U0123456788' }, 'policy.approval': 'required', 'policy.approvalTimeout': '2m', 'policy.approvalsNeeded': 2 }, 'one who is asleep'],
  ['two of nobody who is asked', { 'policy.approvalsNeeded': 2 }, 'nobody is asked'],
])('a warning: %s', (_, changes, message) => {
  const { errors, warnings } = withAll(changes);
  expect([errors, warnings.map((issue) => issue.message)]).toEqual([[], [expect.stringContaining(message)]]);
});
