// Retries, catches, limits, tokens, stops: States Language ("Errors", "Retrying after error", "Fallback states") and the Step
// Functions guide ("Handling errors", "Wait for a callback with the task token").
import { describe, expect, test } from '@jest/globals';
import { fails, LAMBDA, machine, pause, run, succeeded, task } from './run.ts';
import type { VirtualClock } from './virtual-clock.ts';

const caught = (retry: object[], errorEquals: string[], error: string) => run(machine({
  A: task({ Retry: retry, Catch: [{ ErrorEquals: errorEquals, Output: '{% $states.errorOutput %}', Next: 'X' }] }), X: { Type: 'Succeed' },
}), { steps: { A: fails(error, 'why') } });

describe('which names stand for which errors', () => {
  test.each([
    ['States.ALL', 'Anything', true], ['States.TaskFailed', 'Anything', true], ['Anything', 'Anything', true], ['Other', 'Anything', false],
    ['States.TaskFailed', 'States.Timeout', false], ['States.Timeout', 'States.HeartbeatTimeout', true], ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.Runtime', false], ['States.ALL', 'States.DataLimitExceeded', false], ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
  ])('%s and %s: %s', async (name, error, matched) => {
    const { result } = await caught([], [name], error);
    expect(result).toMatchObject(matched ? succeeded({ Error: error, Cause: 'why' }) : { status: 'FAILED', error });
  });

  test('an error without a name is States.TaskFailed', async () => {
    const { result } = await run(machine({ A: task() }), { steps: { A: () => {
      throw new RangeError('odd');
    } } });
    expect(result).toEqual({ status: 'FAILED', error: 'States.TaskFailed', cause: 'RangeError: odd' });
  });

  test('the first catcher that matches wins, and without Output the error is the output', async () => {
    const { result } = await run(machine({
      A: task({ Catch: [{ ErrorEquals: ['B'], Next: 'N' }, { ErrorEquals: ['A'], Assign: { e: '{% $states.errorOutput.Error %}' }, Next: 'Y' }, { ErrorEquals: ['States.ALL'], Next: 'N' }] }),
      Y: { Type: 'Succeed', Output: '{% [$states.input.Error, $e] %}' }, N: { Type: 'Fail' },
    }), { steps: { A: fails('A') } });
    expect(result).toEqual(succeeded(['A', 'A']));
  });
});

describe('Retry', () => {
  test('three attempts by default, one second, doubled', async () => {
    const { calls, seconds } = await run(machine({ A: task({ Retry: [{ ErrorEquals: ['States.ALL'] }] }) }), { steps: { A: fails('E') } });
    expect([calls.length, seconds]).toEqual([4, 1 + 2 + 4]);
  });

  test('MaxAttempts 0 is never, MaxDelaySeconds caps, the RetryCount counts', async () => {
    expect((await run(machine({ A: task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }] }) }), { steps: { A: fails('E') } })).calls).toHaveLength(1);
    const { seconds, result } = await run(machine({ A: task({ Arguments: { n: '{% $states.context.State.RetryCount %}' }, Retry: [{ ErrorEquals: ['E'], BackoffRate: 10, MaxDelaySeconds: 2 }] }) }), {
      steps: { A: ({ arguments: given }, call) => (call < 4 ? fails('E')(undefined as never, 0) : given) },
    });
    expect([seconds, result]).toEqual([1 + 2 + 2, succeeded({ n: 3 })]);
  });

  test('each retrier counts for itself', async () => {
    const { calls, result } = await run(machine({ A: task({ Retry: [{ ErrorEquals: ['A'], MaxAttempts: 1 }, { ErrorEquals: ['B'], MaxAttempts: 1 }] }) }), { steps: { A: (_request, call) => fails(call % 2 === 1 ? 'A' : 'B')(undefined as never, 0) } });
    expect(calls).toHaveLength(3);
    expect(result).toMatchObject({ error: 'A' });
  });

  test.each([[0, 0], [0.5, 3.5], [1, 7]])('full jitter draws from zero to the delay (%s)', async (drawn, expected) => {
    const { seconds } = await run(machine({ A: task({ Retry: [{ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL' }] }) }), { steps: { A: fails('E') }, random: () => drawn });
    expect(seconds).toBe(expected);
  });

  test('a time-out is retried like any error, and a Parallel as a whole', async () => {
    const slow = await run(machine({ A: task({ TimeoutSeconds: 2, Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1, IntervalSeconds: 1 }] }) }), { steps: { A: () => new Promise(() => undefined) } });
    expect([slow.calls.length, slow.seconds, slow.result]).toEqual([2, 5, { status: 'FAILED', error: 'States.Timeout', cause: '' }]);
    const { calls } = await run(machine({ P: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: task() } }], Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }], End: true } }), { steps: { A: (_request, call) => (call < 3 ? fails('E')(undefined as never, 0) : 1) } });
    expect(calls).toHaveLength(3);
  });
});

