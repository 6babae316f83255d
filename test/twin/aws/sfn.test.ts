// Step Functions: the project's interpreter behind AWS's API, with tasks that call the other services of the endpoint.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CreateStateMachineCommand, DescribeExecutionCommand, DescribeStateMachineCommand, GetExecutionHistoryCommand, ListExecutionsCommand, ListStateMachinesCommand,
  SFNClient, SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, StartExecutionCommand, StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { cloudWatchService } from '../../../twin/aws/services/cloudwatch.ts';
import { dynamodbService } from '../../../twin/aws/services/dynamodb.ts';
import { eventBridgeService, type EventBridgeService } from '../../../twin/aws/services/eventbridge.ts';
import type { BusEvent } from '../../../twin/aws/services/eventbridge/event.ts';
import { lambdaService, type InvokeResult } from '../../../twin/aws/services/lambda.ts';
import { sdkErrorName, javaName } from '../../../twin/aws/services/sfn/sdk-names.ts';
import { sfnService } from '../../../twin/aws/services/sfn.ts';
import { EAST, openWorld, rejection, until, WEST, type World } from './world.ts';

let world: World;
let sfn: SFNClient;
let bridge: EventBridgeService;
let run: (payload: { readonly [name: string]: unknown }) => Promise<InvokeResult>;
const events: BusEvent[] = [];
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

beforeEach(async () => {
  events.length = 0;
  run = (payload) => Promise.resolve({ payload: json({ got: payload }) });
  world = await openWorld(({ clock, network, call }) => {
    bridge = eventBridgeService({ clock, network, call, onEvent: (event) => events.push(event) });
    return [
      bridge, sfnService({ clock, call, emit: bridge.emit }), cloudWatchService({ clock, call, emit: bridge.emit }),
      dynamodbService({ clock, network, tables: [{ name: 'journal', partitionKey: 'pk', regions: [EAST] }] }),
      lambdaService({ clock, functions: [{ region: EAST, name: 'claim' }], invoke: (_name, _region, payload) => run(JSON.parse(Buffer.from(payload).toString())) }),
    ];
  });
  sfn = new SFNClient({ ...world.client(EAST), maxAttempts: 1 });
});
afterEach(() => world.close());

const role = 'arn:aws:iam::111122223333:role/r';
const task = (Resource: string, Arguments: unknown, more = {}) => ({ QueryLanguage: 'JSONata', StartAt: 'Do', States: { Do: { Type: 'Task', Resource, Arguments, End: true, ...more } } });
const invoke = (more = {}) => task('arn:aws:states:::lambda:invoke', { FunctionName: 'claim', Payload: { in: '{% $states.input %}' } }, more);
async function machine(definition: unknown, name = 'm'): Promise<string> {
  const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name, roleArn: role, definition: JSON.stringify(definition) }));
  return stateMachineArn ?? '';
}
async function start(definition: unknown, input: unknown = { a: 1 }) {
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: await machine(definition), input: JSON.stringify(input) }));
  return executionArn ?? '';
}
const described = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }));
async function ended(executionArn: string) {
  await until(async () => (await described(executionArn)).status !== 'RUNNING');
  return described(executionArn);
}
const wait = { QueryLanguage: 'JSONata', StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } };

