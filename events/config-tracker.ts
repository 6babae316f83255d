// The tracker of follow-ups as people write it and as plans hold it: GitHub's issues or Jira Cloud's, told apart by `kind`, with what may not be
// its address. The token itself never stands here.
import { isIP } from 'node:net';
import * as z from 'zod';
import type { ApplicationPlan } from '../domain/plan.ts';
import type { TrackerPlan } from '../domain/tracker.ts';
import * as field from './config-fields.ts';
import { error, type RuleIssue } from './config-rule.ts';

const project = z.string().regex(/^[A-Z][A-Z0-9_]{1,9}$/, 'must be the key of a Jira project: capitals, digits and underscores').meta({ examples: ['OPS'] });
const issueType = z.string().regex(/^[\p{L}\p{N} _-]{1,60}$/u, 'must be the name of an issue type of that project').meta({ examples: ['Task'] });

export const trackerForm = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('github'), url: field.url.describe('https://api.github.com/repos/OWNER/NAME/issues, or that of your own GitHub on the internet.'),
    tokenSecret: field.secretId.describe('Secrets Manager secret that holds a token which may read and write issues of that repository, in both regions.'),
  }),
  z.strictObject({
    kind: z.literal('jira'), url: field.url.describe('https://SITE.atlassian.net/rest/api/3/issue'), project: project.describe('Key of the project.'), issueType: issueType.describe('Name of the issue type.').prefault('Task'),
    tokenSecret: field.secretId.describe('Secrets Manager secret that holds EMAIL:API_TOKEN, in both regions.'),
  }),
], { error: ({ code }) => (code === 'invalid_union' ? 'must be github or jira' : undefined) });

const kept = { url: field.url, tokenSecretId: field.secretId };
export const compiledTracker = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('github'), ...kept }),
  z.strictObject({ kind: z.literal('jira'), project, issueType, ...kept }),
]) satisfies z.ZodType<TrackerPlan>;

export const trackerPlan = ({ tokenSecret, ...rest }: z.output<typeof trackerForm>): TrackerPlan => ({ ...rest, tokenSecretId: tokenSecret });

const PATHS = { github: /\/repos\/[\w.-]+\/[\w.-]+\/issues$/, jira: /\/rest\/api\/3\/issue$/ } as const;
const SHOWN = { github: 'https://api.github.com/repos/OWNER/NAME/issues', jira: 'https://SITE.atlassian.net/rest/api/3/issue' } as const;

/** What `adapters/public-request.ts` would refuse when it is too late; there the address behind the name is looked at as well. */
export function trackerRules({ notifications: { followUps }, regions }: ApplicationPlan): readonly RuleIssue[] {
  if (followUps === undefined) return [];
  const path = ['notifications', 'followUps'];
  const { kind, url, tokenSecretId } = followUps;
  const { protocol, hostname, pathname, search } = new URL(url);
  const isInside = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || !hostname.includes('.') || /\.(localhost|local|internal)$/.test(hostname);
  return [
    ...(protocol === 'https:' ? [] : [error([...path, 'url'], 'the token would be sent in the clear', 'begin it with https://')]),
    ...(isInside ? [error([...path, 'url'], 'this is no name on the internet, and nothing else is asked', `write it as ${SHOWN[kind]}`)] : []),
    ...(PATHS[kind].test(pathname) && search === '' ? [] : [error([...path, 'url'], `issues of ${kind} are not created there`, `write it as ${SHOWN[kind]}`)]),
    ...(tokenSecretId.startsWith('arn:') && !regions.every((region) => tokenSecretId.includes(`:${region}:`)) ? [error([...path, 'tokenSecretId'], 'this ARN is in one region: the secret could not be read in the other', 'give its name, and replicate it to both regions')] : []),
  ];
}
