// Lambda: invocations through the SDK client, with a runtime that the test plays.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GetFunctionCommand, GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, ListFunctionsCommand, type InvokeCommandInput } from '@aws-sdk/client-lambda';
import { lambdaService, type InvokeResult } from '../../../twin/aws/services/lambda.ts';
import { EAST, openWorld, rejection, until, WEST, type World } from './world.ts';

let world: World;
let lambda: LambdaClient;
let answers: ((payload: unknown) => Promise<InvokeResult>)[];
const abandoned: string[] = [];

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
beforeEach(async () => {
  answers = [];
  abandoned.length = 0;
  world = await openWorld(({ clock }) => [lambdaService({
    clock, functions: [{ region: EAST, name: 'claim', timeoutSeconds: 15, concurrency: 2 }, { region: WEST, name: 'claim' }], retryWaitsMs: [1, 1],
    onAbandoned: (name, region, reason) => abandoned.push(`${name} ${region} ${reason}`),
    invoke: (name, region, payload) => {
      const next = answers.shift();
      const input: unknown = JSON.parse(Buffer.from(payload).toString());
      return next === undefined ? Promise.resolve({ payload: json({ name, region, input }) }) : next(input);
    },
  })]);
  lambda = new LambdaClient({ ...world.client(EAST), maxAttempts: 1 });
});
afterEach(() => world.close());

const invoke = (extra: Partial<InvokeCommandInput> = {}) => lambda.send(new InvokeCommand({ FunctionName: 'claim', Payload: json({ a: 1 }), ...extra }));
const text = (payload: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(payload ?? []).toString());

describe('invocations', () => {
  it.each(['claim', 'claim:$LATEST', `arn:aws:lambda:${EAST}:111122223333:function:claim`, '111122223333:function:claim'])('by the name %s', async (FunctionName) => {
    const { StatusCode, Payload, ExecutedVersion, FunctionError } = await invoke({ FunctionName });
    expect([StatusCode, ExecutedVersion, FunctionError]).toEqual([200, '$LATEST', undefined]);
    expect(text(Payload)).toEqual({ name: 'claim', region: EAST, input: { a: 1 } });
  });
  it('a function that failed is no failed call', async () => {
    answers = [() => Promise.resolve({ payload: json({ errorType: 'LeaseLost', errorMessage: 'epoch 4' }), functionError: 'Unhandled' })];
    const { StatusCode, FunctionError, Payload } = await invoke();
    expect([StatusCode, FunctionError]).toEqual([200, 'Unhandled']);
    expect(text(Payload)).toEqual({ errorType: 'LeaseLost', errorMessage: 'epoch 4' });
  });
  it('a runtime that failed is', async () => {
    answers = [() => Promise.reject(new Error('no process'))];
    const error = await rejection(invoke());
    expect([error.name, error.$metadata?.httpStatusCode]).toEqual(['ServiceException', 500]);
  });
  it('a dry run does nothing', async () => {
    answers = [() => Promise.reject(new Error('it ran'))];
    expect((await invoke({ InvocationType: 'DryRun' })).StatusCode).toBe(204);
    expect(answers).toHaveLength(1);
  });
  it('events are accepted at once and tried three times', async () => {
    const failing = () => Promise.resolve({ payload: json({ errorMessage: 'no' }), functionError: 'Unhandled' as const });
    answers = [failing, failing, failing];
    expect((await invoke({ InvocationType: 'Event' })).StatusCode).toBe(202);
    await until(() => abandoned.length === 1);
    expect(answers).toHaveLength(0);
    expect(abandoned[0]).toContain('claim us-east-1 {"errorMessage":"no"}');
  });
  it('beyond the concurrency are throttled', async () => {
    const release: (() => void)[] = [];
    answers = Array.from({ length: 2 }, () => () => new Promise<InvokeResult>((resolve) => release.push(() => resolve({ payload: json(null) }))));
    const running = [invoke(), invoke()];
    await until(() => release.length === 2);
    const error = await rejection(invoke());
    expect([error.name, error['Reason'], error.$metadata?.httpStatusCode]).toEqual(['TooManyRequestsException', 'ReservedFunctionConcurrentInvocationLimitExceeded', 429]);
    for (const end of release) end();
    await Promise.all(running);
    expect((await invoke()).StatusCode).toBe(200);
  });
});

describe('errors', () => {
  const cases: readonly (readonly [string, () => Promise<unknown>, string, number])[] = [
    ['an unknown function', () => invoke({ FunctionName: 'absent' }), 'ResourceNotFoundException', 404],
    ['a function of another region', () => invoke({ FunctionName: `arn:aws:lambda:${WEST}:111122223333:function:claim` }), 'ResourceNotFoundException', 404],
    ['a payload that is no JSON', () => invoke({ Payload: Buffer.from('{') }), 'InvalidRequestContentException', 400],
    ['a payload that is too large', () => invoke({ Payload: json('x'.repeat(6 * 1024 * 1024)) }), 'RequestTooLargeException', 413],
    ['an event that is too large', () => invoke({ InvocationType: 'Event', Payload: json('x'.repeat(1024 * 1024)) }), 'RequestTooLargeException', 413],
    ['an unknown kind', () => invoke({ InvocationType: 'Sometimes' as never }), 'InvalidParameterValueException', 400],
  ];
  it.each(cases)('%s', async (_name, send, name, status) => {
    const error = await rejection(send());
    expect([error.name, error.$metadata?.httpStatusCode]).toEqual([name, status]);
  });
});

it('describes its functions', async () => {
  expect((await lambda.send(new GetFunctionCommand({ FunctionName: 'claim' }))).Configuration).toMatchObject({ FunctionName: 'claim', Timeout: 15, State: 'Active' });
  expect((await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'claim' }))).FunctionArn).toContain(`${EAST}:111122223333:function:claim`);
  expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
});