describe('tasks', () => {
  it('invoke a Lambda function', async () => {
    const { status, output } = await ended(await start(invoke()));
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output ?? '')).toEqual({ ExecutedVersion: '$LATEST', StatusCode: 200, Payload: { got: { in: { a: 1 } } } });
    expect(world.endpoint.calls.find(({ operation }) => operation === 'Invoke')).toMatchObject({ caller: EAST, region: EAST });
  });
  it('fail by the name that the function gave its error', async () => {
    run = () => Promise.resolve({ payload: json({ errorType: 'LeaseLostError', errorMessage: 'epoch 4' }), functionError: 'Unhandled' });
    const { status, error, cause } = await ended(await start(invoke()));
    expect([status, error]).toEqual(['FAILED', 'LeaseLostError']);
    expect(JSON.parse(cause ?? '')).toEqual({ errorType: 'LeaseLostError', errorMessage: 'epoch 4' });
  });
  it('retry what the service throttles', async () => {
    world.endpoint.fault({ service: 'lambda', times: 1, code: 'TooManyRequestsException' });
    const { status } = await ended(await start(invoke({ Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1, MaxAttempts: 1 }] })));
    expect(status).toBe('SUCCEEDED');
  });
  it('fail as Lambda.ResourceNotFoundException without the function', async () => {
    const { error } = await ended(await start(task('arn:aws:states:::lambda:invoke', { FunctionName: 'absent', Payload: {} })));
    expect(error).toBe('Lambda.ResourceNotFoundException');
  });
  it('put events, and fail when one is refused', async () => {
    const entry = (Source: string) => ({ Entries: [{ Source, DetailType: 'd', Detail: { x: '{% $states.input.a %}' } }] });
    expect((await ended(await start(task('arn:aws:states:::events:putEvents', entry('mine'))))).status).toBe('SUCCEEDED');
    expect(events.find(({ source }) => source === 'mine')?.detail).toEqual({ x: 1 });
    const refused = await machine(task('arn:aws:states:::events:putEvents', entry('aws.mine')), 'refused');
    const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn: refused, input: '{"a":1}' }));
    expect((await ended(executionArn)).error).toBe('EventBridge.FailedEntry');
  });
  it('call any service by the Java SDK\'s names', async () => {
    const put = task('arn:aws:states:::aws-sdk:dynamodb:putItem', { TableName: 'journal', Item: { pk: { S: 'DBInstance' } }, ConditionExpression: 'attribute_not_exists(pk)' });
    expect((await ended(await start(put))).status).toBe('SUCCEEDED');
    const again = await sfn.send(new StartExecutionCommand({ stateMachineArn: await machine(put) }));
    expect((await ended(again.executionArn ?? '')).error).toBe('DynamoDb.ConditionalCheckFailedException');
    const get = await machine(task('arn:aws:states:::aws-sdk:dynamodb:getItem', { TableName: 'journal', Key: { pk: { S: 'DBInstance' } } }), 'get');
    const read = await sfn.send(new StartExecutionCommand({ stateMachineArn: get }));
    expect(JSON.parse((await ended(read.executionArn ?? '')).output ?? '')).toEqual({ Item: { pk: { S: 'DBInstance' } } });
    expect([javaName('DBInstances'), javaName('executionArn'), sdkErrorName('Rds', 'DBInstanceNotFoundFault')]).toEqual(['DbInstances', 'ExecutionArn', 'Rds.DbInstanceNotFoundException']);
  });
  it('time out when the region is a black hole', async () => {
    world.network.cut(EAST, EAST, 'black-hole');
    const arn = (await world.endpoint.call('sfn', 'CreateStateMachine', { name: 'm', roleArn: role, definition: JSON.stringify(invoke({ TimeoutSeconds: 1 })) }, { region: EAST, caller: WEST })) as { stateMachineArn: string };
    await world.endpoint.call('sfn', 'StartExecution', { stateMachineArn: arn.stateMachineArn, name: 'e' }, { region: EAST, caller: WEST });
    await until(() => events.some(({ detail }) => (detail as { error?: string }).error === 'States.Timeout'));
  });
});

