// One state from its fields. What a deployment checker misses is checked as well: see asl-validator's gaps in test/unit/asl.
import type { Catcher, Retrier, Rule, Scope, State } from './definition.ts';
import { FIELDS, STATE_TYPES, asRecord, checkRecords, type StateType } from './load-fields.ts';
import { template, type Template } from './template.ts';

export type Problems = (where: string, problem: string) => void;
type Fields = Readonly<Record<string, unknown>>;
type LoadScope = (record: Fields, where: string) => Scope;

/** Resources that Step Functions knows (its guide, "Integrating services"): plain Lambda, optimised integrations, SDK integrations. */
const RESOURCE = /^arn:(aws|aws-cn|aws-us-gov):(lambda:[a-z0-9-]*:\d*:function:[\w:-]+|states:::(lambda:invoke(\.waitForTaskToken)?|states:startExecution(\.sync(:2)?|\.waitForTaskToken)?|events:putEvents(\.waitForTaskToken)?|dynamodb:(getItem|putItem|updateItem|deleteItem)|sns:publish(\.waitForTaskToken)?|sqs:sendMessage(\.waitForTaskToken)?|aws-sdk:[a-z0-9]+:[a-zA-Z0-9]+(\.waitForTaskToken)?))$/;

export function state(name: string, value: unknown, loadScope: LoadScope, report: Problems): State | undefined {
  const fields = asRecord(value);
  if (fields === undefined) return void report(name, 'is not an object');
  const type = fields['Type'] as StateType;
  if (!STATE_TYPES.includes(type)) return void report(name, `Type: ${String(fields['Type'])} is unknown; known: ${STATE_TYPES.join(', ')}`);
  checkRecords(name, fields, FIELDS[type], report);
  const compile = (field: string): Template | undefined => (fields[field] === undefined ? undefined : template(fields[field], field, (problem) => report(name, problem)));
  const flows = type !== 'Choice' && type !== 'Succeed' && type !== 'Fail';
  if (flows && (fields['Next'] === undefined) === (fields['End'] === undefined)) report(name, 'Next, End: exactly one of them must be there');
  if (fields['End'] !== undefined && fields['End'] !== true) report(name, 'End: must be true');
  const common = {
    name, comment: typeof fields['Comment'] === 'string' ? fields['Comment'] : '', end: fields['End'] === true,
    ...optional('next', typeof fields['Next'] === 'string' ? fields['Next'] : undefined), ...optional('assign', assign(fields, name, report)), ...optional('output', compile('Output')),
  };
  switch (type) {
    case 'Task': return task(common, fields, compile, report);
    case 'Parallel': return parallel(common, fields, compile, loadScope, report);
    case 'Map': return map(common, fields, compile, loadScope, report);
    case 'Choice': return choice(common, fields, report);
    case 'Wait': {
      if ((fields['Seconds'] === undefined) === (fields['Timestamp'] === undefined)) report(name, 'Seconds, Timestamp: exactly one of them must be there');
      return { ...common, type, ...optional('seconds', compile('Seconds')), ...optional('timestamp', compile('Timestamp')) };
    }
    case 'Fail': return { ...common, type, ...optional('error', compile('Error')), ...optional('cause', compile('Cause')) };
    default: return { ...common, type };
  }
}

type CommonFields = Pick<State, 'name' | 'comment' | 'end'> & { readonly next?: string; readonly assign?: Template; readonly output?: Template };
type Compile = (field: string) => Template | undefined;

