// What pages on-call when Hotshift itself is unwell: a failover that did not end well, a blind vantage point, a lost event.
// Each alarm says what silence means. Outages of an application are not told here but by `announce`.
import type { Region } from '../domain/plan.ts';
import { arn, attribute, logicalId, policy, ref, type Json } from './cloudformation.ts';
import { AGENTS, functionsAt } from './functions.ts';
import type { Plans } from './plans.ts';
import { agentsAt } from './rules.ts';

interface Watch {
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly statistic?: 'Sum' | 'Maximum';
  /** Minutes out of which minutes. */
  readonly minutes?: readonly [breaching: number, of: number];
  readonly below?: number;
  readonly silence: 'notBreaching' | 'breaching';
  /** False for those that only a composite alarm looks at. */
  readonly tells?: boolean;
}

/** Topics that the plan names for this region; without any the stack brings its own. */
export const onCallTopics = (region: Region, plans: Plans): readonly unknown[] => {
  const named = [...new Set(plans.applications.flatMap(({ notifications }) => notifications.snsTopicArns[region] ?? []))];
  return named.length > 0 ? named : [ref('OnCall')];
};

export function alarms(region: Region, plans: Plans): Json {
  const topics = onCallTopics(region, plans);
  const agents = agentsAt(region, plans);
  const watches = [...failovers(), ...deliveries(), ...agents.flatMap(blindness), ...functionsAt(region, plans).map(throttles)];
  return {
    ...(topics.some((topic) => typeof topic !== 'string') ? ownTopic() : {}),
    ...Object.fromEntries(watches.map((watch) => [`${logicalId(watch.name)}Alarm`, alarm(watch, topics)])),
    ...Object.fromEntries(agents.map((name) => [`${logicalId(name)}IdleAlarm`, idle(name, topics)])),
  };
}

function failovers(): readonly Watch[] {
  const base = { namespace: 'AWS/States', dimensions: { StateMachineArn: ref('FailoverStateMachine') }, silence: 'notBreaching' } as const;
  return [
    { ...base, name: 'failover-handed-over', metric: 'ExecutionsFailed', description: 'A failover was handed to a human, or failed. Its journal says at which step and why.' },
    { ...base, name: 'failover-timed-out', metric: 'ExecutionsTimedOut', description: 'A failover did not end within its two hours.' },
    { ...base, name: 'failover-aborted', metric: 'ExecutionsAborted', description: 'Somebody stopped a failover half-way.' },
    { ...base, name: 'failover-throttled', metric: 'ExecutionThrottled', description: 'Step Functions held a failover back.' },
  ];
}

function deliveries(): readonly Watch[] {
  const scheduler = { namespace: 'AWS/Scheduler', dimensions: { ScheduleGroup: ref('Schedules') }, silence: 'notBreaching', minutes: [3, 5] } as const;
  return [
    { name: 'dead-letters', description: 'An event that should have started something did not.', namespace: 'AWS/SQS', metric: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: attribute('DeadLetters', 'QueueName') }, statistic: 'Maximum', silence: 'notBreaching' },
    { ...scheduler, name: 'schedule-errors', metric: 'TargetErrorCount', description: 'The scheduler could not start an agent.' },
    { ...scheduler, name: 'schedule-throttled', metric: 'InvocationThrottleCount', description: 'The scheduler was held back.' },
  ];
}

/** An agent that fails, or that does not run at all: one lost minute is nothing, three of five are a blind spot. */
const blindness = (name: string): readonly Watch[] => {
  const base = { namespace: 'AWS/Lambda', dimensions: { FunctionName: ref(`${logicalId(name)}LambdaFunction`) }, tells: false } as const;
  return [
    { ...base, name: `${name}-errors`, metric: 'Errors', description: `hotshift-${name} fails.`, minutes: [3, 5], silence: 'notBreaching' },
    { ...base, name: `${name}-silent`, metric: 'Invocations', description: `hotshift-${name} does not run.`, minutes: [3, 3], below: 1, silence: 'breaching' },
  ];
};

const throttles = (name: string): Watch => ({
  name: `${name}-throttled`, metric: 'Throttles', namespace: 'AWS/Lambda', dimensions: { FunctionName: ref(`${logicalId(name)}LambdaFunction`) },
  description: `hotshift-${name} was refused a place to run${AGENTS.has(name) ? '' : ' during a failover'}: look at the account's concurrency.`, silence: 'notBreaching',
});

function alarm({ name, description, namespace, metric, dimensions, statistic = 'Sum', minutes = [1, 1], below, silence, tells = true }: Watch, topics: readonly unknown[]): Json {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `hotshift-${name}`, AlarmDescription: `${description} See docs/runbook.md.`, Namespace: namespace, MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })), Statistic: statistic, Period: 60,
      DatapointsToAlarm: minutes[0], EvaluationPeriods: minutes[1], Threshold: below ?? 0,
      ComparisonOperator: below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold', TreatMissingData: silence,
      ...(tells ? { AlarmActions: topics, OKActions: topics } : {}),
    },
  };
}

/** One page for an agent that is of no use, whatever the reason. */
const idle = (name: string, topics: readonly unknown[]): Json => ({
  Type: 'AWS::CloudWatch::CompositeAlarm', DependsOn: [`${logicalId(name)}ErrorsAlarm`, `${logicalId(name)}SilentAlarm`],
  Properties: {
    AlarmName: `hotshift-${name}-idle`, AlarmDescription: `hotshift-${name} fails or does not run: this place ${name === 'observe' ? 'sees nothing' : 'would not fence'}. See docs/runbook.md.`,
    AlarmRule: `ALARM("hotshift-${name}-errors") OR ALARM("hotshift-${name}-silent")`, AlarmActions: topics, OKActions: topics,
  },
});

const ownTopic = (): Json => ({
  OnCall: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'hotshift-on-call', KmsMasterKeyId: ref('Key') } },
  OnCallPolicy: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [ref('OnCall')],
      PolicyDocument: policy([
        { Sid: 'Alarms', Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish', Resource: ref('OnCall'), Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') }, ArnLike: { 'aws:SourceArn': arn('cloudwatch', 'alarm:hotshift-*') } } },
        { Sid: 'OnlyTls', Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: ref('OnCall'), Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ]),
    },
  },
});
