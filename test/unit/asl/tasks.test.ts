// Tasks under limits: task tokens, heartbeats, aborts, and what is left behind (guide, "Wait for a callback with the task token",
// "Task state"; States Language, "Timeouts and heartbeats").
import { describe, expect, test } from '@jest/globals';
import type { Execution, TaskRequest } from '../../../asl/index.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { LAMBDA, machine, run, succeeded, task } from './run.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const waiting = (extra: object = {}): object => machine({ A: { Type: 'Task', Resource: `${LAMBDA}.waitForTaskToken`, Arguments: { token: '{% $states.context.Task.Token %}' }, End: true, ...extra }, ...('Catch' in extra ? { X: { Type: 'Succeed' } } : {}) });

/** Runs a task that waits for its token; `talk` has the execution, the clock and the tokens given out so far. */
async function conversation(definition: object, talk: (execution: Execution, clock: VirtualClock, tokens: readonly string[]) => Promise<void>, act: (request: TaskRequest) => unknown = () => null): Promise<Awaited<ReturnType<typeof run>> & { tokens: readonly string[] }> {
  const tokens: string[] = [];
  let talked: Promise<void> | undefined;
  const ran = await run(definition, {
    during: (execution, clock) => void (talked = talk(execution, clock, tokens)),
    steps: { A: (request) => (tokens.push(request.taskToken ?? ''), act(request)) },
  });
  await talked;
  return { ...ran, tokens };
}

