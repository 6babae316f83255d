// Which fields each kind of state may have. A field that is not here is refused: silently ignoring one is how an interpreter lies.

type Where = (where: string, problem: string) => void;
const COMMON = ['Type', 'Comment', 'QueryLanguage', 'Assign', 'Output'];
const FLOW = [...COMMON, 'Next', 'End'];

export const FIELDS = {
  machine: ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'],
  Task: [...FLOW, 'Resource', 'Arguments', 'TimeoutSeconds', 'HeartbeatSeconds', 'Retry', 'Catch'],
  Parallel: [...FLOW, 'Branches', 'Arguments', 'Retry', 'Catch'],
  Map: [...FLOW, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency', 'ToleratedFailureCount', 'ToleratedFailurePercentage', 'ItemBatcher', 'Label', 'Retry', 'Catch'],
  Choice: [...COMMON, 'Choices', 'Default'],
  Wait: [...FLOW, 'Seconds', 'Timestamp'],
  Pass: FLOW,
  Succeed: ['Type', 'Comment', 'QueryLanguage', 'Output'],
  Fail: ['Type', 'Comment', 'QueryLanguage', 'Error', 'Cause'],
  branch: ['Comment', 'StartAt', 'States'],
  processor: ['Comment', 'StartAt', 'States', 'ProcessorConfig'],
  retrier: ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'],
  catcher: ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'],
  rule: ['Condition', 'Next', 'Assign', 'Output', 'Comment'],
  batcher: ['MaxItemsPerBatch', 'BatchInput'],
} as const satisfies Record<string, readonly string[]>;

export const STATE_TYPES = ['Task', 'Parallel', 'Map', 'Choice', 'Wait', 'Pass', 'Succeed', 'Fail'] as const;
export type StateType = (typeof STATE_TYPES)[number];

/** JSONPath's fields, named so that the message can say what to use instead. */
const JSONPATH: ReadonlySet<string> = new Set(['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector', 'Result', 'ItemsPath', 'SecondsPath', 'TimestampPath', 'TimeoutSecondsPath', 'HeartbeatSecondsPath', 'Variable', 'ErrorPath', 'CausePath', 'MaxConcurrencyPath']);

export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

export function checkRecords(where: string, record: Readonly<Record<string, unknown>>, allowed: readonly string[], report: Where): void {
  for (const field of Object.keys(record)) {
    if (allowed.includes(field)) continue;
    report(where, JSONPATH.has(field) ? `${field}: belongs to JSONPath; this state machine is written in JSONata` : `${field}: is not supported here; known: ${allowed.join(', ')}`);
  }
  const language = record['QueryLanguage'];
  if (language !== undefined && language !== 'JSONata') report(where, `QueryLanguage: ${String(language)} is not supported; use JSONata`);
}
