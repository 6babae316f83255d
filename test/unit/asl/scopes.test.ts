// Parallel, Map and variables (States Language, "Parallel state", "Map state"; guide, "Passing data between states with variables",
// "Distributed Map", "ItemBatcher", "Failure thresholds"), long loops, and that a seed decides everything.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { load, execute } from '../../../asl/index.ts';
import { machine, run, succeeded, task } from './run.ts';
import { VirtualClock } from './virtual-clock.ts';

const pass = (output: unknown, extra: object = {}): object => ({ Type: 'Pass', Output: output, End: true, ...extra });
const branch = (name: string, state: object): object => ({ StartAt: name, States: { [name]: state } });
const distributed = (name: string, state: object): object => ({ ...branch(name, state), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } });
const map = (extra: object, processor: object = branch('F', task())): object => machine({ M: { Type: 'Map', ItemProcessor: processor, End: true, ...extra } });
const failsOn = (...bad: readonly unknown[]) => ({ F: ({ arguments: given }: { arguments: unknown }) => {
  if (bad.includes(given)) throw new Error(`bad ${String(given)}`);
  return given;
} });

describe('variables', () => {
  test('a scope sees the scopes around it; what it sets stays inside, also for its siblings', async () => {
    const { result } = await run(machine({
      A: { Type: 'Pass', Assign: { v: 1 }, Next: 'P' },
      P: { Type: 'Parallel', Branches: [
        { StartAt: 'S', States: { S: { Type: 'Pass', Assign: { v: 2, w: 2 }, Next: 'T' }, T: { Type: 'Map', Items: [0], ItemProcessor: branch('U', pass('{% [$v, $w] %}')), Output: '{% $states.result[0] %}', End: true } } },
        { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'R' }, R: pass('{% [$v, $exists($w)] %}') } },
      ], Next: 'E' },
      E: pass('{% [$states.input, $v, $exists($w)] %}'),
    }));
    expect(result).toEqual(succeeded([[2, 2], [1, false], 1, false]));
  });

  test('a caught error undoes nothing and sets only what the catcher sets', async () => {
    const { result } = await run(machine({
      A: { Type: 'Pass', Assign: { v: 1 }, Next: 'B' },
      B: task({ Assign: { v: 2 }, Catch: [{ ErrorEquals: ['States.ALL'], Assign: { w: '{% $v %}' }, Next: 'C' }] }), C: pass('{% [$v, $w] %}'),
    }), { steps: { B: () => {
      throw new Error('no');
    } } });
    expect(result).toEqual(succeeded([1, 1]));
  });

  test('Assign of more than 256 KiB', async () => {
    const { result } = await run(machine({ A: task({ Assign: { v: '{% $states.result & $states.result %}' }, Output: 1 }) }), { steps: { A: () => 'x'.repeat(200_000) } });
    expect(result).toMatchObject({ error: 'States.DataLimitExceeded' });
  });
});

describe('Parallel', () => {
  test('Arguments are the input of every branch', async () => {
    const { result } = await run(machine({ P: { Type: 'Parallel', Arguments: { x: '{% $states.input.a %}' }, Branches: [branch('A', { Type: 'Succeed' }), branch('B', pass('{% $states.input.x + 1 %}'))], End: true } }), { input: { a: 1 } });
    expect(result).toEqual(succeeded([{ x: 1 }, 2]));
  });

  test('a branch\'s own Catch comes first, and a branch\'s Choice without a match is the Parallel\'s to catch', async () => {
    const { result } = await run(machine({ P: { Type: 'Parallel', Branches: [
      { StartAt: 'A', States: { A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Output: 'inside', Next: 'B' }] }), B: { Type: 'Succeed' } } },
      { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'C' }, C: { Type: 'Choice', Choices: [{ Condition: false, Next: 'D' }] }, D: { Type: 'Succeed' } } },
    ], Catch: [{ ErrorEquals: ['States.NoChoiceMatched'], Output: 'outside', Next: 'X' }], End: true }, X: { Type: 'Succeed' } }), { steps: { A: () => {
      throw new Error('no');
    } } });
    expect(result).toEqual(succeeded('outside'));
  });
});

