// From the form that people write to the plan that the steps read: every default filled in, durations in seconds.
// `formPath` is the way back, so that a rule about a plan names the field that a person wrote.
import type { DrillSchedule } from '../domain/drill.ts';
import type { ApplicationPlan, DatabasePlan, NotificationPlan, SlackPlan, TrafficPlan } from '../domain/plan.ts';
import { capacityPlan } from './config-capacity.ts';
import { hookPlan } from './config-hooks.ts';
import { trackerPlan } from './config-tracker.ts';
import { sessionPlan } from './config-sessions.ts';
import type { ApplicationForm } from './config-form.ts';
import type { ConfigPath } from './config-issue.ts';

// The longest TimeoutSeconds of a step in statemachines/failover.asl.yaml; a lease must outlive it. (An approval holds no lease.)
export const stepSecondsMax = 60;

/** The complete plan of an application. */
export function fillPlan(application: string, form: ApplicationForm): ApplicationPlan {
  return {
    application,
    ...(form.priority === undefined ? {} : { priority: form.priority }),
    regions: form.regions.pair,
    witness: form.regions.witness,
    probeUrls: form.urls.probe,
    publicUrl: form.urls.public,
    detection: detectionPlan(form),
    permit: { enforced: form.permit.enforced, ttlSeconds: form.permit.ttl, clockErrorSeconds: form.permit.clockError },
    lease: { ttlSeconds: form.lease.ttl, marginSeconds: form.lease.margin },
    budgets: { rpoSeconds: form.budgets.rpo, rtoSeconds: form.budgets.rto },
    policy: {
      approval: form.policy.approval,
      approvalTimeoutSeconds: form.policy.approvalTimeout,
      approvalDefault: form.policy.approvalDefault,
      approvalsNeeded: form.policy.approvalsNeeded,
      unprovenFence: form.policy.unprovenFence,
      cooldownSeconds: form.policy.cooldown,
    },
    databases: Object.entries(form.databases).map(([name, database]) => databasePlan(name, database)),
    traffic: Object.entries(form.traffic).map(([name, traffic]) => trafficPlan(name, traffic)),
    ...(form.routingControls === undefined ? {} : { routingControls: form.routingControls }),
    capacity: Object.entries(form.capacity).map(([name, capacity]) => capacityPlan(name, capacity)),
    warm: { paths: form.warm.paths, concurrency: form.warm.concurrency, timeoutSeconds: form.warm.timeout },
    ...(form.sessions === undefined ? {} : { sessions: sessionPlan(form.sessions) }),
    ...(Object.keys(form.hooks).length === 0 ? {} : { hooks: Object.entries(form.hooks).map(([name, hook]) => hookPlan(name, hook)) }),
    drills: drillPlan(form),
    notifications: notificationPlan(form),
    ...(form.accept === undefined ? {} : { accept: form.accept }),
  };
}

function detectionPlan({ detection, urls }: ApplicationForm): ApplicationPlan['detection'] {
  return {
    probeIntervalSeconds: detection.probeInterval,
    probeTimeoutSeconds: detection.probeTimeout,
    slowSeconds: detection.slow,
    failuresToSuspect: detection.failuresToSuspect,
    quorum: detection.quorum,
    evidenceAgeSecondsMax: detection.evidenceAge,
    evidenceWaitSeconds: detection.evidenceWait,
    suspicionRepeatSeconds: detection.suspicionRepeat, databaseOutageSeconds: detection.databaseOutage,
    controlUrl: urls.control,
  };
}

function databasePlan(name: string, form: ApplicationForm['databases'][string]): DatabasePlan {
  const instances = Object.entries(form.instances).map(([region, instance]) => [region, {
    identifier: instance.arn.slice(instance.arn.lastIndexOf(':') + 1),
    arn: instance.arn,
    host: instance.host,
    ...(instance.readerHost === undefined ? {} : { readerHost: instance.readerHost }),
    port: instance.port ?? form.port,
    databaseName: form.databaseName,
    secretId: instance.secret,
    securityGroupId: instance.securityGroup,
  }] as const);
  const record = form.writerRecord;
  return {
    name,
    kind: form.kind,
    engine: form.engine,
    ...(form.globalCluster === undefined ? {} : { globalCluster: form.globalCluster }),
    ...(form.topology === 'region-sharded' && form.home !== undefined ? { shardOf: form.home } : {}),
    ...(form.after.length === 0 ? {} : { after: form.after }),
    instances: Object.fromEntries(instances),
    ...(record === undefined ? {} : { writerRecord: { hostedZoneId: record.hostedZone, name: record.name, ttlSeconds: record.ttl, leads: record.leads } }),
    promoteTimeoutSeconds: form.promoteTimeout,
    pollSeconds: form.poll,
    ...(form.failback === undefined ? {} : { failback: { compare: form.failback.compare, rebuildTimeoutSeconds: form.failback.rebuildTimeout } }),
  };
}

