// The compiled form: `{"applications": [...]}`, complete plans as the Lambdas read them, without defaults and without YAML.
// Made by `compilePlans`; read with the same rules as `hotshift.yml`, since a bundle may be older than its reader.
import * as z from 'zod';
import type { ApplicationPlan } from '../domain/plan.ts';
import type { EvidencePlan } from '../domain/records.ts';
import { compiledCapacity } from './config-capacity.ts';
import { compiledHook } from './config-hooks.ts';
import { compiledTracker } from './config-tracker.ts';
import { compiledSessions } from './config-sessions.ts';
import * as field from './config-fields.ts';
import type { ConfigIssue } from './config-issue.ts';
import { InvalidConfigError } from './config-issue.ts';
import { rulesOf } from './config-rules.ts';
import { shape } from './config-shape.ts';

const { whole } = field;
const seconds = z.number().min(0.001).max(86_400);

const database = z.strictObject({
  name: field.name,
  kind: z.enum(['rds-replica', 'aurora-global']),
  engine: z.enum(['postgres', 'mysql']),
  globalCluster: field.globalClusterId.exactOptional(),
  shardOf: field.region.exactOptional(),
  after: z.array(field.name).max(20).exactOptional(),
  instances: z.record(field.region, z.strictObject({
    identifier: z.string().min(1).max(63),
    arn: field.databaseArn,
    host: field.hostName,
    readerHost: field.hostName.exactOptional(),
    port: whole(1, 65_535),
    databaseName: field.databaseName,
    secretId: field.secretId,
    securityGroupId: field.securityGroupId,
  })),
  writerRecord: z.strictObject({ hostedZoneId: field.hostedZoneId, name: field.recordName, ttlSeconds: seconds.min(1), leads: z.boolean().exactOptional() }).exactOptional(),
  promoteTimeoutSeconds: seconds,
  pollSeconds: seconds.min(0.1),
  failback: z.strictObject({
    compare: z.array(z.strictObject({ table: field.comparedTable, key: z.array(field.columnName).min(1).max(8), writtenAt: field.columnName })).max(20),
    rebuildTimeoutSeconds: seconds.min(1),
  }).exactOptional(),
});

const traffic = z.strictObject({
  name: field.name,
  strategies: z.array(field.strategy).min(1).max(3),
  strategyTimeoutSeconds: seconds.min(1),
  ramp: z.array(whole(1, 100)).min(1).max(20),
  hostedZoneId: field.hostedZoneId,
  recordName: field.recordName,
  ttlSeconds: seconds.min(1),
  endpoints: z.record(field.region, z.strictObject({
    ipv4: z.array(field.ipv4).max(100),
    ipv6: z.array(field.ipv6).max(100),
    weight: whole(0, 255),
    healthCheckId: field.healthCheckId.exactOptional(),
  })),
  makeHealthChecks: z.boolean().exactOptional(),
});

