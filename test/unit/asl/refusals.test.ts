// More that is refused at load: numbers out of bounds, slips that pass a deployment, and shapes that are no shapes (States Language,
// "Errors", "Wait state", "Map state"; guide, "Retrying after an error", "Variable naming").
import { describe, expect, test } from '@jest/globals';
import { DefinitionError, load, loadYaml } from '../../../asl/index.ts';
import { machine, task } from './run.ts';

const problems = (definition: unknown): readonly string[] => {
  try {
    load(definition);
  } catch (error) {
    return (error as DefinitionError).problems;
  }
  return [];
};
const state = (fields: object): object => machine({ A: { ...fields, ...('Choices' in fields || 'End' in fields ? {} : { Next: 'X' }) }, X: { Type: 'Succeed' } });
const retry = (retrier: object): object => state(task({ Retry: [{ ErrorEquals: ['E'], ...retrier }], Next: 'X' }));
const processor = { StartAt: 'F', States: { F: { Type: 'Succeed' } } };
const mapOf = (fields: object, config?: object): object => state({ Type: 'Map', ItemProcessor: config === undefined ? processor : { ...processor, ProcessorConfig: config }, ...fields });

test.each([
  ['TimeoutSeconds that is no number', state(task({ TimeoutSeconds: '15', Next: 'X' })), 'A: TimeoutSeconds: "15" must be a whole number from 1 to 99999999, or an expression that gives one'],
  ['HeartbeatSeconds of 0', state(task({ HeartbeatSeconds: 0, Next: 'X' })), 'A: HeartbeatSeconds: 0 must be a whole number from 1 to 99999999, or an expression that gives one'],
  ['Seconds below 0', state({ Type: 'Wait', Seconds: -1 }), 'A: Seconds: -1 must be a whole number from 0 to 99999999, or an expression that gives one'],
  ['a Timestamp without an offset', state({ Type: 'Wait', Timestamp: '2026-11-24 06:00' }), 'A: Timestamp: "2026-11-24 06:00" must be a date and time with an offset, such as 2026-11-24T06:00:00Z'],
  ['neither Seconds nor Timestamp', state({ Type: 'Wait' }), 'A: Seconds, Timestamp: exactly one of them must be there'],
  ['a machine\'s TimeoutSeconds as text', machine({ A: { Type: 'Succeed' } }, { TimeoutSeconds: '5' }), 'the state machine: TimeoutSeconds: "5" must be a whole number from 1 to 99999999'],
  ['Retry that is no list', state(task({ Retry: { ErrorEquals: ['E'] }, Next: 'X' })), 'A: Retry: must be an array'],
  ['an interval of 0', retry({ IntervalSeconds: 0 }), 'A: Retry[0]/IntervalSeconds: 0 must be a whole number from 1 to 99999999'],
  ['a backoff below 1', retry({ BackoffRate: 0.5 }), 'A: Retry[0]/BackoffRate: 0.5 must be a number from 1'],
  ['attempts that are no whole number', retry({ MaxAttempts: 1.5 }), 'A: Retry[0]/MaxAttempts: 1.5 must be a whole number from 0 to 99999999'],
  ['a misspelt name of the States Language', retry({ ErrorEquals: ['States.Tiemout'] }), 'A: Retry[0]/ErrorEquals: States.Tiemout is no error name of the States Language'],
  ['a field of a retrier that does not exist', retry({ MaxRetries: 1 }), expect.stringMatching(/^A: Retry\[0\]\/MaxRetries: is not supported here/)],
  ['a catcher without Next', state(task({ Catch: [{ ErrorEquals: ['E'] }], Next: 'X' })), 'A: Catch[0]/Next: is missing'],
  ['a catcher to nowhere', state(task({ Catch: [{ ErrorEquals: ['E'], Next: 'Y' }], Next: 'X' })), 'A: Catch[0]/Next: there is no state "Y" beside it'],
  ['a rule to nowhere', state({ Type: 'Choice', Choices: [{ Condition: true, Next: 'Y' }], Default: 'X' }), 'A: Choices[0]/Next: there is no state "Y" beside it'],
  ['a default to nowhere', state({ Type: 'Choice', Choices: [{ Condition: true, Next: 'X' }], Default: 'Y' }), 'A: Default: there is no state "Y" beside it'],
  ['a condition that is text', state({ Type: 'Choice', Choices: [{ Condition: 'true', Next: 'X' }] }), 'A: Choices[0]/Condition: "true" must be true, false or an expression that gives one of them'],
  ['an expression in a rule', state({ Type: 'Choice', Choices: [{ Condition: true, Next: 'X', Assign: { v: '{% ( %}' } }] }), expect.stringMatching(/^A: Choices\[0\]\/Assign\/v: S\d{4}/)],
  ['a variable\'s name', state({ Type: 'Pass', Assign: { '1st': 1 } }), 'A: Assign.1st: is no name for a variable'],
  ['items that are no list', mapOf({ Items: 'all' }), 'A: Items: "all" must be an array, or an expression that gives one'],
  ['an ItemReader', mapOf({ ItemReader: {} }), expect.stringMatching(/^A: ItemReader: is not supported here/)],
  ['an unknown mode', mapOf({}, { Mode: 'PARALLEL' }), 'A: ItemProcessor/ProcessorConfig/Mode: "PARALLEL" must be INLINE or DISTRIBUTED'],
  ['a distributed Map without ExecutionType', mapOf({}, { Mode: 'DISTRIBUTED' }), 'A: ItemProcessor/ProcessorConfig/ExecutionType: must be STANDARD or EXPRESS'],
  ['a batch without a size', mapOf({ ItemBatcher: {} }, { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }), 'A: ItemBatcher: MaxItemsPerBatch or MaxInputBytesPerBatch must be there'],
  ['more than all that may fail', mapOf({ ToleratedFailurePercentage: 101 }), 'A: ToleratedFailurePercentage: 101 must be a number from 0 to 100, or an expression that gives one'],
  ['JSONPath in one state', state({ Type: 'Pass', QueryLanguage: 'JSONPath' }), 'A: QueryLanguage: JSONPath is not supported; use JSONata'],
  ['a branch without states', machine({ P: { Type: 'Parallel', Branches: [{ StartAt: 'A' }], End: true } }), 'P, Branches[0]: States: must hold at least one state'],
  ['a branch that never ends', machine({ P: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' } } }], End: true } }), 'P, Branches[0]: no state ends it (End, Succeed or Fail)'],
  ['a way out of a branch', machine({ P: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'X' } } }], Next: 'X' }, X: { Type: 'Succeed' } }), 'A: Next: there is no state "X" beside it'],
  ['a name of 81 characters', machine({ ['x'.repeat(81)]: { Type: 'Succeed' } }), expect.stringMatching(/a name has 1 to 80 characters/)],
  ['Next of a Fail', machine({ A: { Type: 'Fail', Next: 'A' } }), expect.stringMatching(/^A: Next: is not supported here/)],
])('%s', (_name, definition, problem) => {
  expect(problems(definition)).toContainEqual(problem);
});

