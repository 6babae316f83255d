// What state an alarm is in, decided from the values of its last periods. "M out of N" periods must breach; missing ones count as
// TreatMissingData says. No clock, no I/O.

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmRule {
  readonly comparison: string;
  readonly threshold: number;
  /** N. */
  readonly evaluationPeriods: number;
  /** M. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: string;
}

export const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export interface AlarmDecision { readonly state: AlarmState; readonly reason: string }

/** `values`: one per period, oldest first, undefined where no data came. */
export function alarmState(rule: AlarmRule, values: readonly (number | undefined)[], current: AlarmState): AlarmDecision {
  const breaches = (value: number): boolean => COMPARISONS[rule.comparison]?.(value, rule.threshold) ?? false;
  const known = values.filter((value) => value !== undefined);
  const missing = values.length - known.length;
  const breaching = known.filter(breaches).length + (rule.treatMissingData === 'breaching' ? missing : 0);
  const shown = `[${known.join(', ')}]`;
  if (breaching >= rule.datapointsToAlarm) return { state: 'ALARM', reason: `Threshold Crossed: ${breaching} out of the last ${values.length} datapoints ${shown} was breaching (${rule.threshold}; ${missing} missing treated as ${rule.treatMissingData}).` };
  if (known.length === 0 && rule.treatMissingData === 'missing') return { state: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: no datapoints were received.' };
  if (known.length === 0 && rule.treatMissingData === 'ignore') return { state: current, reason: 'No datapoints were received; missing data is ignored.' };
  // With data missing, an alarm that could still be one stays as it is.
  const undecided = rule.treatMissingData === 'ignore' && breaching + missing >= rule.datapointsToAlarm;
  if (undecided) return { state: current, reason: `Too few datapoints ${shown} to decide; missing data is ignored.` };
  return { state: 'OK', reason: `Threshold Crossed: ${values.length - breaching} out of the last ${values.length} datapoints ${shown} was not breaching (${rule.threshold}).` };
}
