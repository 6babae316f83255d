// What `aws cloudwatch get-metric-data` and `describe-alarm-history` print, as records. CloudWatch does not know which series says what of
// which region: a file of signals does. Such an answer is one JSON document and is read as a whole.
import * as z from 'zod';
import { readForm } from '../cost/form.ts';
import { region } from '../events/config-fields.ts';
import { RecordError } from './lines.ts';

const signal = z.strictObject({
  vantagePoint: region, target: region,
  least: z.number().optional().describe('Healthy at or above this.'), most: z.number().optional().describe('Healthy at or below this.'),
  periodSeconds: z.number().int().min(1).max(86_400).prefault(60),
});
const signalsForm = z.strictObject({ signals: z.record(z.string(), signal).describe('Id of a metric, or name of an alarm -> what it says.') });
type Signals = z.output<typeof signalsForm>['signals'];

export const readSignals = (text: string, fileName: string): Signals => readForm(signalsForm, text, fileName).signals;

const metricData = z.object({ MetricDataResults: z.array(z.object({ Id: z.string(), Timestamps: z.array(z.union([z.string(), z.number()])), Values: z.array(z.number()) })) });
const alarmHistory = z.object({ AlarmHistoryItems: z.array(z.object({ AlarmName: z.string(), Timestamp: z.union([z.string(), z.number()]), HistoryItemType: z.string(), HistoryData: z.string().optional() })) });

/** The records of an answer, in order of time. */
export function cloudwatchRecords(text: string, signals: Signals, fileName: string): readonly object[] {
  const tree = json(text, fileName);
  const metrics = metricData.safeParse(tree);
  const alarms = alarmHistory.safeParse(tree);
  if (!metrics.success && !alarms.success) throw new RecordError(fileName, 'is neither the answer of GetMetricData nor of DescribeAlarmHistory', 'save the output of aws cloudwatch get-metric-data or describe-alarm-history as it is');
  const records = metrics.success
    ? metrics.data.MetricDataResults.flatMap(({ Id, Timestamps, Values }) => Timestamps.map((at, index) => ({ at: time(at, fileName), kind: 'metric', name: Id, value: Values[index], ...named(signals, Id, fileName) })))
    : (alarms.data?.AlarmHistoryItems ?? []).filter(({ HistoryItemType }) => HistoryItemType === 'StateUpdate').map(({ AlarmName, Timestamp, HistoryData }) => {
      const { vantagePoint, target } = named(signals, AlarmName, fileName);
      return { at: time(Timestamp, fileName), kind: 'alarm', name: AlarmName, state: newState(HistoryData, `${fileName}: ${AlarmName}`), vantagePoint, target };
    });
  return records.sort((left, right) => left.at - right.at).map((record) => ({ ...record, at: new Date(record.at).toISOString() }));
}

function json(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RecordError(fileName, `is not JSON: ${(error as Error).message.slice(0, 80)}`, 'save the output with --output json');
  }
}

function named(signals: Signals, name: string, fileName: string): Signals[string] {
  const found = Object.hasOwn(signals, name) ? signals[name] : undefined;
  if (found === undefined) throw new RecordError(fileName, `the signals do not say what ${JSON.stringify(name)} is about`, `add it with vantagePoint and target; known: ${Object.keys(signals).join(', ')}`);
  return found;
}

/** The CLI prints ISO times, the API seconds. */
function time(value: string | number, fileName: string): number {
  const at = typeof value === 'number' ? value * 1000 : Date.parse(value);
  if (!Number.isFinite(at)) throw new RecordError(fileName, `${JSON.stringify(value)} is no time`, 'save the output as it is');
  return at;
}

const change = z.object({ newState: z.object({ stateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }) });

function newState(data: string | undefined, where: string): 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' {
  const found = change.safeParse(json(data ?? 'null', where));
  if (!found.success) throw new RecordError(where, 'a StateUpdate does not say the new state', 'save the output with its HistoryData');
  return found.data.newState.stateValue;
}
