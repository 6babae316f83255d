// CloudWatch: metric data in, statistics out, simple metric alarms. Alarms are evaluated when data of their region comes in and when
// the twin says so, not by AWS's own minute. No metric math, anomaly bands, composite alarms, dashboards or logs.
import * as client from '@aws-sdk/client-cloudwatch';
import type { GetMetricDataCommandInput, GetMetricStatisticsCommandInput, MetricDataQuery, PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError, type CallContext, type Clock, type Service } from '../service.ts';
import type { ServiceCall } from '../server.ts';
import { Alarms } from './cloudwatch/alarms.ts';
import { Datapoints, isStatistic, periods } from './cloudwatch/datapoints.ts';
import type { BusEvent } from './eventbridge/event.ts';

export interface CloudWatchOptions {
  readonly clock: Clock;
  /** Where state changes of alarms go: usually EventBridge's `emit`. */
  readonly emit: (event: BusEvent) => void;
  /** For alarm actions (SNS topics, Lambda functions). */
  readonly call: ServiceCall;
  /** Told of alarm actions that failed. */
  readonly onActionFailure?: (actionArn: string, error: unknown) => void;
}

export interface CloudWatchService extends Service {
  /** Evaluates the alarms of a region, or all: what AWS does by its own clock. */
  evaluate(region?: string): void;
}

const DATUMS_MAX = 1000;
const DIMENSIONS_MAX = 30;

export function cloudWatchService(options: CloudWatchOptions): CloudWatchService {
  const datapoints = new Datapoints();
  const alarms = new Alarms({ clock: options.clock, datapoints, emit: options.emit, act: (arn, alarm) => void act(options, arn, alarm) });
  const handlers = {
    ...alarms.handlers(),
    PutMetricData: (input: PutMetricDataCommandInput, { region }: CallContext) => {
      putMetricData(datapoints, input, region, options.clock.now());
      alarms.evaluate(region);
    },
    GetMetricData: (input: GetMetricDataCommandInput, { region }: CallContext) => getMetricData(datapoints, input, region),
    GetMetricStatistics: (input: GetMetricStatisticsCommandInput, { region }: CallContext) => getMetricStatistics(datapoints, input, region),
  };
  return { name: 'cloudwatch', signingName: 'monitoring', client, scope: 'regional', handlers, evaluate: (region) => alarms.evaluate(region) };
}

function putMetricData(datapoints: Datapoints, { Namespace: namespace = '', MetricData: data = [] }: PutMetricDataCommandInput, region: string, now: number): void {
  const invalid = (message: string) => new AwsError('InvalidParameterValueException', message);
  if (namespace.startsWith('AWS/')) throw invalid(`The value AWS/ for parameter Namespace is invalid.`);
  if (data.length > DATUMS_MAX) throw invalid(`The collection MetricData must not have a size greater than ${DATUMS_MAX}.`);
  for (const [index, datum] of data.entries()) {
    const numbers = [datum.Value, ...(datum.Values ?? []), ...Object.values(datum.StatisticValues ?? {})].filter((value) => value !== undefined);
    if (numbers.length === 0) throw new AwsError('MissingRequiredParameterException', `The parameter MetricData.member.${index + 1}.Value is required.`);
    if (!numbers.every(Number.isFinite)) throw invalid(`The value for parameter MetricData.member.${index + 1}.Value is invalid.`);
    if ((datum.Dimensions?.length ?? 0) > DIMENSIONS_MAX) throw invalid(`The collection MetricData.member.${index + 1}.Dimensions must not have a size greater than ${DIMENSIONS_MAX}.`);
  }
  for (const datum of data) datapoints.put({ region, namespace, name: datum.MetricName ?? '', dimensions: datum.Dimensions ?? [] }, datum, now);
}

function getMetricData(datapoints: Datapoints, { MetricDataQueries: queries = [], StartTime, EndTime, ScanBy }: GetMetricDataCommandInput, region: string) {
  const [from, to] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? 0];
  if (from >= to) throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const results = queries.filter(({ ReturnData }) => ReturnData !== false).map((query) => {
    const found = series(datapoints, query, region, from, to);
    if (ScanBy !== 'TimestampAscending') found.reverse();
    return { Id: query.Id, Label: query.Label ?? query.MetricStat?.Metric?.MetricName, StatusCode: 'Complete' as const, Timestamps: found.map(({ at }) => new Date(at)), Values: found.map(({ value }) => value) };
  });
  return { MetricDataResults: results, Messages: [] };
}

function series(datapoints: Datapoints, { Id, Expression, MetricStat: stat }: MetricDataQuery, region: string, from: number, to: number): { at: number; value: number }[] {
  if (Expression !== undefined || stat === undefined) throw new AwsError('NotImplemented', `The twin computes no metric math (${Id})`, { status: 501 });
  if (!isStatistic(stat.Stat ?? '')) throw new AwsError('ValidationError', `The value ${stat.Stat} for parameter Stat is invalid.`);
  const metric = { region, namespace: stat.Metric?.Namespace ?? '', name: stat.Metric?.MetricName ?? '', dimensions: stat.Metric?.Dimensions ?? [] };
  return periods(from, to, (stat.Period ?? 60) * 1000).flatMap((period) => {
    const value = datapoints.statistic(metric, stat.Stat ?? '', period);
    return value === undefined ? [] : [{ at: period.from, value }];
  });
}

function getMetricStatistics(datapoints: Datapoints, input: GetMetricStatisticsCommandInput, region: string) {
  const { Statistics: statistics = [], Period: period = 60, Namespace: namespace = '', MetricName: name = '', Dimensions: dimensions = [] } = input;
  const [from, to] = [input.StartTime?.getTime() ?? 0, input.EndTime?.getTime() ?? 0];
  if (from >= to) throw new AwsError('InvalidParameterValueException', 'The parameter StartTime must be less than the parameter EndTime.');
  if (statistics.length === 0 && (input.ExtendedStatistics?.length ?? 0) === 0) throw new AwsError('InvalidParameterCombinationException', 'At least one of the parameters Statistics and ExtendedStatistics must be specified.');
  const metric = { region, namespace, name, dimensions };
  const found = periods(from, to, period * 1000).flatMap((span) => {
    const values = statistics.map((statistic) => [statistic, datapoints.statistic(metric, statistic, span)] as const);
    return values.every(([, value]) => value === undefined) ? [] : [{ Timestamp: new Date(span.from), ...Object.fromEntries(values) }];
  });
  return { Label: name, Datapoints: found };
}

async function act({ call, onActionFailure = () => undefined }: CloudWatchOptions, arn: string, { region, event }: { readonly region: string; readonly event: BusEvent }): Promise<void> {
  const [, , service = ''] = arn.split(':');
  const from = { region, caller: region };
  try {
    if (service === 'sns') await call('sns', 'Publish', { TopicArn: arn, Message: JSON.stringify(event.detail) }, from);
    else if (service === 'lambda') await call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event.detail)) }, from);
    else throw new AwsError('NotImplemented', `The twin has no alarm action ${arn}`, { status: 501 });
  } catch (error) {
    onActionFailure(arn, error);
  }
}