function task(common: CommonFields, fields: Fields, compile: Compile, report: Problems): State {
  const resource = String(fields['Resource'] ?? '');
  if (!RESOURCE.test(resource)) report(common.name, `Resource: ${resource || '(missing)'} is no resource that this interpreter knows`);
  const [timeout, heartbeat] = [fields['TimeoutSeconds'], fields['HeartbeatSeconds']];
  for (const [field, value] of [['TimeoutSeconds', timeout], ['HeartbeatSeconds', heartbeat]] as const) {
    if (typeof value === 'number' && !(Number.isInteger(value) && value > 0 && value <= 99_999_999)) report(common.name, `${field}: ${value} must be a whole number from 1 to 99999999`);
  }
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) report(common.name, `HeartbeatSeconds: ${heartbeat} must be less than TimeoutSeconds (${timeout})`);
  return {
    ...common, type: 'Task', resource, retry: retriers(common.name, fields, report), catch: catchers(common.name, fields, report),
    ...optional('arguments', compile('Arguments')), ...optional('timeoutSeconds', compile('TimeoutSeconds')), ...optional('heartbeatSeconds', compile('HeartbeatSeconds')),
  };
}

function parallel(common: CommonFields, fields: Fields, compile: Compile, loadScope: LoadScope, report: Problems): State {
  const branches = Array.isArray(fields['Branches']) ? fields['Branches'] : [];
  if (branches.length === 0) report(common.name, 'Branches: must hold at least one branch');
  return {
    ...common, type: 'Parallel', ...optional('arguments', compile('Arguments')), retry: retriers(common.name, fields, report), catch: catchers(common.name, fields, report),
    branches: branches.map((branch, index) => {
      const record = asRecord(branch) ?? {};
      checkRecords(common.name, record, FIELDS.branch, report);
      return loadScope(record, `${common.name}, branch ${index}`);
    }),
  };
}

function map(common: CommonFields, fields: Fields, compile: Compile, loadScope: LoadScope, report: Problems): State {
  const processor = asRecord(fields['ItemProcessor']) ?? {};
  checkRecords(`${common.name}, ItemProcessor`, processor, FIELDS.processor, report);
  const mode = asRecord(processor['ProcessorConfig'])?.['Mode'] ?? 'INLINE';
  if (mode !== 'INLINE' && mode !== 'DISTRIBUTED') report(common.name, `ItemProcessor.ProcessorConfig.Mode: ${String(mode)} must be INLINE or DISTRIBUTED`);
  const batcher = asRecord(fields['ItemBatcher']);
  if (batcher !== undefined) checkRecords(`${common.name}, ItemBatcher`, batcher, FIELDS.batcher, report);
  if (mode === 'INLINE' && batcher !== undefined) report(common.name, 'ItemBatcher: needs ProcessorConfig.Mode DISTRIBUTED');
  const part = (field: string): Template => template(batcher?.[field], `ItemBatcher.${field}`, (problem) => report(common.name, problem));
  return {
    ...common, type: 'Map', processor: loadScope(processor, `${common.name}, ItemProcessor`), retry: retriers(common.name, fields, report), catch: catchers(common.name, fields, report),
    ...optional('items', compile('Items')), ...optional('selector', compile('ItemSelector')), ...optional('maxConcurrency', compile('MaxConcurrency')),
    ...optional('toleratedCount', compile('ToleratedFailureCount')), ...optional('toleratedPercentage', compile('ToleratedFailurePercentage')),
    ...(batcher === undefined ? {} : { batch: { maxItems: part('MaxItemsPerBatch'), ...(batcher['BatchInput'] === undefined ? {} : { input: part('BatchInput') }) } }),
  };
}

function choice(common: CommonFields, fields: Fields, report: Problems): State {
  const choices = Array.isArray(fields['Choices']) ? fields['Choices'] : [];
  if (choices.length === 0) report(common.name, 'Choices: must hold at least one rule');
  const rules = choices.map((entry, index): Rule => {
    const record = asRecord(entry) ?? {};
    const field = `Choices[${index}]`;
    checkRecords(`${common.name}, ${field}`, record, FIELDS.rule, report);
    const tell = (problem: string): void => report(common.name, `${field}.${problem}`);
    if (record['Condition'] === undefined) tell('Condition: is missing');
    if (typeof record['Next'] !== 'string') tell('Next: is missing');
    return {
      condition: template(record['Condition'] ?? false, 'Condition', tell), next: String(record['Next'] ?? ''),
      ...optional('assign', assign(record, common.name, report)), ...optional('output', record['Output'] === undefined ? undefined : template(record['Output'], 'Output', tell)),
    };
  });
  return { ...common, type: 'Choice', rules, ...optional('fallback', typeof fields['Default'] === 'string' ? fields['Default'] : undefined) };
}

