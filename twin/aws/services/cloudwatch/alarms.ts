// Metric alarms: stored, evaluated, set by hand. A change of state is told as AWS's event and to the actions of the new state.
import type { DescribeAlarmsCommandInput, MetricAlarm, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock, type Handler } from '../../service.ts';
import { busEvent, type BusEvent } from '../eventbridge/event.ts';
import { alarmState, COMPARISONS, type AlarmState } from './alarm-state.ts';
import { isStatistic, type Datapoints, type MetricName } from './datapoints.ts';

interface Alarm {
  readonly name: string;
  readonly region: string;
  readonly arn: string;
  definition: PutMetricAlarmCommandInput;
  state: AlarmState;
  reason: string;
  reasonData: string | undefined;
  changedAt: number;
}

export interface AlarmsOptions {
  readonly clock: Clock;
  readonly datapoints: Datapoints;
  readonly emit: (event: BusEvent) => void;
  /** Carries out one action of an alarm. */
  readonly act: (actionArn: string, alarm: { readonly region: string; readonly event: BusEvent }) => void;
}

export class Alarms {
  readonly #alarms = new Map<string, Alarm>();
  readonly #options: AlarmsOptions;

  constructor(options: AlarmsOptions) {
    this.#options = options;
  }

  handlers(): Record<'PutMetricAlarm' | 'DescribeAlarms' | 'SetAlarmState' | 'DeleteAlarms', Handler> {
    return {
      PutMetricAlarm: (input: PutMetricAlarmCommandInput, { region }) => this.#put(input, region),
      DescribeAlarms: (input: DescribeAlarmsCommandInput, { region }) => ({ MetricAlarms: this.#list(input, region).map((alarm) => describe(alarm)), CompositeAlarms: [] }),
      SetAlarmState: (input: { AlarmName: string; StateValue: AlarmState; StateReason: string; StateReasonData?: string }, context) => this.#set(input, context),
      DeleteAlarms: ({ AlarmNames = [] }: { AlarmNames?: string[] }, { region }) => {
        const missing = AlarmNames.filter((name) => !this.#alarms.has(keyOf(name, region)));
        if (missing.length > 0) throw new AwsError('ResourceNotFound', `Alarms not found: ${missing.join(', ')}`);
        for (const name of AlarmNames) this.#alarms.delete(keyOf(name, region));
      },
    };
  }

  /** Evaluates all alarms, or those of one region, on the periods that end now. */
  evaluate(region?: string): void {
    for (const alarm of this.#alarms.values()) if (region === undefined || alarm.region === region) this.#evaluateOne(alarm);
  }

  #put(input: PutMetricAlarmCommandInput, region: string): void {
    checkAlarm(input);
    const { AlarmName: name = '' } = input;
    const known = this.#alarms.get(keyOf(name, region));
    if (known !== undefined) return void Object.assign(known, { definition: input });
    this.#alarms.set(keyOf(name, region), {
      name, region, arn: `arn:aws:cloudwatch:${region}:${ACCOUNT_ID}:alarm:${name}`, definition: input,
      state: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', reasonData: undefined, changedAt: this.#options.clock.now(),
    });
  }

  #list({ AlarmNames: names, AlarmNamePrefix: prefix = '', StateValue: state }: DescribeAlarmsCommandInput, region: string): Alarm[] {
    return [...this.#alarms.values()].filter((alarm) => alarm.region === region && (names === undefined || names.includes(alarm.name))
      && alarm.name.startsWith(prefix) && (state === undefined || alarm.state === state));
  }