describe('Map', () => {
  test('40 at once at most inline, and what MaxConcurrency says', async () => {
    const most = async (extra: object): Promise<number> => {
      let [now, peak] = [0, 0];
      await run(machine({ M: { Type: 'Map', Items: '{% [1..50] %}', ItemProcessor: branch('F', task()), End: true, ...extra } }), { steps: { F: async () => {
        peak = Math.max(peak, (now += 1));
        for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
        now -= 1;
      } } });
      return peak;
    };
    expect([await most({}), await most({ MaxConcurrency: '{% 3 %}' }), await most({ MaxConcurrency: 0 })]).toEqual([40, 3, 40]);
  });

  test('after the first failure no further iteration begins', async () => {
    const { calls, result } = await run(map({ Items: [1, 2, 3, 4], MaxConcurrency: 1 }), { steps: failsOn(2) as never });
    expect([calls.length, result]).toEqual([2, { status: 'FAILED', error: 'States.TaskFailed', cause: 'Error: bad 2' }]);
  });

  test.each([
    ['count kept', { ToleratedFailureCount: 2 }, 'SUCCEEDED'], ['count exceeded', { ToleratedFailureCount: 1 }, 'FAILED'],
    ['percentage kept', { ToleratedFailurePercentage: 50 }, 'SUCCEEDED'], ['percentage exceeded', { ToleratedFailurePercentage: 49.9 }, 'FAILED'],
    ['both, one exceeded', { ToleratedFailurePercentage: 100, ToleratedFailureCount: '{% 1 %}' }, 'FAILED'],
  ])('two of four fail: %s', async (_name, extra, status) => {
    const { result } = await run(map({ Items: [1, 2, 3, 4], ...extra }), { steps: failsOn(2, 3) as never });
    expect(result).toMatchObject(status === 'FAILED' ? { status, error: 'States.ExceedToleratedFailureThreshold' } : { status, output: [1, null, null, 4] });
  });

  test('distributed: no variables from outside, and a failure has the threshold\'s name', async () => {
    const outer = (processor: object): object => machine({ A: { Type: 'Pass', Assign: { v: 1 }, Next: 'M' }, M: { Type: 'Map', Items: [1], ItemProcessor: processor, End: true } });
    expect((await run(outer(distributed('F', pass('{% $exists($v) %}'))))).result).toEqual(succeeded([false]));
    expect((await run(outer(distributed('F', { Type: 'Fail', Error: 'Mine' })))).result).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  });

  test('batches by items and by bytes, of what ItemSelector made', async () => {
    const batches = async (batcher: object): Promise<unknown> => (await run(map({
      Items: ['a', 'bb', 'c'], ItemSelector: { v: '{% $states.context.Map.Item.Value %}' }, ItemBatcher: batcher,
    }, distributed('F', pass('{% [$states.input.Items.v] %}'))))).result;
    expect(await batches({ MaxItemsPerBatch: 2 })).toEqual(succeeded([['a', 'bb'], ['c']]));
    // {"Items":[{"v":"a"}]} has 21 bytes and each further item 10 or more.
    expect(await batches({ MaxInputBytesPerBatch: 31 })).toEqual(succeeded([['a'], ['bb'], ['c']]));
    expect(await batches({ MaxInputBytesPerBatch: 45, MaxItemsPerBatch: 2 })).toEqual(succeeded([['a', 'bb'], ['c']]));
  });

  test('a fault of the workflow itself is not tolerated', async () => {
    const { result } = await run(map({ Items: [1, 2], ToleratedFailureCount: 5 }), { steps: failsOn(1, 2) as never });
    expect(result).toEqual(succeeded([null, null]));
    const runtime = await run(map({ Items: [1, 2], ToleratedFailureCount: 5 }, branch('F', { Type: 'Fail', Error: 'States.Runtime' })));
    expect(runtime.result).toMatchObject({ error: 'States.Runtime' });
  });
});

