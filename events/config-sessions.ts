// Sessions and caches as people write them, and the rules that they must keep.
import * as z from 'zod';
import type { ApplicationPlan } from '../domain/plan.ts';
import type { SessionPlan } from '../domain/sessions.ts';
import * as field from './config-fields.ts';
import { error, warning, type RuleIssue } from './config-rule.ts';

const parameterName = z.string().max(500).regex(/^(\/(?!(aws|ssm)(\/|$))[A-Za-z0-9_.-]+)+$/i, 'must be the full name of a parameter, which begins with / and not with /aws or /ssm').meta({ examples: ['/shop/epoch'] });

export const sessionForm = z.strictObject({
  signingKeySecrets: z.array(field.secretId).max(10).describe('Secrets that hold the keys which sign sessions: hotshift check --aws sees that both regions have the same.').prefault([]),
  parameter: parameterName.describe('Parameter of Parameter Store that the application reads: epoch, writer and where pinned users go. It is made when it is not there.').optional(),
  topics: z.record(field.region, field.topicArn).describe('Region -> topic there that the servers are subscribed to: forget what is cached, recycle connections.').prefault({}),
});
export const compiledSessions = z.strictObject({
  signingKeySecretIds: z.array(field.secretId).max(10), parameterName: parameterName.exactOptional(), topicArns: z.record(field.region, field.topicArn),
}) satisfies z.ZodType<SessionPlan>;

export const sessionPlan = ({ signingKeySecrets, parameter, topics }: z.output<typeof sessionForm>): SessionPlan =>
  ({ signingKeySecretIds: signingKeySecrets, topicArns: topics, ...(parameter === undefined ? {} : { parameterName: parameter }) });

export function sessionRules({ sessions, regions }: ApplicationPlan): readonly RuleIssue[] {
  if (sessions === undefined) return [];
  const topics = Object.entries(sessions.topicArns);
  return [
    ...topics.filter(([region, arn]) => arn.split(':')[3] !== region).map(([region, arn]) => error(['sessions', 'topicArns', region], `this topic is in ${arn.split(':')[3] ?? ''}, not in ${region}: it would be silent with that region`, `give a topic in ${region}`)),
    ...topics.filter(([region]) => !regions.includes(region)).map(([region]) => error(['sessions', 'topicArns', region], `${region} is not in the pair (${regions.join(', ')})`, 'remove the topic or correct its region')),
    ...(topics.length === 0 ? [] : [...new Set(regions)].filter((region) => !Object.hasOwn(sessions.topicArns, region)).map((region) => warning(['sessions', 'topicArns'], `there is no topic in ${region}: when it survives, its servers hear nothing`, `add a topic in ${region}`))),
    ...sessions.signingKeySecretIds.filter((id) => id.startsWith('arn:')).map((id) => error(['sessions', 'signingKeySecretIds', sessions.signingKeySecretIds.indexOf(id)], 'an ARN names a secret of one region; the other must have it, too', 'give the name, which is the same in both regions')),
  ];
}
