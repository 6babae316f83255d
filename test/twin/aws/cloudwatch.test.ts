// CloudWatch: statistics and alarms through the SDK client; the decision on its own.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CloudWatchClient, DeleteAlarmsCommand, DescribeAlarmsCommand, GetMetricDataCommand, GetMetricStatisticsCommand, PutMetricAlarmCommand, PutMetricDataCommand, SetAlarmStateCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { alarmState, type AlarmState } from '../../../twin/aws/services/cloudwatch/alarm-state.ts';
import { cloudWatchService, type CloudWatchService } from '../../../twin/aws/services/cloudwatch.ts';
import type { BusEvent } from '../../../twin/aws/services/eventbridge/event.ts';
import { snsService, type SnsService } from '../../../twin/aws/services/sns.ts';
import { EAST, openWorld, rejection, until, WEST, type World } from './world.ts';

let world: World;
let watch: CloudWatchClient;
let service: CloudWatchService;
let topics: SnsService;
let now = 0;
const events: BusEvent[] = [];

beforeEach(async () => {
  events.length = 0;
  now = Date.parse('2026-03-01T00:00:00Z');
  world = await openWorld(({ call }) => {
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    service = cloudWatchService({ clock, call, emit: (event) => events.push(event) });
    topics = snsService({ clock, topics: [{ region: EAST, name: 'oncall' }] });
    return [service, topics];
  });
  watch = new CloudWatchClient(world.client(EAST));
});
afterEach(() => world.close());

const Dimensions = [{ Name: 'application', Value: 'shop' }];
const put = (Value: number, extra = {}) => watch.send(new PutMetricDataCommand({ Namespace: 'Hotshift', MetricData: [{ MetricName: 'down', Dimensions, Value, ...extra }] }));
const alarm = (extra: Partial<PutMetricAlarmCommandInput> = {}) => watch.send(new PutMetricAlarmCommand({
  AlarmName: 'down', Namespace: 'Hotshift', MetricName: 'down', Dimensions, Statistic: 'Maximum', Period: 10, EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold', ...extra,
}));
const state = async () => (await watch.send(new DescribeAlarmsCommand({ AlarmNames: ['down'] }))).MetricAlarms?.[0]?.StateValue;

it('statistics over aligned periods', async () => {
  for (const value of [1, 2, 6]) await put(value);
  now += 60_000;
  await put(10, { Timestamp: new Date(now) });
  await watch.send(new PutMetricDataCommand({ Namespace: 'Hotshift', MetricData: [{ MetricName: 'down', Dimensions, StatisticValues: { SampleCount: 2, Sum: 30, Minimum: 5, Maximum: 25 } }] }));
  const span = { StartTime: new Date(now - 60_000), EndTime: new Date(now + 60_000) };
  const query = (Id: string, Stat: string) => ({ Id, MetricStat: { Metric: { Namespace: 'Hotshift', MetricName: 'down', Dimensions }, Period: 60, Stat } });
  const { MetricDataResults } = await watch.send(new GetMetricDataCommand({ ...span, MetricDataQueries: [query('a', 'Average'), query('b', 'Sum'), query('c', 'p50'), query('d', 'SampleCount')], ScanBy: 'TimestampAscending' }));
  expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[3, 40 / 3], [9, 40], [2, 10], [3, 3]]);
  expect(MetricDataResults?.[0]?.Timestamps).toEqual([new Date(now - 60_000), new Date(now)]);
  const { Datapoints } = await watch.send(new GetMetricStatisticsCommand({ ...span, Namespace: 'Hotshift', MetricName: 'down', Dimensions, Period: 60, Statistics: ['Minimum', 'Maximum'] }));
  expect(Datapoints?.map(({ Minimum, Maximum }) => [Minimum, Maximum])).toEqual([[1, 6], [5, 25]]);
  const elsewhere = await new CloudWatchClient(world.client(WEST)).send(new GetMetricDataCommand({ ...span, MetricDataQueries: [query('a', 'Average')] }));
  expect(elsewhere.MetricDataResults?.[0]?.Values).toEqual([]);
});

