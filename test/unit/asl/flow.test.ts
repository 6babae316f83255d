// Order, data and variables, as the States Language and the Step Functions guide ("Transforming data with JSONata",
// "Passing data between states with variables") describe them.
import { describe, expect, test } from '@jest/globals';
import { machine, run, succeeded, task } from './run.ts';

describe('data', () => {
  test('Arguments, result, Output and Assign', async () => {
    const { result } = await run(machine({
      A: task({ Arguments: { x: '{% $states.input.a + 1 %}' }, Output: '{% $states.result.y * 2 %}', Assign: { v: '{% $states.result.y %}' }, Next: 'C' }),
      C: { Type: 'Choice', Choices: [{ Condition: '{% $v = 2 and $states.input = 4 %}', Next: 'Y' }], Default: 'N' },
      Y: { Type: 'Pass', Output: { z: '{% $v %}', kept: 'plain' }, End: true },
      N: { Type: 'Fail' },
    }), { input: { a: 1 }, steps: { A: ({ arguments: given }) => ({ y: (given as { x: number }).x }) } });
    expect(result).toEqual(succeeded({ z: 2, kept: 'plain' }));
  });

  test('without Output the result of a task is its output, and without Arguments its input goes in', async () => {
    const { result } = await run(machine({ A: task() }), { input: { a: 1 }, steps: { A: ({ arguments: given }) => ({ given }) } });
    expect(result).toEqual(succeeded({ given: { a: 1 } }));
  });

  test('Assign and Output see the variables from before the state', async () => {
    const { result } = await run(machine({
      A: { Type: 'Pass', Assign: { v: 1 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { v: '{% $v + 1 %}' }, Output: '{% $v %}', Next: 'C' },
      C: { Type: 'Pass', Output: '{% [$states.input, $v] %}', End: true },
    }));
    expect(result).toEqual(succeeded([1, 2]));
  });

  test('an expression that returns nothing is an error, in a nested field too', async () => {
    const { result } = await run(machine({ A: { Type: 'Pass', Output: { deep: ['{% $states.input.nope %}'] }, End: true } }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  test('the context object', async () => {
    const { result } = await run(machine({ 'Look around': { Type: 'Pass', Output: '{% [$states.context.Execution.Id, $states.context.Execution.Name, $states.context.StateMachine.Name, $states.context.State.Name, $states.context.Execution.Input.a] %}', End: true } }), { input: { a: 7 } });
    expect(result).toEqual(succeeded(['arn:run', 'run', 'machine', 'Look around', 7]));
  });

  test.each([
    ['$parse', "{% $parse('{\"a\":1}').a %}", 1],
    ['$range', '{% $range(1, 7, 3) %}', [1, 4, 7]],
    ['$partition', '{% $partition([1,2,3], 2) %}', [[1, 2], [3]]],
    ['$hash', "{% $hash('a', 'SHA-256') %}", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ['$now, from the injected clock', '{% $now() %}', '2026-11-24T00:00:00.000Z'],
    ['$millis, from the injected clock', '{% $millis() %}', Date.parse('2026-11-24T00:00:00Z')],
    ['$random, from the injected source', '{% $random() %}', 0.5],
  ])('%s', async (_name, expression, expected) => {
    const { result } = await run(machine({ A: { Type: 'Pass', Output: expression, End: true } }));
    expect(result).toEqual(succeeded(expected));
  });

  test('more than 256 KiB ends the execution, and no catch helps', async () => {
    const { result } = await run(machine({ A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }), B: { Type: 'Succeed' } }), { steps: { A: () => 'x'.repeat(300 * 1024) } });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('Choice, Wait, Succeed, Fail', () => {
  test('the first rule that holds wins; its Assign and Output count', async () => {
    const { result } = await run(machine({
      C: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'N' }, { Condition: '{% true %}', Assign: { v: 2 }, Output: 'o', Next: 'Y' }, { Condition: '{% true %}', Next: 'N' }], Default: 'N', Assign: { v: 1 } },
      Y: { Type: 'Succeed', Output: '{% [$states.input, $v] %}' }, N: { Type: 'Fail' },
    }));
    expect(result).toEqual(succeeded(['o', 2]));
  });

  test('the Assign of a Choice belongs to its Default', async () => {
    const { result } = await run(machine({ C: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Y' }], Default: 'Y', Assign: { v: 1 } }, Y: { Type: 'Succeed', Output: '{% $v %}' } }));
    expect(result).toEqual(succeeded(1));
  });

  test('no rule and no Default', async () => {
    const { result } = await run(machine({ C: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Y' }] }, Y: { Type: 'Succeed' } }));
    expect(result).toMatchObject({ error: 'States.NoChoiceMatched' });
  });

  test('a condition that is neither true nor false', async () => {
    const { result } = await run(machine({ C: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Y' }] }, Y: { Type: 'Succeed' } }));
    expect(result).toMatchObject({ error: 'States.QueryEvaluationError' });
  });

  test('Wait by seconds and until a time', async () => {
    const { seconds, result } = await run(machine({
      A: { Type: 'Wait', Seconds: '{% 5 + 5 %}', Next: 'B' }, B: { Type: 'Wait', Timestamp: '{% $states.input.until %}', Next: 'C' },
      C: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
    }), { input: { until: '2026-11-24T00:01:00.250Z' } });
    expect(seconds).toBe(60.25);
    expect(result.status).toBe('SUCCEEDED');
  });

  test.each([['Seconds', '{% -1 %}'], ['Timestamp', '{% "soon" %}']])('a bad %s', async (field, value) => {
    const { result } = await run(machine({ A: { Type: 'Wait', [field]: value, End: true } }));
    expect(result).toMatchObject({ error: 'States.QueryEvaluationError' });
  });

  test('Fail with expressions', async () => {
    const { result } = await run(machine({ F: { Type: 'Fail', Error: "{% 'My' & 'Error' %}", Cause: '{% $states.input.why %}' } }), { input: { why: 'because' } });
    expect(result).toEqual({ status: 'FAILED', error: 'MyError', cause: 'because' });
  });
});

describe('Parallel and Map', () => {
  test('branches read outer variables, and what they assign stays inside', async () => {
    const { result } = await run(machine({
      A: { Type: 'Pass', Assign: { v: 1 }, Next: 'P' },
      P: { Type: 'Parallel', Branches: [machineBranch('B1', { Assign: { v: 9 } }), { StartAt: 'B2', States: { B2: { Type: 'Pass', Output: '{% $v %}', End: true } } }], Output: '{% [$states.result[1], $v] %}', End: true },
    }));
    expect(result).toEqual(succeeded([1, 1]));
  });

  test('a failing branch stops the others, which see their signal abort', async () => {
    let aborted = false;
    const { result, calls } = await run(machine({
      P: { Type: 'Parallel', Branches: [
        { StartAt: 'Slow', States: { Slow: task({ Next: 'Never' }), Never: task() } },
        { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: { Type: 'Fail', Error: 'Inner' } } },
      ], Catch: [{ ErrorEquals: ['Inner'], Output: '{% $states.errorOutput.Error %}', Next: 'X' }], End: true },
      X: { Type: 'Succeed' },
    }), { steps: { Slow: ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve((aborted = true)))) } });
    expect(result).toEqual(succeeded('Inner'));
    expect([aborted, calls]).toEqual([true, ['Slow']]);
  });

  test('Map: selector, index, value, order of results and limit of concurrency', async () => {
    let running = 0;
    let most = 0;
    const { result } = await run(machine({
      M: { Type: 'Map', Items: '{% $states.input.l %}', MaxConcurrency: 2, ItemSelector: { i: '{% $states.context.Map.Item.Index %}', v: '{% $states.context.Map.Item.Value %}' }, ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'F', States: { F: task() } }, End: true },
    }), {
      input: { l: [3, 2, 1] },
      steps: { F: async ({ arguments: given }) => {
        most = Math.max(most, (running += 1));
        await Promise.resolve();
        running -= 1;
        return given;
      } },
    });
    expect(result).toEqual(succeeded([{ i: 0, v: 3 }, { i: 1, v: 2 }, { i: 2, v: 1 }]));
    expect(most).toBe(2);
  });

  test('Map: a failure fails it, unless it is tolerated; too many have a name of their own', async () => {
    const map = (extra: object): object => machine({ M: { Type: 'Map', Items: '{% [1, 2, 3] %}', ItemProcessor: { StartAt: 'F', States: { F: task() } }, ...extra, End: true } });
    const steps = { F: (({ arguments: given }) => {
      if (given === 2) throw new Error('two');
      return given;
    }) as (request: { arguments: unknown }) => unknown };
    expect((await run(map({}), { steps })).result).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect((await run(map({ ToleratedFailurePercentage: 50 }), { steps })).result).toEqual(succeeded([1, null, 3]));
    const bad = { F: () => {
      throw new Error('all');
    } };
    expect((await run(map({ ToleratedFailureCount: 1 }), { steps: bad })).result).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  });

  test('Map: batches', async () => {
    const { result } = await run(machine({ M: { Type: 'Map', Items: '{% [1, 2, 3] %}', ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { of: 'x' } }, ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'F', States: { F: { Type: 'Pass', End: true } } }, End: true } }));
    expect(result).toEqual(succeeded([{ BatchInput: { of: 'x' }, Items: [1, 2] }, { BatchInput: { of: 'x' }, Items: [3] }]));
  });

  test('an empty Map', async () => {
    const { result } = await run(machine({ M: { Type: 'Map', Items: '{% [] %}', ItemProcessor: { StartAt: 'F', States: { F: task() } }, End: true } }));
    expect(result).toEqual(succeeded([]));
  });
});

const machineBranch = (name: string, extra: object): object => ({ StartAt: name, States: { [name]: { Type: 'Pass', ...extra, End: true } } });
