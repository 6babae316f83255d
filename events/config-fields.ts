// The kinds of values that a configuration is made of: durations, regions, ARNs, names, URLs. Each says what it must be
// and gives an example, which the messages and the JSON schema repeat.
import * as z from 'zod';

const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
const duration = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/;
// Nothing that Hotshift waits for lasts longer than a day.
const durationSecondsMax = 86_400;

function durationSeconds(text: string): number {
  const [, amount = '', unit = ''] = duration.exec(text) ?? [];
  return Math.round(Number(amount) * (secondsOf[unit] ?? Number.NaN) * 1000) / 1000;
}

const unitNeeded = 'must be a duration with its unit (ms, s, m or h)';

/** `5s`, `500ms`, `15m`, `1h`: a number without a unit is refused, since nobody can see what it means. */
export const seconds = (description: string, smallest = 0.001) =>
  z.string(unitNeeded).regex(duration, { error: unitNeeded, abort: true })
    .refine((text) => durationSeconds(text) >= smallest, { error: `must be at least ${smallest} s`, abort: true })
    .refine((text) => durationSeconds(text) <= durationSecondsMax, { error: 'must be at most 24h', abort: true })
    .transform(durationSeconds)
    .meta({ description, examples: ['5s', '500ms', '15m', '1h'] });

export const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region name').max(30)
  .meta({ examples: ['eu-west-1'] });

/** Lower-case ASCII only: two names that look alike in another script would be two applications with one face. */
export const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a lower-case letter, then at most 39 letters, digits or hyphens (a-z, 0-9, -)')
  .meta({ examples: ['shop'] });

/** http(s) with a host; no user, no password, no fragment. The rules say more about where it may point. */
export const url = z.string().max(500).refine(isWebUrl, 'must be a URL that begins with https:// (or http://), without user, password or #fragment')
  .meta({ examples: ['https://shop.example.com/'] });

function isWebUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s\p{Cc}]+$/u.test(text) || !URL.canParse(text)) return false;
  const { hostname, username, password, hash } = new URL(text);
  return hostname !== '' && username === '' && password === '' && hash === '';
}

export const instanceArn = z.string()
  .regex(/^arn:aws(-[a-z]+)*:rds:[a-z0-9-]+:\d{12}:db:[a-zA-Z][a-zA-Z0-9-]{0,62}$/, 'must be the ARN of an RDS DB instance, with a 12-digit account')
  .meta({ examples: ['arn:aws:rds:eu-west-1:111122223333:db:orders'] });
/** Of an instance or of a cluster: which of them a kind takes is a rule between fields. */
export const databaseArn = z.string()
  .regex(/^arn:aws(-[a-z]+)*:rds:[a-z0-9-]+:\d{12}:(db|cluster):[a-zA-Z][a-zA-Z0-9-]{0,62}$/, 'must be the ARN of an RDS DB instance, or of an Aurora DB cluster, with a 12-digit account')
  .meta({ examples: ['arn:aws:rds:eu-west-1:111122223333:db:orders', 'arn:aws:rds:eu-west-1:111122223333:cluster:orders'] });
export const globalClusterId = z.string().regex(/^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/, 'must be the identifier of an Aurora global database: lower case, no double hyphen')
  .meta({ examples: ['orders-global'] });
export const topicArn = z.string()
  .regex(/^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, 'must be the ARN of an SNS standard topic, with a 12-digit account')
  .meta({ examples: ['arn:aws:sns:eu-west-1:111122223333:oncall'] });
export const hostName = z.string().max(253)
  .regex(/^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/, 'must be a host name in lower case, without a port or a final dot')
  .meta({ examples: ['orders.abc123.eu-west-1.rds.amazonaws.com'] });
export const recordName = z.string().max(253)
  .regex(/^(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9-]{1,63}(?<!-))+$/, 'must be a DNS name in lower case with at least two parts, without a final dot')
  .meta({ examples: ['shop.example.com'] });
export const hostedZoneId = z.string().regex(/^Z[A-Z0-9]{1,31}$/, 'must be a Route 53 hosted zone id')
  .meta({ examples: ['Z0123456789ABCDEFGHIJ'] });
export const healthCheckId = z.string().regex(/^[0-9a-f-]{36}$/, 'must be the id of a Route 53 health check')
  .meta({ examples: ['abcdef11-2222-3333-4444-555555fedcba'] });
export const strategy = z.enum(['health-check-switch', 'routing-control', 'weighted-records']);
export const routingControlArn = z.string()
  .regex(/^arn:aws(-[a-z]+)*:route53-recovery-control::\d{12}:controlpanel\/[A-Za-z0-9]{1,64}\/routingcontrol\/[A-Za-z0-9]{1,64}$/, 'must be the ARN of a routing control')
  .meta({ examples: ['arn:aws:route53-recovery-control::111122223333:controlpanel/0123456bbbbbbb0123456bbbbbb0123456/routingcontrol/abcdefg1234567'] });