describe('task tokens', () => {
  test('an answer that comes before the request has returned counts', async () => {
    let running: Execution | undefined;
    const { result, seconds } = await conversation(waiting(), async (execution) => void (running = execution), (request) => {
      running?.taskSuccess(request.taskToken ?? '', { early: true });
      return never();
    });
    expect([result, seconds]).toEqual([succeeded({ early: true }), 0]);
  });

  test('a request that fails ends the wait, and its token', async () => {
    const { result, execution, tokens } = await conversation(waiting(), async () => undefined, () => {
      throw new Error('no such queue');
    });
    expect(result).toMatchObject({ error: 'States.TaskFailed' });
    expect(() => execution.taskSuccess(tokens[0] ?? '', 1)).toThrow(expect.objectContaining({ name: 'TaskTimedOut' }));
  });

  test('SendTaskHeartbeat keeps the wait alive; then silence ends it that long after the last beat', async () => {
    const { result, seconds } = await conversation(waiting({ TimeoutSeconds: 100, HeartbeatSeconds: 10, Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Output: 'silent', Next: 'X' }] }), async (execution, clock, tokens) => {
      await clock.sleep(9000);
      execution.taskHeartbeat(tokens[0] ?? '');
      await clock.sleep(4000);
      execution.taskHeartbeat(tokens[0] ?? '');
    });
    expect([result, seconds]).toEqual([succeeded('silent'), 23]);
  });

  test('heartbeats do not stretch TimeoutSeconds', async () => {
    const { result, seconds } = await conversation(waiting({ TimeoutSeconds: 12, HeartbeatSeconds: 10 }), async (execution, clock, tokens) => {
      await clock.sleep(9000);
      execution.taskHeartbeat(tokens[0] ?? '');
    });
    expect([result, seconds]).toEqual([{ status: 'FAILED', error: 'States.Timeout', cause: '' }, 12]);
  });

  test('each try has a token of its own, and the one before is late', async () => {
    const { result, tokens } = await conversation(waiting({ TimeoutSeconds: 5, Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }] }), async (execution, clock, given) => {
      await clock.sleep(8000);
      expect(() => execution.taskSuccess(given[0] ?? '', 1)).toThrow(expect.objectContaining({ name: 'TaskTimedOut' }));
      execution.taskSuccess(given[1] ?? '', 2);
    });
    expect([result, new Set(tokens).size]).toEqual([succeeded(2), 2]);
  });

  test('a stop ends the wait and the token; an execution knows only its own', async () => {
    const { result, execution, tokens, clock } = await conversation(waiting(), async (running, time) => {
      await time.sleep(1000);
      running.stop();
    });
    expect([result, clock.sleepers]).toEqual([{ status: 'ABORTED', error: '', cause: '' }, 0]);
    expect([execution.knowsToken(tokens[0] ?? ''), execution.knowsToken('another')]).toEqual([true, false]);
    expect(() => execution.taskHeartbeat(tokens[0] ?? '')).toThrow(expect.objectContaining({ name: 'TaskTimedOut' }));
  });

  test('an answer of more than 256 KiB is States.DataLimitExceeded', async () => {
    const { result } = await conversation(waiting(), async (execution, clock, tokens) => {
      await clock.sleep(1);
      execution.taskSuccess(tokens[0] ?? '', 'ü'.repeat(150_000));
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('what a task is given and gives', () => {
  test('neither the runner nor the workflow can change the other\'s data', async () => {
    const shared = { list: [1] };
    const { result } = await run(machine({ A: task({ Assign: { kept: '{% $states.result %}' }, Next: 'B' }), B: task({ Output: '{% [$count($kept.list), $count($states.input.list)] %}' }) }), {
      steps: { A: () => shared, B: ({ arguments: given }) => {
        (given as typeof shared).list.push(2);
        shared.list.push(3);
        return null;
      } },
    });
    expect(result).toEqual(succeeded([1, 1]));
  });

  test('plain JSON comes out: dates as text, undefined left out, nothing as null', async () => {
    const { result } = await run(machine({ A: task({ Next: 'B', Assign: { first: '{% $states.result %}' } }), B: task({ Output: '{% [$first, $states.result] %}' }) }), { steps: { A: () => ({ at: new Date(0), gone: undefined }), B: () => undefined } });
    expect(result).toEqual(succeeded([{ at: '1970-01-01T00:00:00.000Z' }, null]));
  });

  test('a limit of exactly 256 KiB is kept', async () => {
    const text = 'x'.repeat(262_144 - 2);
    expect((await run(machine({ A: task() }), { steps: { A: () => text } })).result.status).toBe('SUCCEEDED');
    expect((await run(machine({ A: task() }), { steps: { A: () => `${text}x` } })).result).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  test('States.DataLimitExceeded can be caught by its own name only', async () => {
    const by = async (name: string): Promise<string> => (await run(machine({ A: task({ Catch: [{ ErrorEquals: [name], Output: 1, Next: 'X' }] }), X: { Type: 'Succeed' } }), { steps: { A: () => 'x'.repeat(300_000) } })).result.status;
    expect([await by('States.DataLimitExceeded'), await by('States.ALL'), await by('States.TaskFailed')]).toEqual(['SUCCEEDED', 'FAILED', 'FAILED']);
  });

  test('a wrong expression in Arguments, Assign or Output of a task can be caught and retried', async () => {
    for (const field of ['Arguments', 'Assign', 'Output']) {
      const value = field === 'Assign' ? { v: '{% $states.input.nope %}' } : '{% $states.input.nope %}';
      const { result, seconds } = await run(machine({
        A: task({ [field]: value, Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 2 }], Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.context.State.RetryCount %}', Next: 'X' }] }), X: { Type: 'Succeed' },
      }));
      expect([result, seconds]).toEqual([succeeded(2), 3]);
    }
  });
});

describe('nothing is left over', () => {
  test.each([
    ['a task in time', { A: task({ TimeoutSeconds: 50, HeartbeatSeconds: 5 }) }], ['a time-out', { B: task({ TimeoutSeconds: 5, HeartbeatSeconds: 4 }) }],
    ['a failing branch', { P: { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: task() } }, { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 9, Next: 'F' }, F: { Type: 'Fail' } } }, { StartAt: 'L', States: { L: { Type: 'Wait', Seconds: 99, End: true } } }], End: true } }],
    ['a machine\'s limit in a retry\'s pause', { C: task({ Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1000 }] }) }],
  ])('no timer after %s', async (_name, states) => {
    const { clock } = await run(machine(states, { TimeoutSeconds: 60 }), { steps: { B: never, C: () => {
      throw new Error('again');
    } } });
    expect(clock.sleepers).toBe(0);
  });

  test('a task that ends after its time-out changes nothing', async () => {
    let late: (value: string) => void = () => undefined;
    const { result, execution } = await run(machine({ A: task({ TimeoutSeconds: 2, Catch: [{ ErrorEquals: ['States.Timeout'], Output: 'late', Next: 'X' }] }), X: { Type: 'Wait', Seconds: 5, End: true } }), {
      steps: { A: () => new Promise((resolve) => (late = resolve)) }, during: (_execution, clock) => void clock.sleep(4000).then(() => late('too late')),
    });
    expect(result).toEqual(succeeded('late'));
    expect(execution.history.map(({ type }) => type)).not.toContain('TaskSucceeded');
  });
});