  #set({ AlarmName, StateValue, StateReason, StateReasonData }: { AlarmName: string; StateValue: AlarmState; StateReason: string; StateReasonData?: string }, { region }: CallContext): void {
    const alarm = this.#alarms.get(keyOf(AlarmName, region));
    if (alarm === undefined) throw new AwsError('ResourceNotFound', `Alarm ${AlarmName} does not exist`, { status: 404 });
    if (!['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(StateValue)) throw new AwsError('ValidationError', `1 validation error detected: Value '${StateValue}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]`);
    this.#change(alarm, StateValue, StateReason, StateReasonData);
  }

  #evaluateOne(alarm: Alarm): void {
    const { definition } = alarm;
    const count = definition.EvaluationPeriods ?? 1;
    const lengthMs = (definition.Period ?? 60) * 1000;
    const now = this.#options.clock.now();
    const metric: MetricName = { region: alarm.region, namespace: definition.Namespace ?? '', name: definition.MetricName ?? '', dimensions: definition.Dimensions ?? [] };
    // The periods end now and the youngest includes this millisecond, instead of waiting for whole minutes.
    const values = Array.from({ length: count }, (_, index) => {
      const to = now + 1 - (count - 1 - index) * lengthMs;
      return this.#options.datapoints.statistic(metric, definition.Statistic ?? definition.ExtendedStatistic ?? 'Average', { from: to - lengthMs, to });
    });
    const { state, reason } = alarmState({
      comparison: definition.ComparisonOperator ?? '', threshold: definition.Threshold ?? 0, evaluationPeriods: count,
      datapointsToAlarm: definition.DatapointsToAlarm ?? count, treatMissingData: definition.TreatMissingData ?? 'missing',
    }, values, alarm.state);
    this.#change(alarm, state, reason, undefined);
  }

  #change(alarm: Alarm, state: AlarmState, reason: string, reasonData: string | undefined): void {
    if (state === alarm.state) return;
    const previous = { value: alarm.state, reason: alarm.reason, reasonData: alarm.reasonData, timestamp: new Date(alarm.changedAt).toISOString() };
    Object.assign(alarm, { state, reason, reasonData, changedAt: this.#options.clock.now() });
    const event = stateChange(alarm, previous);
    this.#options.emit(event);
    const { definition } = alarm;
    if (definition.ActionsEnabled === false) return;
    const actions = { OK: definition.OKActions, ALARM: definition.AlarmActions, INSUFFICIENT_DATA: definition.InsufficientDataActions }[state] ?? [];
    for (const action of actions) this.#options.act(action, { region: alarm.region, event });
  }
}

function checkAlarm(input: PutMetricAlarmCommandInput): void {
  const invalid = (message: string) => new AwsError('ValidationError', message);
  if (input.Metrics !== undefined || input.ThresholdMetricId !== undefined) throw new AwsError('NotImplemented', 'The twin has no alarms on metric math', { status: 501 });
  if (!Object.hasOwn(COMPARISONS, input.ComparisonOperator ?? '')) throw invalid(`The comparison operator ${input.ComparisonOperator} is not supported`);
  if (input.MetricName === undefined || input.Namespace === undefined) throw invalid('Either MetricName and Namespace or Metrics must be specified');
  if (!isStatistic(input.Statistic ?? input.ExtendedStatistic ?? '')) throw invalid('The parameter Statistic or ExtendedStatistic must be specified and valid');
  const { Period: period = 0, EvaluationPeriods: count = 0, DatapointsToAlarm: datapoints = 1 } = input;
  if (![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0)) throw invalid('The parameter Period must be 10, 20, 30 or a multiple of 60');
  if (count < 1 || datapoints < 1 || datapoints > count) throw invalid('The parameter DatapointsToAlarm must be between 1 and EvaluationPeriods');
  if (!['breaching', 'notBreaching', 'ignore', 'missing', undefined].includes(input.TreatMissingData)) throw invalid(`The value ${input.TreatMissingData} is not supported for TreatMissingData`);
}

function stateChange(alarm: Alarm, previousState: object): BusEvent {
  const { definition } = alarm;
  const dimensions = Object.fromEntries((definition.Dimensions ?? []).map(({ Name = '', Value }) => [Name, Value]));
  const metricStat = { metric: { namespace: definition.Namespace, name: definition.MetricName, dimensions }, period: definition.Period, stat: definition.Statistic ?? definition.ExtendedStatistic };
  return busEvent({
    source: 'aws.cloudwatch', detailType: 'CloudWatch Alarm State Change', region: alarm.region, atMs: alarm.changedAt, resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: { value: alarm.state, reason: alarm.reason, reasonData: alarm.reasonData, timestamp: new Date(alarm.changedAt).toISOString() },
      previousState,
      configuration: { description: definition.AlarmDescription, metrics: [{ id: 'm1', metricStat, returnData: true }] },
    },
  });
}

const describe = ({ definition, ...alarm }: Alarm): MetricAlarm => ({
  ...definition, AlarmArn: alarm.arn, ActionsEnabled: definition.ActionsEnabled ?? true, TreatMissingData: definition.TreatMissingData ?? 'missing',
  StateValue: alarm.state, StateReason: alarm.reason, ...(alarm.reasonData === undefined ? {} : { StateReasonData: alarm.reasonData }), StateUpdatedTimestamp: new Date(alarm.changedAt),
} as MetricAlarm);

const keyOf = (name: string, region: string): string => `${region} ${name}`;