function retriers(name: string, fields: Fields, report: Problems): readonly Retrier[] {
  const given = Array.isArray(fields['Retry']) ? fields['Retry'] : [];
  return given.map((entry, index) => {
    const record = asRecord(entry) ?? {};
    const where = `Retry[${index}]`;
    checkRecords(`${name}, ${where}`, record, FIELDS.retrier, report);
    const number = (field: string, fallback: number, least: number): number => {
      const value = record[field] ?? fallback;
      if (typeof value !== 'number' || value < least) report(name, `${where}.${field}: ${String(value)} must be a number of at least ${least}`);
      return Number(value);
    };
    const jitter = record['JitterStrategy'] ?? 'NONE';
    if (jitter !== 'FULL' && jitter !== 'NONE') report(name, `${where}.JitterStrategy: ${String(jitter)} must be FULL or NONE`);
    const intervalSeconds = number('IntervalSeconds', 1, 1);
    const maxDelaySeconds = number('MaxDelaySeconds', Infinity, 1);
    if (maxDelaySeconds <= intervalSeconds) report(name, `${where}.MaxDelaySeconds: ${maxDelaySeconds} must be greater than IntervalSeconds (${intervalSeconds})`);
    return {
      errors: errorNames(name, where, record, index === given.length - 1, report), intervalSeconds, maxDelaySeconds,
      maxAttempts: number('MaxAttempts', 3, 0), backoffRate: number('BackoffRate', 2, 1), jitter: jitter === 'FULL' ? 'FULL' : 'NONE',
    };
  });
}

function catchers(name: string, fields: Fields, report: Problems): readonly Catcher[] {
  const given = Array.isArray(fields['Catch']) ? fields['Catch'] : [];
  return given.map((entry, index) => {
    const record = asRecord(entry) ?? {};
    const where = `Catch[${index}]`;
    checkRecords(`${name}, ${where}`, record, FIELDS.catcher, report);
    if (typeof record['Next'] !== 'string') report(name, `${where}.Next: is missing`);
    return {
      errors: errorNames(name, where, record, index === given.length - 1, report), next: String(record['Next'] ?? ''),
      ...optional('assign', assign(record, name, report)), ...optional('output', record['Output'] === undefined ? undefined : template(record['Output'], `${where}.Output`, (problem) => report(name, problem))),
    };
  });
}

/** States.ALL must stand alone and in the last one (States Language, "Fallback states"). */
function errorNames(name: string, where: string, record: Fields, last: boolean, report: Problems): readonly string[] {
  const errors = Array.isArray(record['ErrorEquals']) ? record['ErrorEquals'].map(String) : [];
  if (errors.length === 0) report(name, `${where}.ErrorEquals: must hold at least one error name`);
  if (errors.includes('States.ALL') && (errors.length > 1 || !last)) report(name, `${where}.ErrorEquals: States.ALL must stand alone, and in the last entry`);
  return errors;
}

function assign(fields: Fields, name: string, report: Problems): Template | undefined {
  if (fields['Assign'] === undefined) return undefined;
  const record = asRecord(fields['Assign']);
  if (record === undefined) return void report(name, 'Assign: must be an object of variables');
  for (const variable of Object.keys(record)) if (!/^\p{ID_Start}\p{ID_Continue}{0,79}$/u.test(variable) || variable === 'states') report(name, `Assign.${variable}: is no name for a variable`);
  return template(record, 'Assign', (problem) => report(name, problem));
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
