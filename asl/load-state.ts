// One state from its fields. What a deployment checker misses is checked as well (see test/unit/asl/load.test.ts).
import type { Batch, ChoiceState, MapState, ParallelState, Rule, Scope, State, TaskState, WaitState } from './definition.ts';
import { catchers, effectsOf, retriers } from './load-errors.ts';
import { FIELDS, STATE_TYPES, asFields, numberFrom, optional, Part } from './load-fields.ts';
import { SECONDS_MAX, timeOf } from './seconds.ts';

export type LoadScope = (part: Part, where: string) => Scope;
type Common = Pick<State, 'name' | 'comment' | 'end' | 'assign' | 'output' | 'next'>;

/** Resources that Step Functions knows (guide, "Integrating services"): plain functions, optimised integrations, SDK integrations. */
const RESOURCE = new RegExp(`^arn:aws(-cn|-us-gov)?:(${[
  String.raw`lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?`,
  String.raw`states:::(lambda:invoke|sns:publish|sqs:sendMessage|events:putEvents|states:startExecution)(\.waitForTaskToken)?`,
  String.raw`states:::states:startExecution\.sync(:2)?`,
  String.raw`states:::dynamodb:(getItem|putItem|updateItem|deleteItem)`,
  String.raw`states:::aws-sdk:[a-z0-9]+:[a-z][a-zA-Z0-9]+(\.waitForTaskToken)?`,
].join('|')})$`);

/** Loads the state `name`, or tells what is wrong with it. */
export function loadState(name: string, value: unknown, loadScope: LoadScope, problems: string[]): State | undefined {
  const type = STATE_TYPES.find((entry) => entry === asFields(value)?.['Type']);
  if (type === undefined) {
    const given = asFields(value)?.['Type'];
    problems.push(`${name}: Type: ${typeof given === 'string' ? given : JSON.stringify(given) ?? '(missing)'} is unknown; known: ${STATE_TYPES.join(', ')}`);
    return undefined;
  }
  const part = new Part(name, '', value, FIELDS[type], problems);
  const common = commonOf(name, type, part);
  switch (type) {
    case 'Task': return task(common, part);
    case 'Parallel': return parallel(common, part, loadScope);
    case 'Map': return map(common, part, loadScope);
    case 'Choice': return choice(common, part);
    case 'Wait': return wait(common, part);
    case 'Fail': return { ...common, type, ...optional('error', part.template('Error', undefined, isText)), ...optional('cause', part.template('Cause', undefined, isText)) };
    default: return { ...common, type };
  }
}

const isText = (value: unknown): string | undefined => (typeof value === 'string' ? undefined : 'must be a string');

function commonOf(name: string, type: State['type'], part: Part): Common {
  const flows = !['Choice', 'Succeed', 'Fail'].includes(type);
  if (flows && part.has('Next') === part.has('End')) part.report('Next, End: exactly one of them must be there');
  if (part.has('End') && part.fields['End'] !== true) part.tell('End', 'must be true');
  const hasResult = ['Task', 'Parallel', 'Map'].includes(type);
  return {
    name, comment: part.text('Comment') ?? '', end: part.fields['End'] === true, ...optional('next', part.text('Next')),
    ...effectsOf(part, hasResult ? 'result' : undefined),
  };
}

function task(common: Common, part: Part): TaskState {
  const resource = part.text('Resource') ?? '';
  if (!RESOURCE.test(resource)) part.tell('Resource', `${resource || '(missing)'} is no resource that this interpreter knows`);
  const seconds = numberFrom(1, SECONDS_MAX);
  const state: TaskState = {
    ...common, type: 'Task', resource, retry: retriers(part), catch: catchers(part), ...optional('arguments', part.template('Arguments')),
    ...optional('timeoutSeconds', part.template('TimeoutSeconds', undefined, seconds)), ...optional('heartbeatSeconds', part.template('HeartbeatSeconds', undefined, seconds)),
  };
  const [timeout, heartbeat] = [part.fields['TimeoutSeconds'], part.fields['HeartbeatSeconds']];
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) part.tell('HeartbeatSeconds', `${heartbeat} must be less than TimeoutSeconds (${timeout})`);
  return state;
}