export const securityGroupId = z.string().regex(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/, 'must be a security group id')
  .meta({ examples: ['sg-0123456789abcdef0'] });
// What Secrets Manager allows in a name.
export const secretId = z.string().regex(/^(arn:aws(-[a-z]+)*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}$/, 'must be the name or the ARN of a Secrets Manager secret')
  .meta({ examples: ['hotshift/orders'] });
/** A table or column as it is written without quotes; a schema may stand before a table. */
export const comparedTable = z.string().regex(/^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$/, 'must be a table, with or without its schema, in lower case').meta({ examples: ['orders', 'public.orders'] });
export const columnName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a column, in lower case').meta({ examples: ['id'] });

export const databaseName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/, 'must be the name of a PostgreSQL database')
  .meta({ examples: ['orders'] });
export const clusterName = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'must be the name (not the ARN) of an ECS cluster or service')
  .meta({ examples: ['shop'] });
export const groupName = z.string().regex(/^[\x21-\x39\x3b-\x7e]{1,255}$/, 'must be the name (not the ARN) of an Auto Scaling group').meta({ examples: ['shop-web'] });
export const functionName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the name (not the ARN) of a Lambda function').meta({ examples: ['shop-api'] });
/** `$LATEST` cannot have provisioned concurrency. */
export const qualifier = z.string().regex(/^(?!\$LATEST$)[A-Za-z0-9_-]{1,128}$/, 'must be an alias or a version of the function').meta({ examples: ['live'] });
/** The form of Application Auto Scaling: `ecs`, `service/shop/web`, `ecs:service:DesiredCount`. */
export const scalingNamespace = z.string().regex(/^[a-z][a-z-]{1,30}$/, 'must be a service namespace of Application Auto Scaling').meta({ examples: ['ecs'] });
export const scalingResource = z.string().regex(/^[\x21-\x7e]{1,1600}$/, 'must be a resource id of Application Auto Scaling').meta({ examples: ['service/shop/web'] });
export const scalingDimension = z.string().regex(/^[a-z-]+:[A-Za-z-]+:[A-Za-z]+$/, 'must be a scalable dimension of Application Auto Scaling').meta({ examples: ['ecs:service:DesiredCount'] });
export const slackChannel = z.string().regex(/^(#[a-z0-9_-]{1,80}|[CG][A-Z0-9]{5,20})$/, 'must be a Slack channel: #name or its id')
  .meta({ examples: ['#incidents'] });
/** Slack's ids: T... or E... for a workspace, U... or W... for a person. */
export const slackTeam = z.string().regex(/^[TE][A-Z0-9]{5,20}$/, 'must be the id of a Slack workspace').meta({ examples: ['T0123456789'] });
export const slackUser = z.string().regex(/^[UW][A-Z0-9]{5,20}$/, 'must be the id of a Slack user (profile, "Copy member ID")').meta({ examples: ['U0123456789'] });
export const urlPath = z.string().max(500).regex(/^\/[\x21-\x7e]*$/, 'must be a path that begins with /').refine((text) => !text.startsWith('//'), 'must be a path, not the start of a URL')
  .meta({ examples: ['/health'] });
export const tableName = z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/, 'must be the name of a DynamoDB table')
  .meta({ examples: ['hotshift'] });

export const whole = (least: number, most: number) => z.number().int().min(least).max(most);
export const ipv4 = z.ipv4('must be an IPv4 address').meta({ examples: ['192.0.2.10'] });
export const ipv6 = z.ipv6('must be an IPv6 address').meta({ examples: ['2001:db8::10'] });
/** What CloudWatch takes as the name of an alarm, without a comma or a line break. */
export const alarmName = z.string().regex(/^[\x20-\x2b\x2d-\x7e]{1,255}$/, 'must be the name of a CloudWatch alarm').meta({ examples: ['shop-errors'] });
export const functionArn = z.string()
  .regex(/^arn:aws(-[a-z]+)*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?$/, 'must be the ARN of a Lambda function, with a 12-digit account')
  .meta({ examples: ['arn:aws:lambda:eu-west-1:111122223333:function:make-load'] });
export const day = z.iso.date('must be a day such as 2026-12-24').meta({ examples: ['2026-12-24'] });
/** Six fields; the rest is EventBridge Scheduler's to check. */
export const cron = z.string().regex(/^cron\(\S+( \S+){5}\)$/, 'must be a cron expression of EventBridge Scheduler, with six fields').meta({ examples: ['cron(0 10 ? * 3#1 *)'] });
export const timeZone = z.string().max(60).refine((text) => /^[A-Z][A-Za-z0-9_+/-]+$/.test(text) && hasZone(text), 'must be a time zone of the IANA database').meta({ examples: ['Europe/Berlin', 'UTC'] });

function hasZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** A word of functions/rehearse/catalogue.ts. */
export const findingId = z.string().regex(/^[a-z][a-z0-9-]{2,40}$/, 'must be the id of a finding').meta({ examples: ['dns-single-provider'] });