it('an alarm goes off at M of N, tells its action and the bus, and comes back', async () => {
  await alarm({ AlarmActions: [`arn:aws:sns:${EAST}:111122223333:oncall`] });
  expect(await state()).toBe('INSUFFICIENT_DATA');
  await put(1);
  expect(await state()).toBe('OK');
  now += 10_000;
  await put(1);
  expect(await state()).toBe('ALARM');
  await until(() => topics.published.length === 1);
  expect(events.at(-1)).toMatchObject({
    source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', region: EAST, resources: [`arn:aws:cloudwatch:${EAST}:111122223333:alarm:down`],
    detail: { alarmName: 'down', state: { value: 'ALARM' }, previousState: { value: 'OK' }, configuration: { metrics: [{ metricStat: { period: 10, stat: 'Maximum' } }] } },
  });
  for (let round = 0; round < 3; round += 1) {
    now += 10_000;
    await put(0);
  }
  expect(await state()).toBe('OK');
});

it('silence is what TreatMissingData says', async () => {
  await alarm({ TreatMissingData: 'breaching' });
  await put(0);
  now += 300_000;
  service.evaluate();
  expect(await state()).toBe('ALARM');
});

it('a state set by hand stands until the next evaluation', async () => {
  await alarm();
  await watch.send(new SetAlarmStateCommand({ AlarmName: 'down', StateValue: 'ALARM', StateReason: 'drill' }));
  expect(await state()).toBe('ALARM');
  service.evaluate(EAST);
  expect(await state()).toBe('INSUFFICIENT_DATA');
  await watch.send(new DeleteAlarmsCommand({ AlarmNames: ['down'] }));
  expect(await state()).toBeUndefined();
});

describe('the decision', () => {
  const rule = (treatMissingData: string) => ({ comparison: 'GreaterThanThreshold', threshold: 5, evaluationPeriods: 3, datapointsToAlarm: 2, treatMissingData });
  const none = undefined;
  const cases: readonly (readonly [string, string, readonly (number | undefined)[], AlarmState, AlarmState])[] = [
    ['two of three breach', 'missing', [6, 1, 6], 'OK', 'ALARM'], ['one does', 'missing', [6, 1, 1], 'ALARM', 'OK'], ['one and two missing', 'missing', [none, none, 6], 'OK', 'OK'],
    ['nothing, missing', 'missing', [none, none, none], 'ALARM', 'INSUFFICIENT_DATA'], ['nothing, breaching', 'breaching', [none, none, none], 'OK', 'ALARM'],
    ['nothing, notBreaching', 'notBreaching', [none, none, none], 'ALARM', 'OK'], ['nothing, ignore', 'ignore', [none, none, none], 'ALARM', 'ALARM'],
    ['undecided, ignore', 'ignore', [none, none, 6], 'ALARM', 'ALARM'], ['decided, ignore', 'ignore', [1, 1, none], 'ALARM', 'OK'], ['at the threshold', 'missing', [5, 5, 5], 'OK', 'OK'],
  ];
  it.each(cases)('%s', (_name, treat, values, current, expected) => expect(alarmState(rule(treat), values, current).state).toBe(expected));
});

describe('errors', () => {
  const cases: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['AWS\'s own namespace', () => watch.send(new PutMetricDataCommand({ Namespace: 'AWS/RDS', MetricData: [{ MetricName: 'm', Value: 1 }] })), 'InvalidParameterValueException'],
    ['a datum without a value', () => watch.send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [{ MetricName: 'm' }] })), 'MissingRequiredParameterException'],
    ['no namespace', () => watch.send(new PutMetricDataCommand({ MetricData: [] } as never)), 'MissingRequiredParameterException'],
    ['an alarm that is not there', () => watch.send(new SetAlarmStateCommand({ AlarmName: 'absent', StateValue: 'OK', StateReason: 'r' })), 'ResourceNotFound'],
    ['a state that is none', async () => { await alarm(); await watch.send(new SetAlarmStateCommand({ AlarmName: 'down', StateValue: 'RED' as never, StateReason: 'r' })); }, 'ValidationException'],
    ['an odd period', () => alarm({ Period: 45 }), 'ValidationException'],
    ['M above N', () => alarm({ DatapointsToAlarm: 4 }), 'ValidationException'],
    ['metric math', () => alarm({ Metrics: [{ Id: 'e', Expression: 'm1*2' }] }), 'NotImplemented'],
    ['an empty span', () => watch.send(new GetMetricDataCommand({ StartTime: new Date(1000), EndTime: new Date(1000), MetricDataQueries: [] })), 'ValidationException'],
  ];
  it.each(cases)('%s', async (_name, send, name) => expect((await rejection(send())).name).toBe(name));
});