function trafficPlan(name: string, form: ApplicationForm['traffic'][string]): TrafficPlan {
  const endpoints = Object.entries(form.endpoints).map(([region, { healthCheck, ...endpoint }]) =>
    [region, { ...endpoint, ...(healthCheck === undefined ? {} : { healthCheckId: healthCheck }) }] as const);
  return {
    name,
    strategies: form.strategies ?? [form.strategy ?? 'weighted-records'],
    strategyTimeoutSeconds: form.strategyTimeout,
    ramp: form.ramp,
    hostedZoneId: form.hostedZone,
    recordName: form.record,
    ttlSeconds: form.ttl,
    endpoints: Object.fromEntries(endpoints),
    ...(form.makeHealthChecks ? { makeHealthChecks: true } : {}),
  };
}

function notificationPlan({ notifications: { slack, pagerDuty, followUps, snsTopics } }: ApplicationForm): NotificationPlan {
  return {
    ...(slack === undefined ? {} : { slack: { apiUrl: slack.apiUrl, channel: slack.channel, tokenSecretId: slack.tokenSecret, ...peoplePlan(slack) } }),
    ...(pagerDuty === undefined ? {} : { pagerDuty: { eventsUrl: pagerDuty.eventsUrl, routingKeySecretId: pagerDuty.routingKeySecret } }),
    snsTopicArns: snsTopics,
    ...(followUps === undefined ? {} : { followUps: trackerPlan(followUps) }),
  };
}

function drillPlan({ drills: { hold, step, guardInterval, latency, patience, load, schedule, ...rest } }: ApplicationForm): ApplicationPlan['drills'] {
  return {
    holdSeconds: hold, stepSeconds: step, guardIntervalSeconds: guardInterval, latencySeconds: latency, patienceSeconds: patience, ...rest,
    ...(load === undefined ? {} : { load }), ...(schedule === undefined ? {} : { schedule: schedulePlan(schedule) }),
  };
}

function schedulePlan({ cron, switchover, timeZone }: NonNullable<ApplicationForm['drills']['schedule']>): DrillSchedule {
  return { cron, ...(switchover === undefined ? {} : { switchover }), timeZone };
}

function peoplePlan({ people }: NonNullable<ApplicationForm['notifications']['slack']>): Pick<SlackPlan, 'people'> {
  if (people === undefined) return {};
  const { signingSecret, ...rest } = people;
  return { people: { signingSecretId: signingSecret, ...rest } };
}

const moved: Readonly<Record<string, ConfigPath>> = {
  regions: ['regions', 'pair'],
  witness: ['regions', 'witness'],
  probeUrls: ['urls', 'probe'],
  publicUrl: ['urls', 'public'],
};

/** The field of the form that a field of the plan came from. */
export function formPath(plan: ApplicationPlan, path: ConfigPath): ConfigPath {
  const [first, second, ...rest] = path;
  if (typeof first !== 'string') return path;
  if (first === 'detection' && second === 'controlUrl') return ['urls', 'control'];
  const home = moved[first];
  if (home !== undefined) return second === undefined ? home : [...home, second, ...rest];
  if ((first === 'databases' || first === 'traffic' || first === 'capacity' || first === 'hooks') && typeof second === 'number') {
    return [first, plan[first]?.[second]?.name ?? second, ...rest.map(formWord)];
  }
  return [first, ...(second === undefined ? [] : [formWord(second)]), ...rest.map(formWord)];
}

/** The form has units in the value and no `Id` in the name. */
function formWord(step: string | number): string | number {
  if (typeof step === 'number') return step;
  if (step === 'identifier') return 'arn';
  if (step === 'topicArns') return 'topics';
  if (step === 'signingKeySecretIds') return 'signingKeySecrets';
  if (step === 'shardOf') return 'home';
  return step.replace(/Seconds(Max)?$|Id$|(?<=record)Name$/, '').replace(/^snsTopicArns$/, 'snsTopics');
}
