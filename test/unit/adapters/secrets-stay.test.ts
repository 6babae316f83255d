// No secret of the corpus is seen in a log line, a message, the journal or the history of an execution, and texts without one are left alone.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { journal } from '../../../adapters/journal.ts';
import { lambda } from '../../../adapters/lambda.ts';
import { messenger } from '../../../adapters/messenger.ts';
import { hide, redactedText } from '../../../adapters/redaction.ts';
import { table } from '../../../adapters/table.ts';
import { TryAgainError } from '../../../domain/errors.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import { DynamoDbStub } from './dynamodb-stub.ts';
import { leaks, type Leak } from './secret-corpus.ts';
import { leadingTo, Wire, xml } from './wire.ts';

const [stub, slack, sns, pager] = [new DynamoDbStub(), new Wire(), new Wire(), new Wire()];
let dynamodb: DynamoDBClient;
let client: SNSClient;
beforeAll(async () => {
  // The logger keeps a console of its own otherwise.
  process.env['POWERTOOLS_DEV'] = 'true';
  await stub.start();
  await slack.start((_call, turn) => ({ body: JSON.stringify({ ok: true, channel: 'C1', ts: `1700000000.${turn}` }) }));
  await sns.start(() => xml('<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>'));
  await pager.start(() => ({ status: 202, body: '{}' }));
  dynamodb = new DynamoDBClient(leadingTo(stub.wire, 'eu-west-1', 'state'));
  client = new SNSClient(leadingTo(sns, 'eu-west-1'));
  for (const { secret, known } of leaks) if (known === true) hide(secret);
});
afterAll(async () => {
  delete process.env['POWERTOOLS_DEV'];
  dynamodb.destroy();
  client.destroy();
  await Promise.all([stub.wire.stop(), slack.stop(), sns.stop(), pager.stop()]);
});

/** In any form in which a text of ours may carry it on. */
const forms = (secret: string): readonly string[] => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), ...secret.split('\n').filter((line) => line.length > 20 && !line.includes('KEY'))];
function seesNothing({ secret }: Leak, ...texts: readonly string[]): void {
  for (const text of texts) for (const form of forms(secret)) expect(text.includes(form)).toBe(false);
}

test('there are more than thirty', () => expect(leaks.length).toBeGreaterThanOrEqual(50));

test.each(leaks)('$what: not in a log, and not in the history', async (leak) => {
  const lines: string[] = [];
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => jest.spyOn(console, level).mockImplementation((...parts: unknown[]) => void lines.push(parts.map(String).join(' '))));
  try {
    const answers = lambda(z.object({}).loose(), async () => ({ reason: leak.text, nested: { list: [leak.text] } }), { step: 'Promote replica' });
    const fails = lambda(z.object({}).loose(), async () => { throw new TryAgainError(leak.text, { cause: new Error(leak.text) }); }, { step: 'Promote replica' });
    const context = { functionName: 'f', functionVersion: '1', memoryLimitInMB: '1', invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:f', awsRequestId: 'r' } as never;
    const output = await answers({}, context, {} as never);
    const error = await (fails({}, context, {} as never) as Promise<unknown>).then(() => undefined, (thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'TryAgainError' });
    expect(lines.length).toBeGreaterThan(0);
    // Step Functions keeps the output, and name, message and stack of an error.
    seesNothing(leak, lines.join('\n'), JSON.stringify(output), String(error?.message), String(error?.stack));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});

test.each(leaks)('$what: not in Slack, SNS, PagerDuty or the outbox', async (leak) => {
  const kept: unknown[] = [];
  const sender = messenger({
    sns: client, region: 'eu-west-1', clock: { now: () => 1 }, outbox: { put: async (waiting) => void kept.push(waiting) }, secrets: { text: async () => 'a-token-of-tests', forget: () => undefined },
    threads: { read: async () => undefined, open: async (_, __, thread) => thread, keep: async () => undefined },
  });
  const notifications = { slack: { apiUrl: `${slack.url}/api`, channel: 'C1', tokenSecretId: 's' }, pagerDuty: { eventsUrl: pager.url, routingKeySecretId: 'p' }, snsTopicArns: { 'eu-west-1': 'arn:aws:sns:eu-west-1:111122223333:pages' } };
  const announcement = { key: leak.what, application: 'shop', incident: 'i', severity: 'page', title: leak.text, lines: [leak.text], card: { seen: leak.text, next: leak.text, refused: [leak.text], decided: leak.text } } as const;
  const wires = [slack, pager, sns];
  const before = wires.map(({ calls }) => calls.length);
  await sender.send({ application: 'shop', notifications } as unknown as ApplicationPlan, announcement);
  await sender.send({ application: 'shop', notifications: { snsTopicArns: notifications.snsTopicArns } } as unknown as ApplicationPlan, { ...announcement, key: `${leak.what}/sns` });
  await sender.send({ application: 'shop', notifications: { ...notifications, slack: { ...notifications.slack, apiUrl: 'http://127.0.0.1:1' } } } as unknown as ApplicationPlan, { ...announcement, key: `${leak.what}/outbox` });
  const sent = wires.map(({ calls }, index) => calls.slice(before[index]).map(({ body }) => body));
  expect(sent.map((bodies) => bodies.length > 0)).toEqual([true, true, true]);
  expect(kept).toHaveLength(1);
  seesNothing(leak, ...sent.flat(), ...sent.flat().map((body) => { try { return decodeURIComponent(body.replaceAll('+', ' ')); } catch { return body; } }), JSON.stringify(kept));
});

test.each(leaks)('$what: not in the journal', async (leak) => {
  await journal(table(dynamodb, 'hotshift')).record({ execution: leak.what, application: 'shop', at: 1, step: 'Verify outage', kind: 'gate', summary: leak.text, gates: [{ gate: 'g', passed: false, value: leak.text, threshold: leak.text }], evidence: { deep: [{ text: leak.text }] } });
  const stored = [...stub.items].filter(([key]) => key.startsWith(`exec#${leak.what} 0`));
  expect(stored).toHaveLength(1);
  seesNothing(leak, JSON.stringify(stored));
});

describe('what is no secret stays readable', () => {
  test.each([
    'DescribeDBInstances: AccessDenied on arn:aws:rds:eu-west-1:111122223333:db:orders in eu-west-1', '2 of 3 vantage points see us-east-1 down (0 healthy, 0 abstaining, 1 silent); us-west-2 serves. orders: 0.0 s exposed, 30 s allowed',
    'secretsmanager:GetSecretValue on hotshift/orders in eu-west-1: ResourceNotFoundException', 'hotshift approve 94d5af86-89cb-41f1-8e93-bacacb56a9fa_8ec99cc8-25e6-4bee-a968-4adf0e47b542', 'Follow it with: hotshift why shop-eu-west-1-20261124T085950Z',
    'the secret hotshift/slack holds no text', 'https://shop.example.com/health?nonce=abc: status 503', 'arn:aws:route53-recovery-control::111122223333:controlpanel/0123456bbbbbbb0123456bbbbbb0123456/routingcontrol/abcdefg1234567', 'What to do: docs/runbook.md#handed-to-a-human',
    'connect ECONNREFUSED 127.0.0.1:5432', 'resolve orders-writer.shop.internal: none of 4 authoritative servers answers (ETIMEOUT, ETIMEOUT)',
  ])('%s', (text) => expect(redactedText(text)).toBe(text));
});