describe('resources', () => {
  const known = (resource: string): boolean => problems(machine({ A: { Type: 'Task', Resource: resource, End: true } })).length === 0;
  test.each([
    'arn:aws:states:::lambda:invoke', 'arn:aws:states:::lambda:invoke.waitForTaskToken', 'arn:aws:states:::states:startExecution', 'arn:aws:states:::states:startExecution.sync:2',
    'arn:aws:states:::aws-sdk:rds:failoverGlobalCluster', 'arn:aws:states:::events:putEvents', 'arn:aws:states:::dynamodb:updateItem', 'arn:aws:states:::sns:publish',
    'arn:aws:states:::sqs:sendMessage.waitForTaskToken', 'arn:aws:lambda:eu-west-1:111122223333:function:f', 'arn:aws:lambda:eu-west-1:111122223333:function:f:$LATEST', 'arn:aws-cn:states:::lambda:invoke',
  ])('%s is known', (resource) => expect(known(resource)).toBe(true));
  test.each([
    'arn:aws:states:::lambda:invoke.sync', 'arn:aws:states:::dynamodb:scan', 'arn:aws:states:::aws-sdk:rds:', 'arn:aws:states:::aws-sdk:RDS:x', 'arn:aws:states:eu-west-1:111122223333:activity:a',
    'arn:aws:lambda:eu-west-1:1:function:f', 'lambda:invoke', '',
  ])('"%s" is not', (resource) => expect(known(resource)).toBe(false));
});

test('one problem does not look like several', () => {
  expect(problems(machine({ A: { Type: 'Sleep', Next: 'X' }, X: { Type: 'Succeed' } }))).toEqual([expect.stringMatching(/^A: Type: Sleep is unknown/)]);
});

test('YAML with a key that stands twice is refused like any other slip', () => {
  expect(() => loadYaml('StartAt: A\nStartAt: B\n')).toThrow(DefinitionError);
});

test('the definition stays as it was given', () => {
  const definition = machine({ A: { Type: 'Pass', Output: '{% $states.input %}', End: true } });
  expect(load(definition).definition).toBe(definition);
});