describe('long and repeated', () => {
  const loop = machine({
    A: { Type: 'Pass', Assign: { n: 0 }, Next: 'B' }, B: task({ TimeoutSeconds: 9, Next: 'C', Assign: { n: '{% $n + 1 %}' }, Output: null }),
    C: { Type: 'Wait', Seconds: 1, Next: 'D' }, D: { Type: 'Choice', Choices: [{ Condition: '{% $n < 1000 %}', Next: 'B' }], Default: 'E' }, E: pass('{% $n %}'),
  }, { TimeoutSeconds: 5000 });

  test('a loop of 1,000 keeps nothing but its history', async () => {
    const timers: number[] = [];
    let time: VirtualClock | undefined;
    const { result, seconds, clock, execution } = await run(loop, { during: (_execution, started) => void (time = started), steps: { B: () => void timers.push(time?.sleepers ?? -1) } });
    expect([result, seconds, clock.sleepers]).toEqual([succeeded(1000), 1000, 0]);
    // In each turn the same two timers: the machine's limit and the task's own.
    expect(new Set(timers)).toEqual(new Set([2]));
    // The texts of the history are all that grows: 9 short events for each turn of the loop.
    expect(JSON.stringify(execution.history).length / 1000).toBeLessThan(2500);
  });

  test('the same seed and clock give the same history, byte for byte; another seed another one', async () => {
    const definition = machine({
      P: { Type: 'Parallel', Branches: [1, 2].map((n) => branch(`M${n}`, {
        Type: 'Map', Items: '{% $shuffle([1..4]) %}', MaxConcurrency: n, ItemProcessor: branch(`T${n}`, task({ Arguments: { n: '{% $random() %}', id: '{% $uuid() %}', at: '{% $now() %}' }, TimeoutSeconds: 30, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 4, JitterStrategy: 'FULL' }] })), ToleratedFailureCount: 4, End: true,
      })), End: true },
    });
    const chance = (seed: number) => {
      let state = seed;
      return (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
    };
    const history = async (seed: number): Promise<string> => {
      const random = chance(seed);
      const flaky = ({ arguments: given }: { arguments: unknown }): unknown => {
        if (random() < 0.5) throw new Error('flaky');
        return given;
      };
      return JSON.stringify((await run(definition, { random, steps: { T1: flaky, T2: flaky } })).execution.history);
    };
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const [first, again, other] = [await history(seed), await history(seed), await history(seed + 1)];
      expect([first === again, first === other]).toEqual([true, false]);
    }), { numRuns: 25 });
  });

  test('one loaded machine runs many executions at once, each with its own data, time and chance', async () => {
    const loaded = load(machine({ A: { Type: 'Wait', Seconds: '{% $states.input.n %}', Next: 'B' }, B: pass('{% [$states.input.n, $millis(), $random()] %}') }));
    const outcomes = await Promise.all([1, 2, 3].map(async (n) => {
      const clock = new VirtualClock(n * 1_000_000);
      const execution = execute(loaded, { input: { n }, name: `${n}`, executionArn: 'arn', stateMachineArn: 'arn', stateMachineName: 'm', clock, random: () => n / 10, tasks: { run: () => Promise.resolve(null) } });
      return clock.settle(execution.result);
    }));
    expect(outcomes).toEqual([1, 2, 3].map((n) => succeeded([n, n * 1_001_000, n / 10])));
  });

  test('full jitter stays between zero and the delay, whatever the chance', async () => {
    await fc.assert(fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (drawn) => {
      const { seconds } = await run(machine({ A: task({ Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 10, MaxAttempts: 3, JitterStrategy: 'FULL' }] }) }), { random: () => drawn, steps: { A: () => {
        throw new Error('no');
      } } });
      expect(seconds).toBeCloseTo(drawn * (2 + 6 + 10), 3);
    }));
  });
});
