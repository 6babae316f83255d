// What a rehearsal may do: read. The only writes are the item in which it remembers what it told, and the message itself.
import { describeSides } from './permissions-databases.ts';
import { arn, type Statement } from './cloudformation.ts';
import { evidenceArn } from './evidence.ts';
import { allInstances, isWitness, type Plans } from './plans.ts';
import type { ApplicationPlan, Region } from '../domain/plan.ts';

const zoneArns = (plans: Plans): readonly string[] => [...new Set(plans.applications.flatMap((plan) => [
  ...plan.traffic.map(({ hostedZoneId }) => hostedZoneId), ...plan.databases.flatMap(({ writerRecord }) => writerRecord?.hostedZoneId ?? []),
]))].map((zone) => `arn:aws:route53:::hostedzone/${zone}`);

const allow = (Sid: string, Action: readonly string[], Resource: unknown, Condition?: Statement['Condition']): Statement =>
  ({ Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });

/** In every place: Hotshift's own parts. */
export function readDeployment(region: Region, plans: Plans): readonly Statement[] {
  const places = [...new Set(plans.applications.flatMap(placesOf))];
  return [
    allow('DescribeTable', ['dynamodb:DescribeTable', 'dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTimeToLive'], arn('dynamodb', `table/${plans.table}`, region)),
    // A key is known only from what it encrypts.
    allow('DescribeKeys', ['kms:DescribeKey'], arn('kms', 'key/*', region)),
    allow('DescribeFunctions', ['lambda:GetFunctionConfiguration', 'lambda:GetFunctionConcurrency'], places.map((place) => arn('lambda', 'function:hotshift-*', place))),
    allow('DescribeWorkflow', ['states:DescribeStateMachine'], arn('states', 'stateMachine:hotshift-failover', region)),
    allow('DescribeRules', ['events:DescribeRule', 'events:ListTargetsByRule'], arn('events', 'rule/hotshift-*', region)),
    allow('DescribeSchedules', ['scheduler:GetSchedule'], arn('scheduler', 'schedule/hotshift/hotshift-*', region)),
    allow('DescribeBucket', ['s3:GetBucketObjectLockConfiguration', 's3:GetBucketPublicAccessBlock'], evidenceArn),
    allow('Simulate', ['iam:SimulatePrincipalPolicy'], arn('iam', 'role/hotshift-*', '')),
  ];
}

/** In a region of the pair: what serves there, what replicates, and the records. */
export function readApplications(region: Region, plans: Plans): readonly Statement[] {
  if (isWitness(region, plans)) return [];
  const pairs = [...new Set(plans.applications.filter(({ regions }) => regions.includes(region)).flatMap(({ regions }) => regions))];
  const instances = allInstances(plans).filter((entry) => pairs.includes(entry.region));
  const zones = zoneArns(plans);
  return [
    ...(instances.length === 0 ? [] : [
      ...describeSides(instances),
      // Parameter groups are known only from the instances.
      allow('DescribeParameters', ['rds:DescribeDBParameters'], pairs.map((place) => arn('rds', 'pg:*', place))),
    ]),
    ...(zones.length === 0 ? [] : [
      allow('ReadZones', ['route53:GetHostedZone', 'route53:ListResourceRecordSets'], zones),
      allow('ReadHealthChecks', ['route53:GetHealthCheck'], 'arn:aws:route53:::healthcheck/*'),
    ]),
    ...describeServices(region, plans),
    // None of these knows a resource to name (Service Authorization Reference).
    allow('ReadAccount', [
      'cloudwatch:GetMetricData', 'ecs:DescribeTaskDefinition', 'elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeLoadBalancerAttributes',
      'acm:ListCertificates', 'servicequotas:GetServiceQuota', 'lambda:GetAccountSettings',
    ], '*'),
  ];
}

/** Secrets are described where a value of them is needed; a replicated one carries the same versions in both regions. */
export function secretsToDescribe(region: Region, plans: Plans): readonly { readonly id: string; readonly region: Region }[] {
  const databases = isWitness(region, plans) ? [] : allInstances(plans).map((entry) => ({ id: entry.instance.secretId, region: entry.region }));
  const keys = isWitness(region, plans) ? [] : plans.applications.flatMap(({ sessions, regions }) => (sessions?.signingKeySecretIds ?? []).flatMap((id) => regions.map((place) => ({ id, region: place }))));
  return [...databases, ...keys, ...plans.applications.flatMap(({ notifications }) => (notifications.slack === undefined ? [] : [{ id: notifications.slack.tokenSecretId, region }]))];
}

function describeServices(region: Region, plans: Plans): readonly Statement[] {
  const services = plans.applications.flatMap(({ capacity }) => capacity.flatMap((entry) => (entry.kind === 'ecs' ? entry.services[region] ?? [] : [])));
  if (services.length === 0) return [];
  return [allow('DescribeServices', ['ecs:DescribeServices'], services.map(({ cluster, service }) => arn('ecs', `service/${cluster}/${service}`, region)),
    { ArnEquals: { 'ecs:cluster': [...new Set(services.map(({ cluster }) => cluster))].map((cluster) => arn('ecs', `cluster/${cluster}`, region)) } })];
}

const placesOf = (plan: ApplicationPlan): readonly Region[] => [...plan.regions, plan.witness];
