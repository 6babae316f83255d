// JSONata as Step Functions has it (guide, "Transforming data with JSONata in Step Functions"), with time and chance from outside only.
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { load } from '../../../asl/index.ts';
import { machine, run, succeeded } from './run.ts';

const output = async (expression: unknown, input: unknown = {}): Promise<unknown> => {
  const { result } = await run(machine({ A: { Type: 'Pass', Output: expression, End: true } }), { input });
  return result.status === 'SUCCEEDED' ? result.output : result;
};
const failed = expect.objectContaining({ status: 'FAILED', error: 'States.QueryEvaluationError' });
const refusal = (expression: string, field = 'Output'): (() => unknown) => () => load(machine({ A: { Type: 'Pass', [field]: field === 'Assign' ? { v: expression } : expression, End: true } }));

describe('what is an expression', () => {
  test('blanks outside the signs make it a plain string: recorded', async () => {
    expect(await output({ a: ' {% $states.input %} ', b: '$states.input', 'c.$': '$' })).toEqual({ a: ' {% $states.input %} ', b: '$states.input', 'c.$': '$' });
  });
  test.each(['{% 1', '1 %}', 'x {% 1 %}'])('half of one is refused at load: %s', (text) => expect(refusal(text)).toThrow(/A: Output: .*two ends/));
  test('a name at the top level, "$$", $eval and a $states member that is not there are refused at load', () => {
    expect(refusal('{% phone %}')).toThrow(/Reference to 'phone' at the top level/);
    expect(refusal("{% $sum($map([1], function($v) { b })) %}")).toThrow(/Reference to 'b'/);
    expect(refusal('{% $$.a %}')).toThrow(/Reference to '\$\$'/);
    expect(refusal("{% $eval('1') %}", 'Assign')).toThrow(/A: Assign\/v: \$eval/);
    expect(refusal('{% $states.result %}')).toThrow(/\$states\.result has no value here/);
    expect(refusal('{% $states.errorOutput.Cause %}')).toThrow(/\$states\.errorOutput has no value here/);
  });
  test('names inside a path, a predicate and an object belong to what stands before them', async () => {
    expect(await output('{% $states.input.items[value > 1].value %}', { items: [{ value: 1 }, { value: 2 }] })).toBe(2);
    expect(refusal('{% $x.{ "a": b } %}')).not.toThrow();
    expect(refusal('{% $x^(>price) %}')).not.toThrow();
  });
});

describe('results', () => {
  test('nothing is an error, null is a value, and a key without a value inside an expression is left out', async () => {
    expect(await output('{% $states.input.nope %}')).toEqual(failed);
    expect(await output({ v: '{% $states.input.a %}' }, { a: null })).toEqual({ v: null });
    expect(await output("{% { 'k': $states.input.nope, 'l': 1 } %}")).toEqual({ l: 1 });
  });
  test('a function, a type error and an unknown function', async () => {
    expect(await output('{% $sum %}')).toEqual(failed);
    expect(await output('{% function($x) { $x } %}')).toEqual(failed);
    expect(await output("{% 'a' + 1 %}")).toEqual(failed);
    expect(await output('{% $nosuch(1) %}')).toEqual(failed);
  });
  test.each(['Seconds', 'Condition', 'Items', 'Error', 'TimeoutSeconds'])('a wrong type for %s', async (field) => {
    const states: Record<string, object> = {
      Seconds: { Type: 'Wait', Seconds: "{% 'x' %}", End: true }, Condition: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'B' }] }, Error: { Type: 'Fail', Error: '{% 1 %}' },
      Items: { Type: 'Map', Items: '{% 1 %}', ItemProcessor: { StartAt: 'C', States: { C: { Type: 'Succeed' } } }, End: true },
      TimeoutSeconds: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', TimeoutSeconds: '{% 0.5 %}', End: true },
    };
    const end = field === 'Condition' ? { B: { Type: 'Succeed' } } : {};
    expect((await run(machine({ A: states[field] as object, ...end }))).result).toEqual(failed);
  });
});

describe('functions that Step Functions adds', () => {
  test.each([
    ['$range collapses a single number', '{% $range(1, 1, 1) %}', 1], ['$range downwards', '{% $range(3, 1, -1) %}', [3, 2, 1]],
    ['$range cuts fractions', '{% $range(1.9, 3, 1) %}', [1, 2, 3]], ['$partition cuts fractions', '{% $partition([1, 2, 3], 2.9) %}', [[1, 2], [3]]],
    ['$hash MD5', "{% $hash('a', 'MD5') %}", '0cc175b9c0f1b6a831c399e269772661'], ['$parse', "{% $parse('[1, {\"a\": null}]') %}", [1, { a: null }]],
  ])('%s', async (_name, expression, expected) => expect(await output(expression)).toEqual(expected));
  test.each(['$range(1, 3, 0)', '$range(3, 1, 1)', '$partition([1], 0)', "$hash('a', 'md5')", '$range(1, 2000, 1)', "$parse('{')"])('%s gives nothing or fails', async (call) => expect(await output(`{% ${call} %}`)).toEqual(failed));
  test('$uuid is a version 4 of the injected chance', async () => {
    expect(await output('{% $uuid() %}')).toBe('88888888-8888-4888-a888-888888888888');
  });
  test('$random with a seed is the same each time', async () => {
    const [first, second, other] = await Promise.all(['{% $random(7) %}', '{% $random(7) %}', '{% $random(8) %}'].map((expression) => output(expression)));
    expect([first === second, first === other]).toEqual([true, false]);
  });
});

describe('no other source of time or chance', () => {
  afterEach(() => void jest.restoreAllMocks());
  test('the real clock, timers and Math.random are never what an expression sees', async () => {
    jest.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('Math.random was asked');
    });
    const seen = await output([
      '{% $now() %}', "{% $now('[Y0001]-[M01]-[D01]', '+0000') %}", '{% $millis() %}', "{% $fromMillis($toMillis('06:30', '[H01]:[m01]')) %}",
      '{% $random() %}', '{% $shuffle([1, 2, 3, 4]) %}',
    ]);
    expect(seen).toEqual(['2026-11-24T00:00:00.000Z', '2026-11-24', Date.parse('2026-11-24T00:00:00Z'), '2026-11-24T06:30:00.000Z', 0.5, [1, 4, 2, 3]]);
  });
  test('time in a loop follows the clock', async () => {
    const { result } = await run(machine({
      A: { Type: 'Pass', Assign: { at: ['{% $millis() %}'] }, Next: 'B' }, B: { Type: 'Wait', Seconds: 7, Next: 'C' }, C: { Type: 'Pass', Output: '{% $millis() - $at[0] %}', End: true },
    }));
    expect(result).toEqual(succeeded(7000));
  });
});