describe('task tokens', () => {
  const waiting = task('arn:aws:states:::lambda:invoke.waitForTaskToken', { FunctionName: 'claim', Payload: { token: '{% $states.context.Task.Token %}' } });
  async function token(): Promise<{ executionArn: string; taskToken: string }> {
    let taskToken = '';
    run = (payload) => {
      taskToken = String(payload['token']);
      return Promise.resolve({ payload: json(null) });
    };
    const executionArn = await start(waiting);
    await until(() => taskToken !== '');
    return { executionArn, taskToken };
  }
  it('succeed with an output', async () => {
    const { executionArn, taskToken } = await token();
    await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"approved":true}' }));
    expect(JSON.parse((await ended(executionArn)).output ?? '')).toEqual({ approved: true });
    expect((await rejection(sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })))).name).toBe('TaskTimedOut');
  });
  it('fail by name', async () => {
    const { executionArn, taskToken } = await token();
    await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'Refused', cause: 'by a human' }));
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'by a human' });
  });
  it('that nobody gave out, or with an output that is no JSON', async () => {
    expect((await rejection(sfn.send(new SendTaskSuccessCommand({ taskToken: 'x', output: '{}' })))).name).toBe('InvalidToken');
    const { taskToken } = await token();
    expect((await rejection(sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{' })))).name).toBe('InvalidOutput');
  });
});

describe('executions', () => {
  it('start once per name and input while they run', async () => {
    const stateMachineArn = await machine(wait);
    const begin = (input: string) => sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'incident-7', input }));
    const starts = await Promise.all(Array.from({ length: 20 }, () => begin('{"a":1}')));
    expect(new Set(starts.map(({ executionArn, startDate }) => `${executionArn} ${startDate?.getTime()}`)).size).toBe(1);
    expect((await rejection(begin('{"a":2}'))).name).toBe('ExecutionAlreadyExists');
    await sfn.send(new StopExecutionCommand({ executionArn: starts[0]?.executionArn, error: 'Stopped', cause: 'by a test' }));
    expect(await described(starts[0]?.executionArn ?? '')).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by a test' });
    expect((await rejection(begin('{"a":1}'))).name).toBe('ExecutionAlreadyExists');
  });
  it('tell their status on the bus', async () => {
    const executionArn = await start({ QueryLanguage: 'JSONata', StartAt: 'P', States: { P: { Type: 'Pass', Output: { done: true }, End: true } } });
    await ended(executionArn);
    const changes = events.filter(({ source }) => source === 'aws.states').map(({ detail }) => detail as { status: string; output?: string; executionArn: string });
    expect(changes.map(({ status }) => status)).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(changes[1]).toMatchObject({ executionArn, output: '{"done":true}' });
  });
  it('are listed, newest first, by status and by page', async () => {
    const stateMachineArn = await machine(wait);
    for (const name of ['one', 'two', 'three']) await sfn.send(new StartExecutionCommand({ stateMachineArn, name }));
    const first = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, statusFilter: 'RUNNING' }));
    const rest = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, ...(first.nextToken === undefined ? {} : { nextToken: first.nextToken }) }));
    expect([...first.executions ?? [], ...rest.executions ?? []].map(({ name }) => name)).toEqual(['three', 'two', 'one']);
    expect((await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }))).executions).toEqual([]);
  });
  it('have a history, in pages and both orders', async () => {
    const executionArn = await start(invoke());
    await ended(executionArn);
    const { events: all = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(all[0]).toMatchObject({ id: 1, type: 'ExecutionStarted', executionStartedEventDetails: { input: '{"a":1}' } });
    expect(all.at(-1)?.type).toBe('ExecutionSucceeded');
    expect(all.every(({ timestamp }) => timestamp instanceof Date)).toBe(true);
    const { events: last = [], nextToken } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 2 }));
    expect(last.map(({ id }) => id)).toEqual([all.length, all.length - 1]);
    const { events: next = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 2, ...(nextToken === undefined ? {} : { nextToken }) }));
    expect(next[0]?.id).toBe(all.length - 2);
  });
});

describe('errors', () => {
  const arn = (kind: string) => `arn:aws:states:${EAST}:111122223333:${kind}`;
  const cases: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['a definition that is no JSON', () => sfn.send(new CreateStateMachineCommand({ name: 'x', roleArn: role, definition: '{' })), 'InvalidDefinition'],
    ['a definition without a start', () => machine({ QueryLanguage: 'JSONata', States: {} }), 'InvalidDefinition'],
    ['an invalid name', () => machine(wait, 'a b'), 'InvalidName'],
    ['another definition of a name', async () => { await machine(wait); await machine(invoke()); }, 'StateMachineAlreadyExists'],
    ['an unknown machine', () => sfn.send(new StartExecutionCommand({ stateMachineArn: arn('stateMachine:absent') })), 'StateMachineDoesNotExist'],
    ['no ARN', () => sfn.send(new DescribeStateMachineCommand({ stateMachineArn: 'absent' })), 'InvalidArn'],
    ['an input that is no JSON', async () => sfn.send(new StartExecutionCommand({ stateMachineArn: await machine(wait), input: '{' })), 'InvalidExecutionInput'],
    ['an invalid execution name', async () => sfn.send(new StartExecutionCommand({ stateMachineArn: await machine(wait), name: 'a/b' })), 'InvalidName'],
    ['an unknown execution', () => described(arn('execution:m:absent')), 'ExecutionDoesNotExist'],
    ['a machine of another region', async () => new SFNClient(world.client(WEST)).send(new StartExecutionCommand({ stateMachineArn: await machine(wait) })), 'StateMachineDoesNotExist'],
    ['a token of no page', async () => sfn.send(new ListExecutionsCommand({ stateMachineArn: await machine(wait), nextToken: 'zzz' })), 'InvalidToken'],
  ];
  it.each(cases)('%s', async (_name, send, name) => expect((await rejection(send())).name).toBe(name));
  it('lists and describes machines', async () => {
    const stateMachineArn = await machine(wait);
    expect((await sfn.send(new ListStateMachinesCommand({}))).stateMachines).toMatchObject([{ name: 'm', stateMachineArn }]);
    expect(await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({ definition: JSON.stringify(wait), status: 'ACTIVE' });
  });
});