function parallel(common: Common, part: Part, loadScope: LoadScope): ParallelState {
  const branches = part.each('Branches', FIELDS.branch);
  if (branches.length === 0) part.tell('Branches', 'must hold at least one branch');
  return {
    ...common, type: 'Parallel', retry: retriers(part), catch: catchers(part), ...optional('arguments', part.template('Arguments')),
    branches: branches.map((branch, index) => loadScope(branch, `${common.name}, Branches[${index}]`)),
  };
}

function map(common: Common, part: Part, loadScope: LoadScope): MapState {
  const processor = part.inner('ItemProcessor', part.fields['ItemProcessor'], FIELDS.processor);
  const config = processor.inner('ProcessorConfig', processor.fields['ProcessorConfig'] ?? {}, FIELDS.processorConfig).fields;
  const mode = config['Mode'] ?? 'INLINE';
  if (mode !== 'INLINE' && mode !== 'DISTRIBUTED') processor.tell('ProcessorConfig/Mode', `${JSON.stringify(mode)} must be INLINE or DISTRIBUTED`);
  if (mode === 'DISTRIBUTED' && config['ExecutionType'] !== 'STANDARD' && config['ExecutionType'] !== 'EXPRESS') processor.tell('ProcessorConfig/ExecutionType', 'must be STANDARD or EXPRESS');
  if (mode === 'INLINE' && part.has('ItemBatcher')) part.tell('ItemBatcher', 'needs ProcessorConfig/Mode DISTRIBUTED');
  const isList = (value: unknown): string | undefined => (Array.isArray(value) ? undefined : 'must be an array, or an expression that gives one');
  return {
    ...common, type: 'Map', mode: mode === 'DISTRIBUTED' ? mode : 'INLINE', processor: loadScope(processor, `${common.name}, ItemProcessor`), retry: retriers(part), catch: catchers(part),
    ...optional('items', part.template('Items', undefined, isList)), ...optional('selector', part.template('ItemSelector')),
    ...optional('maxConcurrency', part.template('MaxConcurrency', undefined, numberFrom(0))), ...optional('toleratedCount', part.template('ToleratedFailureCount', undefined, numberFrom(0))),
    ...optional('toleratedPercentage', part.template('ToleratedFailurePercentage', undefined, numberFrom(0, 100, false))), ...optional('batch', batchOf(part)),
  };
}

function batchOf(state: Part): Batch | undefined {
  if (!state.has('ItemBatcher')) return undefined;
  const part = state.inner('ItemBatcher', state.fields['ItemBatcher'], FIELDS.batcher);
  if (!part.has('MaxItemsPerBatch') && !part.has('MaxInputBytesPerBatch')) part.report('ItemBatcher: MaxItemsPerBatch or MaxInputBytesPerBatch must be there');
  return {
    ...optional('itemsMax', part.template('MaxItemsPerBatch', undefined, numberFrom(1))), ...optional('bytesMax', part.template('MaxInputBytesPerBatch', undefined, numberFrom(1, 262_144))),
    ...optional('input', part.template('BatchInput')),
  };
}

function choice(common: Common, part: Part): ChoiceState {
  const parts = part.each('Choices', FIELDS.rule);
  if (parts.length === 0) part.tell('Choices', 'must hold at least one rule');
  const isBoolean = (value: unknown): string | undefined => (typeof value === 'boolean' ? undefined : 'must be true, false or an expression that gives one of them');
  const rules = parts.map((rule): Rule => {
    for (const field of ['Condition', 'Next']) if (!rule.has(field)) rule.tell(field, 'is missing');
    const never = { constant: false, evaluate: () => Promise.resolve(false) };
    return { condition: rule.template('Condition', undefined, isBoolean) ?? never, next: rule.text('Next') ?? '', ...effectsOf(rule) };
  });
  return { ...common, type: 'Choice', rules, ...optional('fallback', part.text('Default')) };
}

function wait(common: Common, part: Part): WaitState {
  if (part.has('Seconds') === part.has('Timestamp')) part.report('Seconds, Timestamp: exactly one of them must be there');
  const isTime = (value: unknown): string | undefined => (timeOf(value) === undefined ? 'must be a date and time with an offset, such as 2026-11-24T06:00:00Z' : undefined);
  return { ...common, type: 'Wait', ...optional('seconds', part.template('Seconds', undefined, numberFrom(0, SECONDS_MAX))), ...optional('timestamp', part.template('Timestamp', undefined, isTime)) };
}
