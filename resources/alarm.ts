// How an alarm is written down: what it looks at, for how long, and what silence of the metric means, with the reason.
// Refuses nothing itself; `test/unit/resources` holds every alarm of every stack against these rules.
import type { Region } from '../domain/plan.ts';
import { arn, logicalId, policy, ref, type Json } from './cloudformation.ts';
import type { Plans } from './plans.ts';

/** What no data means. CloudWatch's own default (`missing`) would leave an alarm without an opinion. */
export interface Silence {
  readonly means: 'notBreaching' | 'breaching' | 'ignore';
  /** Shown in the alarm's description: whoever is woken up must know what the alarm does not see. */
  readonly because: string;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

export interface Watch {
  readonly name: string;
  readonly description: string;
  /** More than one: their sum. */
  readonly metrics: readonly [Metric, ...Metric[]];
  readonly statistic?: 'Sum' | 'Maximum' | 'Minimum' | 'Average' | 'SampleCount';
  /** 10, 20 and 30 only for metrics of high resolution. */
  readonly periodSeconds?: number;
  /** Breaching periods out of how many. */
  readonly periods?: readonly [breaching: number, of: number];
  /** Breaching below this; otherwise above `above`, which is 0 when absent. */
  readonly below?: number;
  readonly above?: number;
  readonly silence: Silence;
  /** False for those that only a composite alarm looks at. */
  readonly tells?: boolean;
}

/** A source that says nothing while nothing happens: the usual case for counts of failures. */
export const ONLY_WHEN_IT_HAPPENS: Silence = { means: 'notBreaching', because: 'AWS publishes this only when it happens' };

/** Topics that the plan names for this region; without any the stack brings its own. */
export const onCallTopics = (region: Region, plans: Plans): readonly unknown[] => {
  const named = [...new Set(plans.applications.flatMap(({ notifications }) => notifications.snsTopicArns[region] ?? []))];
  return named.length > 0 ? named : [ref('OnCall')];
};

export const alarmName = (name: string): string => `hotshift-${name}`;
export const alarmId = (name: string): string => `${logicalId(name)}Alarm`;

/** A metric alarm. */
export function alarm(watch: Watch, topics: readonly unknown[]): Json {
  const { name, description, periods = [1, 1], below, above = 0, silence, tells = true } = watch;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: alarmName(name), AlarmDescription: `${description} Without data: ${silence.means}, as ${silence.because}. See docs/runbook.md.`,
      ...source(watch),
      DatapointsToAlarm: periods[0], EvaluationPeriods: periods[1], Threshold: below ?? above,
      ComparisonOperator: below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold', TreatMissingData: silence.means,
      ...(tells ? { AlarmActions: topics, OKActions: topics } : {}),
    },
  };
}

function source({ metrics, statistic = 'Sum', periodSeconds = 60 }: Watch): Json {
  const [first, ...others] = metrics;
  if (others.length === 0) return { ...metricProperties(first), Statistic: statistic, Period: periodSeconds };
  const parts = metrics.map((metric, index) => ({ Id: `part${index}`, ReturnData: false, MetricStat: { Metric: metricProperties(metric), Period: periodSeconds, Stat: statistic } }));
  // A part without data counts as nothing, or the sum of the others would be lost with it.
  const sum = parts.map(({ Id }) => `FILL(${Id}, 0)`).join(' + ');
  return { Metrics: [{ Id: 'total', Label: 'total', ReturnData: true, Expression: sum }, ...parts] };
}

const metricProperties = ({ namespace, name, dimensions }: Metric): Json => ({
  Namespace: namespace, MetricName: name, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

/**
 * A composite alarm over alarms of this stack. It can only look at alarms of its own account and region (CloudWatch guide, composite
 * alarms): K of N vantage points is a question over regions, which the workflow answers and no alarm can.
 */
export const composite = (name: string, description: string, rule: string, children: readonly string[], topics: readonly unknown[]): Json => ({
  Type: 'AWS::CloudWatch::CompositeAlarm', DependsOn: children.map(alarmId),
  Properties: { AlarmName: alarmName(name), AlarmDescription: `${description} See docs/runbook.md.`, AlarmRule: rule, AlarmActions: topics, OKActions: topics },
});

/** `ALARM("hotshift-...")`, for the rule of a composite alarm. */
export const inAlarm = (name: string): string => `ALARM("${alarmName(name)}")`;

/** The topic of a region for which the plan names none. */
export const ownTopic = (): Json => ({
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