describe('limits', () => {
  test('TimeoutSeconds from an expression; the task sees its signal abort; no timer is left over', async () => {
    let aborted = false;
    const { result, seconds, clock } = await run(machine({ A: task({ TimeoutSeconds: '{% $states.input.limit %}', Catch: [{ ErrorEquals: ['States.Timeout'], Output: 'late', Next: 'X' }] }), X: { Type: 'Succeed' } }), {
      input: { limit: 3 }, steps: { A: ({ signal }) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))) },
    });
    expect([result, seconds, aborted, clock.sleepers]).toEqual([succeeded('late'), 3, true, 0]);
  });

  test('a task in time leaves no timer behind', async () => {
    const { clock, seconds } = await run(machine({ A: task({ TimeoutSeconds: 100 }) }));
    expect([clock.sleepers, seconds]).toEqual([0, 0]);
  });

  test('the machine\'s own limit cannot be caught', async () => {
    const { result, seconds } = await run(machine({ A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'X' }] }), X: { Type: 'Succeed' } }, { TimeoutSeconds: 4 }), { steps: { A: () => new Promise(() => undefined) } });
    expect([result.status, seconds]).toEqual(['TIMED_OUT', 4]);
  });

  test('heartbeats keep a task alive; silence ends it', async () => {
    const beating = await run(machine({ A: task({ TimeoutSeconds: 60, HeartbeatSeconds: 3 }) }), { during: (_execution, clock) => void (runClock = clock), steps: { A: async ({ heartbeat }) => {
      for (let beat = 0; beat < 4; beat += 1) {
        await pause(runClock, 2);
        heartbeat();
      }
      return 'done';
    } } });
    expect(beating.result).toEqual(succeeded('done'));
    const silent = await run(machine({ A: task({ TimeoutSeconds: 60, HeartbeatSeconds: 3, Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Output: 'silent', Next: 'X' }] }), X: { Type: 'Succeed' } }), { steps: { A: () => new Promise(() => undefined) } });
    expect([silent.result, silent.seconds]).toEqual([succeeded('silent'), 3]);
  });

  test('the history ends at 25,000 events', async () => {
    const { result, execution } = await run(machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'C' }], Default: 'A' }, C: { Type: 'Succeed' } }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(execution.history.length).toBeLessThanOrEqual(25_000);
  });
});
let runClock: VirtualClock;

describe('task tokens', () => {
  const waiting = (extra: object = {}): object => machine({ A: { Type: 'Task', Resource: `${LAMBDA}.waitForTaskToken`, Arguments: { token: '{% $states.context.Task.Token %}' }, End: true, ...extra } });

  test.each(['success', 'failure'] as const)('%s', async (answer) => {
    const { result } = await run(waiting(), { during: (execution, clock) => void (async () => {
      await pause(clock, 5);
      if (answer === 'success') execution.taskSuccess(token, { yes: true });
      else execution.taskFailure(token, 'Denied', 'by somebody');
    })(), steps: { A: ({ taskToken, arguments: given }) => {
      token = taskToken ?? '';
      expect(given).toEqual({ token });
    } } });
    expect(result).toEqual(answer === 'success' ? succeeded({ yes: true }) : { status: 'FAILED', error: 'Denied', cause: 'by somebody' });
  });

  test('nobody answers in time; a late answer and an unknown token are refused by name', async () => {
    const { result, execution } = await run(waiting({ TimeoutSeconds: 10 }), { steps: { A: ({ taskToken }) => void (token = taskToken ?? '') } });
    expect(result).toMatchObject({ error: 'States.Timeout' });
    expect(() => execution.taskSuccess(token, {})).toThrow(expect.objectContaining({ name: 'TaskTimedOut' }));
    expect(() => execution.taskHeartbeat('nonsense')).toThrow(expect.objectContaining({ name: 'InvalidToken' }));
  });

  test('a second answer is refused', async () => {
    const { execution } = await run(waiting(), { during: (running, clock) => void (async () => {
      await pause(clock, 1);
      running.taskSuccess(token, 1);
    })(), steps: { A: ({ taskToken }) => void (token = taskToken ?? '') } });
    expect(() => execution.taskFailure(token, 'E', '')).toThrow(expect.objectContaining({ name: 'TaskTimedOut' }));
  });
});
let token = '';

describe('stop and history', () => {
  test('a stop ends the execution and the task under way', async () => {
    let aborted = false;
    const { result } = await run(machine({ A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'X' }] }), X: { Type: 'Succeed' } }), {
      during: (execution, clock) => void pause(clock, 1).then(() => execution.stop('Enough', 'said a person')),
      steps: { A: ({ signal }) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))) },
    });
    expect([result, aborted]).toEqual([{ status: 'ABORTED', error: 'Enough', cause: 'said a person' }, true]);
  });

  test('events are numbered, linked and named as GetExecutionHistory does', async () => {
    const { execution } = await run(machine({ A: task({ Next: 'B' }), B: { Type: 'Succeed' } }));
    expect(execution.history.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'], [2, 0, 'TaskStateEntered'], [3, 2, 'TaskScheduled'], [4, 3, 'TaskStarted'], [5, 4, 'TaskSucceeded'], [6, 5, 'TaskStateExited'],
      [7, 6, 'SucceedStateEntered'], [8, 7, 'SucceedStateExited'], [9, 8, 'ExecutionSucceeded'],
    ]);
  });
});
