// What is refused at load, each with the state and the field: what this interpreter does not run, what a deployment would reject,
// and what asl-validator is known to miss.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { DefinitionError, load, loadYaml } from '../../../asl/index.ts';
import { machine, run, task } from './run.ts';

const problemsOf = (definition: unknown): readonly string[] => {
  try {
    load(definition);
  } catch (error) {
    if (error instanceof DefinitionError) return error.problems;
    throw error;
  }
  return [];
};
const one = (state: object, extra: object = {}): object => machine({ A: state, X: { Type: 'Succeed' } }, extra);
const retry = (retrier: object): object => one(task({ Retry: [retrier], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'X' }] }));

describe('refused', () => {
  test.each([
    ['JSONPath as the language', { ...machine({ A: { Type: 'Succeed' } }), QueryLanguage: 'JSONPath' }, /QueryLanguage/],
    ['a JSONPath field', one({ Type: 'Pass', ResultPath: '$.x', Next: 'X' }), /A: ResultPath: belongs to JSONPath/],
    ['an unknown field', one({ Type: 'Pass', Retries: [], Next: 'X' }), /A: Retries: is not supported/],
    ['an unknown type', one({ Type: 'Sleep', Next: 'X' }), /A: Type: Sleep/],
    ['a missing target', one({ Type: 'Pass', Next: 'Y' }), /A: Next: there is no state "Y"/],
    ['no Next and no End', one({ Type: 'Pass' }), /A: Next, End/],
    ['both Next and End', one({ Type: 'Pass', Next: 'X', End: true }), /A: Next, End/],
    ['an unreachable state', machine({ A: { Type: 'Succeed' }, B: { Type: 'Succeed' } }), /B: no state leads to it/],
    ['nothing that ends', machine({ A: { Type: 'Pass', Next: 'A' } }), /no state ends it/],
    ['a wrong start', machine({ A: { Type: 'Succeed' } }, { StartAt: 'B' }), /StartAt/],
    ['a name that stands twice', machine({ A: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: { Type: 'Succeed' } } }], End: true } }), /A: the name stands twice/],
    ['Seconds and Timestamp', one({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', Next: 'X' }), /Seconds, Timestamp/],
    ['JSONata that does not parse', one({ Type: 'Pass', Output: '{% $a + %}', Next: 'X' }), /A: Output:/],
    ['half an expression', one({ Type: 'Pass', Output: 'x {% 1 %}', Next: 'X' }), /two ends/],
    ['$eval', one({ Type: 'Pass', Output: "{% $eval('1') %}", Next: 'X' }), /\$eval/],
    ['a bogus resource', one({ ...task(), Resource: 'arn:aws:states:::lambda:invoked' }), /Resource/],
    ['a heartbeat that is not below the limit', one(task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 })), /HeartbeatSeconds/],
    ['States.ALL with company', retry({ ErrorEquals: ['States.ALL', 'E'] }), /States.ALL must stand alone/],
    ['a delay cap below the interval', retry({ ErrorEquals: ['E'], IntervalSeconds: 5, MaxDelaySeconds: 5 }), /MaxDelaySeconds/],
    ['an unknown jitter', retry({ ErrorEquals: ['E'], JitterStrategy: 'HALF' }), /JitterStrategy/],
    ['no error name', retry({ ErrorEquals: [] }), /ErrorEquals/],
    ['a variable called states', one({ Type: 'Pass', Assign: { states: 1 }, Next: 'X' }), /Assign\.states/],
    ['no choices', one({ Type: 'Choice', Choices: [], Default: 'X' }), /Choices/],
    ['a rule without a condition', one({ Type: 'Choice', Choices: [{ Next: 'X' }] }), /Condition/],
    ['batches without DISTRIBUTED', one({ Type: 'Map', ItemBatcher: { MaxItemsPerBatch: 1 }, ItemProcessor: { StartAt: 'F', States: { F: { Type: 'Succeed' } } }, Next: 'X' }), /ItemBatcher/],
  ])('%s', (_name, definition, problem) => {
    expect(problemsOf(definition)).toContainEqual(expect.stringMatching(problem));
  });

  test('States.ALL before the last catcher', () => {
    expect(problemsOf(one(task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'X' }, { ErrorEquals: ['E'], Next: 'X' }] })))).toContainEqual(expect.stringMatching(/in the last entry/));
  });

  test('all problems at once', () => {
    expect(problemsOf(machine({ A: { Type: 'Pass' }, B: { Type: 'Nope' } })).length).toBeGreaterThanOrEqual(3);
  });

  test('whatever is thrown at it, a DefinitionError comes back or a machine', () => {
    fc.assert(fc.property(fc.anything(), (definition) => {
      expect(() => problemsOf(definition)).not.toThrow();
    }));
  });
});

describe('substitutions', () => {
  const yaml = 'QueryLanguage: JSONata\nStartAt: A\nStates: { A: { Type: Task, Resource: "arn:aws:states:::lambda:invoke", Arguments: { FunctionName: "${Fn}" }, End: true } }\n';
  test('are filled in', () => expect(loadYaml(yaml, { Fn: 'arn' }).states.size).toBe(1));
  test('a missing and an unused one are named', () => {
    expect(() => loadYaml(yaml, { Other: 'x' })).toThrow(/\$\{Fn\}[\s\S]*Other is used nowhere/);
  });
});

test('the same seed and clock make the same history', async () => {
  const definition = machine({
    P: { Type: 'Parallel', Branches: [1, 2].map((n) => ({ StartAt: `A${n}`, States: { [`A${n}`]: task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 6, JitterStrategy: 'FULL' }] }) } })), End: true },
  });
  const seeded = (seed: number) => {
    let state = seed;
    return (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
  };
  const flaky = (_request: unknown, call: number): unknown => {
    if (call < 4) throw new Error('flaky');
    return call;
  };
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
    const runs = await Promise.all([1, 2].map(() => run(definition, { random: seeded(seed), steps: { A1: flaky, A2: flaky } })));
    expect(JSON.stringify(runs[0]?.execution.history)).toBe(JSON.stringify(runs[1]?.execution.history));
  }), { numRuns: 20 });
});
