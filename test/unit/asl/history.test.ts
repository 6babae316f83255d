// Events as GetExecutionHistory gives them. Where a comment says "recorded", the sequence is that of a run of the real service.
import { describe, expect, test } from '@jest/globals';
import type { HistoryEvent } from '../../../asl/index.ts';
import { fails, machine, run, task } from './run.ts';

type Line = readonly [id: number, previous: number, type: string];
const lines = (history: readonly HistoryEvent[]): readonly Line[] => history.map(({ id, previousEventId, type }) => [id, previousEventId, type]);
const details = (history: readonly HistoryEvent[], type: string): unknown => {
  const event = history.find((entry) => entry.type === type);
  return event?.[`${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`];
};
const never = (): Promise<never> => new Promise(() => undefined);
const branch = (name: string, state: object): object => ({ StartAt: name, States: { [name]: state } });

describe('tasks', () => {
  test('a service integration: recorded order and details', async () => {
    const { execution: { history } } = await run(machine({ A: task({ Arguments: { FunctionName: 'f' }, TimeoutSeconds: 5 }) }), { steps: { A: () => ({ StatusCode: 200 }) } });
    expect(details(history, 'TaskScheduled')).toMatchObject({ resource: 'invoke', resourceType: 'lambda', parameters: '{"FunctionName":"f"}', timeoutInSeconds: 5 });
    expect(details(history, 'TaskSucceeded')).toEqual({ resource: 'invoke', resourceType: 'lambda', output: '{"StatusCode":200}', outputDetails: { truncated: false } });
    expect(details(history, 'ExecutionStarted')).toEqual({ input: '{}', inputDetails: { truncated: false } });
  });

  test('a plain function has a family of its own: recorded', async () => {
    const { execution: { history } } = await run(machine({ A: { Type: 'Task', Resource: 'arn:aws:lambda:eu-west-1:111122223333:function:f', TimeoutSeconds: 5, End: true } }), { steps: { A: never } });
    expect(lines(history)).toEqual([
      [1, 0, 'ExecutionStarted'], [2, 0, 'TaskStateEntered'], [3, 2, 'LambdaFunctionScheduled'], [4, 3, 'LambdaFunctionStarted'], [5, 4, 'LambdaFunctionTimedOut'], [6, 5, 'ExecutionFailed'],
    ]);
    expect(details(history, 'LambdaFunctionTimedOut')).toEqual({ error: 'States.Timeout' });
  });

  test.each([
    ['arn:aws:states:::states:startExecution.sync:2', 'states', 'startExecution.sync:2'],
    ['arn:aws:states:::aws-sdk:rds:failoverGlobalCluster', 'aws-sdk:rds', 'failoverGlobalCluster'],
    ['arn:aws:states:::events:putEvents', 'events', 'putEvents'],
  ])('%s', async (resource, resourceType, action) => {
    const { execution } = await run(machine({ A: { Type: 'Task', Resource: resource, Arguments: {}, End: true } }));
    expect(details(execution.history, 'TaskStarted')).toEqual({ resource: action, resourceType });
  });

  test('a missed heartbeat is recorded as States.Timeout, without a cause: recorded', async () => {
    const { execution: { history } } = await run(machine({ A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', Arguments: {}, TimeoutSeconds: 600, HeartbeatSeconds: 5, End: true } }), { steps: { A: () => ({ MessageId: 'm' }) } });
    expect(lines(history)).toEqual([
      [1, 0, 'ExecutionStarted'], [2, 0, 'TaskStateEntered'], [3, 2, 'TaskScheduled'], [4, 3, 'TaskStarted'], [5, 4, 'TaskSubmitted'], [6, 5, 'TaskTimedOut'], [7, 6, 'ExecutionFailed'],
    ]);
    expect(details(history, 'TaskScheduled')).toMatchObject({ heartbeatInSeconds: 5, timeoutInSeconds: 600 });
    expect(details(history, 'TaskTimedOut')).toEqual({ error: 'States.Timeout', resource: 'sendMessage.waitForTaskToken', resourceType: 'sqs' });
    expect(details(history, 'ExecutionFailed')).toEqual({ error: 'States.Timeout' });
  });

  test('a caught error leaves the state with the error output and what was assigned: recorded', async () => {
    const { execution: { history } } = await run(machine({ A: task({ Catch: [{ ErrorEquals: ['E'], Assign: { e: '{% $states.errorOutput.Error %}' }, Next: 'X' }] }), X: { Type: 'Pass', End: true } }), { steps: { A: fails('E', 'why') } });
    const left = history.find(({ type }) => type === 'TaskStateExited');
    expect(left?.['stateExitedEventDetails']).toEqual({
      name: 'A', output: '{"Error":"E","Cause":"why"}', outputDetails: { truncated: false }, assignedVariables: { e: '"E"' }, assignedVariablesDetails: { truncated: false },
    });
  });

  test('each try has its own Scheduled, Started and Failed, one after the other', async () => {
    const { execution: { history } } = await run(machine({ A: task({ Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] }) }), { steps: { A: (request, call) => (call === 1 ? fails('E')(request, call) : 1) } });
    expect(lines(history).slice(2, 8)).toEqual([[3, 2, 'TaskScheduled'], [4, 3, 'TaskStarted'], [5, 4, 'TaskFailed'], [6, 5, 'TaskScheduled'], [7, 6, 'TaskStarted'], [8, 7, 'TaskSucceeded']]);
  });
});

describe('branches and iterations', () => {
  test('each branch is a chain of its own that begins where the Parallel started', async () => {
    const { execution: { history } } = await run(machine({ P: { Type: 'Parallel', Branches: [branch('A', { Type: 'Wait', Seconds: 2, End: true }), branch('B', { Type: 'Wait', Seconds: 1, End: true })], End: true } }));
    expect(lines(history)).toEqual([
      [1, 0, 'ExecutionStarted'], [2, 0, 'ParallelStateEntered'], [3, 2, 'ParallelStateStarted'], [4, 3, 'WaitStateEntered'], [5, 3, 'WaitStateEntered'],
      [6, 5, 'WaitStateExited'], [7, 4, 'WaitStateExited'], [8, 7, 'ParallelStateSucceeded'], [9, 8, 'ParallelStateExited'], [10, 9, 'ExecutionSucceeded'],
    ]);
  });

  test('a Map whose items time out: the first fails, the others are aborted: recorded', async () => {
    const { execution: { history } } = await run(machine({ M: { Type: 'Map', Items: [1, 2], ItemProcessor: branch('A', task({ TimeoutSeconds: 5 })), End: true } }), { steps: { A: never } });
    const last = lines(history).slice(-7);
    const timedOut = history.find(({ type }) => type === 'TaskTimedOut')?.id as number;
    expect(last.map(([, previous, type]) => [previous === timedOut ? 'the time-out' : previous, type])).toEqual([
      [expect.anything(), 'TaskTimedOut'], ['the time-out', 'MapIterationFailed'], ['the time-out', 'TaskStateAborted'], ['the time-out', 'MapIterationAborted'],
      ['the time-out', 'TaskStateAborted'], ['the time-out', 'MapStateFailed'], [history.length - 1, 'ExecutionFailed'],
    ]);
  });

  test('states inside an aborted branch are ended from the inside out, and nothing is recorded after the end', async () => {
    const inner = { Type: 'Parallel', Branches: [branch('Slow', task())], End: true };
    const { execution: { history } } = await run(machine({ P: { Type: 'Parallel', Branches: [branch('In', inner), branch('F', { Type: 'Fail', Error: 'E' })], End: true } }), { steps: { Slow: never } });
    expect(history.slice(-4).map(({ type }) => type)).toEqual(['TaskStateAborted', 'ParallelStateAborted', 'ParallelStateFailed', 'ExecutionFailed']);
  });

  test('every state that was entered has its name, also inside', async () => {
    const { execution: { history } } = await run(machine({ M: { Type: 'Map', Items: [1, 2], ItemProcessor: branch('In', { Type: 'Pass', End: true }), End: true } }));
    const named = (type: string, key: string): unknown[] => history.filter((event) => event.type === type).map((event) => (event[key] as { name: string }).name);
    expect(named('PassStateEntered', 'stateEnteredEventDetails')).toEqual(['In', 'In']);
    expect(named('PassStateExited', 'stateExitedEventDetails')).toEqual(['In', 'In']);
    expect(details(history, 'MapIterationStarted')).toEqual({ name: 'M', index: 0 });
  });
});

describe('the end', () => {
  test.each(['TimeoutSeconds', 'stop'])('%s: one event without a chain, and no exit of the state', async (how) => {
    const { execution: { history } } = await run(machine({ A: task() }, how === 'stop' ? {} : { TimeoutSeconds: 3 }), {
      steps: { A: never }, during: (execution, clock) => how === 'stop' && void clock.sleep(1000).then(() => execution.stop()),
    });
    expect(lines(history).at(-1)).toEqual([5, 0, how === 'stop' ? 'ExecutionAborted' : 'ExecutionTimedOut']);
  });

  test('an expression that fails is recorded with its state and place (GetExecutionHistory, EvaluationFailedEventDetails)', async () => {
    const { execution: { history }, result } = await run(machine({ A: { Type: 'Pass', Output: { deep: [1, '{% $states.input.nope %}'] }, End: true } }));
    const cause = "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.input.nope' specified for the field 'Output/deep[1]' returned nothing (undefined).";
    expect(details(history, 'EvaluationFailed')).toEqual({ error: 'States.QueryEvaluationError', cause, location: 'Output/deep[1]', state: 'A' });
    expect(result).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError', cause });
  });

  test('event 25,000 is the failure itself (service quotas)', async () => {
    const { execution: { history } } = await run(machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Choice', Choices: [{ Condition: false, Next: 'C' }], Default: 'A' }, C: { Type: 'Succeed' } }));
    expect([history.length, history.at(-1)?.type]).toEqual([25_000, 'ExecutionFailed']);
    expect(details(history, 'ExecutionFailed')).toEqual({ error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).' });
  });

});
