// The tracker of follow-ups in hotshift.yml: both products, and addresses that would give a token away.
import { describe, expect, test } from '@jest/globals';
import { checkPlans } from '../../../events/config.ts';
import { exampleText } from './example.ts';

const withTracker = (lines: readonly string[]): string => exampleText.replace(/^( *)notifications:\n/m, (whole, indent: string) => `${whole}${lines.map((line) => `${indent}  ${line}\n`).join('')}`);
const github = (url: string, secret = 'hotshift/github'): string => withTracker(['followUps:', '  kind: github', `  url: ${url}`, `  tokenSecret: ${secret}`]);
const errorsOf = (text: string): readonly string[] => checkPlans(text).errors.map(({ message }) => message);
const planOf = (text: string) => checkPlans(text).plans?.applications[0]?.notifications.followUps;

test('the example is changed at all', () => { expect(github('https://api.github.com/repos/acme/shop/issues')).not.toBe(exampleText); });

test('GitHub, and Jira with its project', () => {
  expect(planOf(github('https://api.github.com/repos/acme/shop/issues'))).toEqual({ kind: 'github', url: 'https://api.github.com/repos/acme/shop/issues', tokenSecretId: 'hotshift/github' });
  const jira = withTracker(['followUps:', '  kind: jira', '  url: https://acme.atlassian.net/rest/api/3/issue', '  project: OPS', '  tokenSecret: hotshift/jira']);
  expect(planOf(jira)).toEqual({ kind: 'jira', url: 'https://acme.atlassian.net/rest/api/3/issue', project: 'OPS', issueType: 'Task', tokenSecretId: 'hotshift/jira' });
  expect(planOf(exampleText)).toBeUndefined();
});

describe('is refused', () => {
  test.each([
    ['in the clear', 'http://api.github.com/repos/acme/shop/issues', /in the clear/],
    ['the loopback', 'https://127.0.0.1/repos/acme/shop/issues', /no name on the internet/],
    ['the metadata of a machine', 'https://169.254.169.254/repos/acme/shop/issues', /no name on the internet/],
    ['an address of IPv6', 'https://[::1]/repos/acme/shop/issues', /no name on the internet/],
    ['a name without a dot', 'https://github/repos/acme/shop/issues', /no name on the internet/],
    ['a name inside', 'https://git.internal/repos/acme/shop/issues', /no name on the internet/],
    ['a page for people', 'https://github.com/acme/shop/issues', /not created there/],
    ['a query', 'https://api.github.com/repos/acme/shop/issues?x=1', /not created there/],
  ])('%s', (_what, url, message) => { expect(errorsOf(github(url)).join('\n')).toMatch(message); });

  test('a secret of one region, another kind, a project that could end the search', () => {
    expect(errorsOf(github('https://api.github.com/repos/acme/shop/issues', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hotshift/github-AbCdEf')).join()).toMatch(/could not be read in the other/);
    expect(errorsOf(withTracker(['followUps:', '  kind: gitlab', '  url: https://gitlab.com/x', '  tokenSecret: hotshift/x'])).join()).toMatch(/must be github or jira/);
    expect(errorsOf(withTracker(['followUps:', '  kind: jira', '  url: https://acme.atlassian.net/rest/api/3/issue', '  project: "OPS\\" OR 1=1"', '  tokenSecret: hotshift/jira'])).join()).toMatch(/key of a Jira project/);
  });
});
