// The owners' functions over the wire: what they answer, what they throw, that they are gone, and that they hang.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { hooks } from '../../../adapters/hooks.ts';
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../../../domain/errors.ts';
import type { HookEvent } from '../../../domain/hooks.ts';
import { lambdaService } from '../../../twin/aws/services/lambda.ts';
import { manualClock } from '../../twin/aws/manual-clock.ts';
import { serve, type Served } from '../../twin/aws/served.ts';

const event: HookEvent = { application: 'shop', execution: 'e1', incident: 'i', mode: 'automatic', epoch: 4, point: 'after-shift', hook: 'h', evacuated: 'eu-west-1', survivor: 'us-east-1' };
const arn = (name: string): string => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
const answers: Readonly<Record<string, () => Promise<{ payload: Uint8Array; functionError?: 'Unhandled' }>>> = {
  good: async () => ({ payload: Buffer.from('{"ok":true}') }), silent: async () => ({ payload: Buffer.from('') }), garbage: async () => ({ payload: Buffer.from('<html>') }),
  long: async () => ({ payload: Buffer.from(JSON.stringify('x'.repeat(20_000))) }), broken: async () => ({ payload: Buffer.from('{"errorMessage":"boom"}'), functionError: 'Unhandled' }),
  hanging: () => new Promise(() => undefined),
};
let served: Served;
let client: LambdaClient;
let sent: unknown;

beforeAll(async () => {
  const names = Object.keys(answers);
  served = await serve(lambdaService({
    clock: manualClock(), functions: names.map((name) => ({ region: 'us-east-1', name })),
    invoke: (name, _region, payload) => { sent = JSON.parse(Buffer.from(payload).toString()); return answers[name]!(); },
  }));
  client = new LambdaClient({ ...served.client, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await served.close();
});
const call = (name: string, timeoutSeconds = 20) => hooks(() => client).call(arn(name), event, timeoutSeconds);

test('its answer is handed on as it is, and the event arrives whole', async () => {
  expect(await call('good')).toEqual({ ok: true });
  expect(sent).toEqual(event);
  expect(await call('silent')).toBeNull();
});
test('one that throws is a clear no, with its words', async () => { await expect(call('broken')).rejects.toThrow(/boom/); });
test('one that is not there is a clear no', async () => {
  const error = await call('nobody').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RefusedByAwsError);
  expect((error as Error).message).toContain('ResourceNotFoundException');
});
test.each(['garbage', 'long'])('%s is not believed', async (name) => { await expect(call(name)).rejects.toBeInstanceOf(UnexpectedAnswerError); });
test('one that hangs is left at its time', async () => {
  const error = await call('hanging', 0.2).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TryAgainError);
  expect((error as Error).message).toContain('did not answer within 0.2 s');
});
