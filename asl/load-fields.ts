// Which fields each part of a definition may have. A field that is not here is refused: silently ignoring one is how an interpreter lies.
import { isConstant, template, type Template } from './template.ts';

export type Fields = Readonly<Record<string, unknown>>;
const COMMON = ['Type', 'Comment', 'QueryLanguage', 'Output'];
const ASSIGNING = [...COMMON, 'Assign'];
const FLOW = [...ASSIGNING, 'Next', 'End'];
const TOLERANCE = ['ToleratedFailureCount', 'ToleratedFailurePercentage'];

export const FIELDS = {
  machine: ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'],
  Task: [...FLOW, 'Resource', 'Arguments', 'TimeoutSeconds', 'HeartbeatSeconds', 'Retry', 'Catch'],
  Parallel: [...FLOW, 'Branches', 'Arguments', 'Retry', 'Catch'],
  Map: [...FLOW, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency', ...TOLERANCE, 'ItemBatcher', 'Label', 'Retry', 'Catch'],
  Choice: [...ASSIGNING, 'Choices', 'Default'],
  Wait: [...FLOW, 'Seconds', 'Timestamp'],
  Pass: FLOW,
  Succeed: COMMON,
  Fail: ['Type', 'Comment', 'QueryLanguage', 'Error', 'Cause'],
  branch: ['Comment', 'StartAt', 'States'],
  processor: ['Comment', 'StartAt', 'States', 'ProcessorConfig'],
  processorConfig: ['Mode', 'ExecutionType'],
  retrier: ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'],
  catcher: ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'],
  rule: ['Condition', 'Next', 'Assign', 'Output', 'Comment'],
  batcher: ['MaxItemsPerBatch', 'MaxInputBytesPerBatch', 'BatchInput'],
} as const satisfies Record<string, readonly string[]>;

export const STATE_TYPES = ['Task', 'Parallel', 'Map', 'Choice', 'Wait', 'Pass', 'Succeed', 'Fail'] as const;

/** JSONPath's fields, so that the message can say what is wrong with them. */
const JSONPATH: ReadonlySet<string> = new Set([
  'InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector', 'Result', 'ItemsPath', 'SecondsPath', 'TimestampPath', 'TimeoutSecondsPath',
  'HeartbeatSecondsPath', 'Variable', 'And', 'Or', 'Not', 'ErrorPath', 'CausePath', 'MaxConcurrencyPath', 'ToleratedFailureCountPath', 'ToleratedFailurePercentagePath',
]);

export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** One part of a definition while it is loaded: its fields, and where its problems are told. */
export class Part {
  readonly fields: Fields;
  readonly #name: string;
  readonly #path: string;
  readonly #problems: string[];

  constructor(name: string, path: string, value: unknown, allowed: readonly string[], problems: string[]) {
    [this.#name, this.#path, this.#problems] = [name, path, problems];
    const fields = asFields(value);
    this.fields = fields ?? {};
    if (fields === undefined) this.report(path === '' ? 'is not an object' : `${path}: is not an object`);
    for (const field of Object.keys(this.fields)) {
      if (allowed.includes(field)) continue;
      this.#tell(field, JSONPATH.has(field) ? 'belongs to JSONPath; this state machine is written in JSONata' : `is not supported here; known: ${allowed.join(', ')}`);
    }
    const language = this.fields['QueryLanguage'];
    if (language !== undefined && language !== 'JSONata') this.#tell('QueryLanguage', `${String(language)} is not supported; use JSONata`);
  }

  readonly report = (problem: string): void => void this.#problems.push(`${this.#name}: ${problem}`);

  #tell(field: string, problem: string): void {
    this.report(`${this.at(field)}: ${problem}`);
  }

  at(field: string): string {
    return this.#path === '' ? field : `${this.#path}/${field}`;
  }

  tell(field: string, problem: string): void {
    this.#tell(field, problem);
  }

  has(field: string): boolean {
    return this.fields[field] !== undefined;
  }

  /** A part inside this one. */
  inner(field: string, value: unknown, allowed: readonly string[]): Part {
    return new Part(this.#name, this.at(field), value, allowed, this.#problems);
  }

  /** The parts of an array; absent is empty. */
  each(field: string, allowed: readonly string[]): readonly Part[] {
    const value = this.fields[field] ?? [];
    if (Array.isArray(value)) return value.map((entry, index) => this.inner(`${field}[${index}]`, entry, allowed));
    this.#tell(field, 'must be an array');
    return [];
  }

  text(field: string): string | undefined {
    const value = this.fields[field];
    if (value === undefined || typeof value === 'string') return value;
    this.#tell(field, 'must be a string');
    return undefined;
  }

  /** A compiled field. `accepts` says what is wrong with a value that holds no expression. */
  template(field: string, sees?: 'result' | 'errorOutput', accepts?: (value: unknown) => string | undefined): Template | undefined {
    if (!this.has(field)) return undefined;
    const compiled = template(this.fields[field], this.at(field), this.report, sees);
    const problem = isConstant(compiled) && compiled.constant !== undefined ? accepts?.(compiled.constant) : undefined;
    if (problem !== undefined) this.#tell(field, `${JSON.stringify(compiled.constant)} ${problem}`);
    return compiled;
  }
}

/** For `template`: a number within bounds. */
export const numberFrom = (least: number, most = Infinity, whole = true) => (value: unknown): string | undefined =>
  typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)) ? undefined
    : `must be a ${whole ? 'whole ' : ''}number from ${least}${most === Infinity ? '' : ` to ${most}`}, or an expression that gives one`;

/** A property that is only there when it has a value (exactOptionalPropertyTypes). */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