export const compiledApplication = z.strictObject({
  application: field.name,
  regions: z.tuple([field.region, field.region]),
  witness: field.region,
  probeUrls: z.record(field.region, field.url),
  publicUrl: field.url,
  detection: z.strictObject({
    probeIntervalSeconds: seconds.min(0.1), probeTimeoutSeconds: seconds.min(0.05), slowSeconds: seconds.min(0.01),
    failuresToSuspect: whole(1, 20), quorum: whole(0, 99),
    evidenceAgeSecondsMax: seconds, evidenceWaitSeconds: seconds, suspicionRepeatSeconds: seconds, databaseOutageSeconds: z.number().nonnegative(), controlUrl: field.url,
  }),
  permit: z.strictObject({ enforced: z.boolean(), ttlSeconds: seconds.min(0.1), clockErrorSeconds: seconds }),
  lease: z.strictObject({ ttlSeconds: seconds, marginSeconds: seconds }),
  budgets: z.strictObject({ rpoSeconds: seconds, rtoSeconds: seconds }),
  policy: z.strictObject({
    approval: z.enum(['none', 'required']), approvalTimeoutSeconds: seconds, approvalDefault: z.enum(['hold', 'proceed', 'abort']),
    approvalsNeeded: whole(1, 2),
    unprovenFence: z.enum(['hand-over', 'proceed']), cooldownSeconds: seconds,
  }),
  databases: z.array(database),
  traffic: z.array(traffic),
  routingControls: z.strictObject({
    endpoints: z.array(z.strictObject({ region: field.region, url: field.url })).min(1).max(5),
    controls: z.record(field.region, field.routingControlArn),
  }).exactOptional(),
  capacity: z.array(compiledCapacity),
  warm: z.strictObject({ paths: z.array(field.urlPath).max(200), concurrency: whole(1, 50), timeoutSeconds: seconds }),
  notifications: z.strictObject({
    slack: z.strictObject({
      apiUrl: field.url, channel: field.slackChannel, tokenSecretId: field.secretId,
      people: z.strictObject({
        signingSecretId: field.secretId, team: field.slackTeam,
        approvers: z.record(field.name, field.slackUser), operators: z.record(field.name, field.slackUser),
      }).exactOptional(),
    }).exactOptional(),
    pagerDuty: z.strictObject({ eventsUrl: field.url, routingKeySecretId: field.secretId }).exactOptional(),
    snsTopicArns: z.record(field.region, field.topicArn),
    followUps: compiledTracker.exactOptional(),
  }),
  drills: z.strictObject({
    holdSeconds: seconds, stepSeconds: seconds, guardIntervalSeconds: seconds, latencySeconds: seconds, patienceSeconds: seconds,
    alarms: z.array(field.alarmName).max(50), load: z.strictObject({ functionArns: z.record(field.region, field.functionArn), factor: z.number().min(1).max(10) }).exactOptional(),
    freeze: z.array(z.strictObject({ from: field.day, to: field.day })).max(100),
    schedule: z.strictObject({ cron: field.cron, switchover: field.cron.exactOptional(), timeZone: field.timeZone }).exactOptional(),
  }),
  sessions: compiledSessions.exactOptional(),
  hooks: z.array(compiledHook).max(20).exactOptional(),
  accept: z.record(field.findingId, z.string().max(300)).exactOptional(),
}) satisfies z.ZodType<ApplicationPlan>;

export const compiledForm = z.strictObject({
  table: field.tableName.default('hotshift'),
  evidence: z.strictObject({ retentionDays: whole(1, 36_500), mode: z.enum(['governance', 'compliance']) }).exactOptional(),
  applications: z.array(compiledApplication).min(1).max(200),
});

export interface Plans {
  readonly applications: readonly ApplicationPlan[];
  /** The DynamoDB table that holds leases, permits, observations and the journal. */
  readonly table: string;
  /** How the bucket of records holds them; STANDARD_EVIDENCE when absent. */
  readonly evidence?: EvidencePlan;
}

/** The compiled form of plans, as the deployment hands it to the Lambdas. */
export const compilePlans = ({ table, evidence, applications }: Plans): string => `${JSON.stringify({ table, ...(evidence === undefined ? {} : { evidence }), applications })}\n`;

/** Reads a compiled tree; problems are returned with their paths, without places in a file. */
export function checkCompiled(tree: unknown): { readonly plans?: Plans; readonly issues: readonly ConfigIssue[] } {
  const { value, issues } = shape(compiledForm, tree, []);
  if (value === undefined) return { issues };
  const found = rulesOf(value.applications, (index, path) => ['applications', index, ...path]);
  return { plans: value, issues: [...issues, ...found] };
}

/** For Lambdas: the compiled form alone, by `JSON.parse`. Throws InvalidConfigError with all problems. */
export function parseCompiledPlans(text: string, fileName = 'plans.json'): Plans {
  const { plans, issues } = checkCompiled(jsonTree(text, fileName));
  const errors = issues.filter((issue) => issue.severity === 'error');
  if (plans === undefined || errors.length > 0) throw new InvalidConfigError(errors, fileName);
  return plans;
}

function jsonTree(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `the JSON cannot be read: ${error instanceof Error ? error.message.slice(0, 100) : 'unknown reason'}`;
    throw new InvalidConfigError([{ severity: 'error', path: [], message, fix: 'compile it again from hotshift.yml' }], fileName);
  }
}
