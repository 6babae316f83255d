// The messenger against a local server that stands for Slack, and one that stands for SNS and Secrets Manager.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SNSClient } from '@aws-sdk/client-sns';
import { messenger } from '../../../adapters/messenger.ts';
import { slackMessage } from '../../../adapters/slack-message.ts';
import type { Secrets } from '../../../adapters/secrets.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import type { Announcement } from '../../../domain/ports.ts';
import { Wire, leadingTo, xml, type Call, type Reply } from './wire.ts';

const TOKEN = ['xoxb', '111', 'not-a-real-token'].join('-');
const topic = 'arn:aws:sns:eu-west-1:111122223333:pages';
const announcement: Announcement = { key: 'run-1/concluded', application: 'shop', incident: 'i-1', severity: 'page', title: 'Failed over', lines: ['us-east-1 <!channel> & more', 'RTO 42 s'] };

let slack: Wire;
let sns: Wire;
let client: SNSClient;
let forgotten: number;
const secrets: Secrets = { text: async () => `${TOKEN}\n`, forget: () => { forgotten += 1; } };
const planOf = (parts: { readonly slack?: boolean; readonly topics?: Readonly<Record<string, string>> }): ApplicationPlan => ({
  application: 'shop',
  notifications: {
    snsTopicArns: parts.topics ?? { 'eu-west-1': topic },
    ...(parts.slack === false ? {} : { slack: { apiUrl: `${slack.url}/api`, channel: 'C1', tokenSecretId: 'hotshift/slack' } }),
  },
}) as unknown as ApplicationPlan;
const ok = (): Reply => ({ headers: { 'content-type': 'application/json' }, body: '{"ok":true,"ts":"1.2"}' });
const no = (error: string): Reply => ({ body: JSON.stringify({ ok: false, error }) });
const published = (): Reply => xml('<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>');

async function start(slackReply: (call: Call, turn: number) => Reply | undefined | Promise<Reply>, snsReply: () => Reply = published): Promise<ReturnType<typeof messenger>> {
  await slack.start(slackReply);
  await sns.start(snsReply);
  client = new SNSClient({ ...leadingTo(sns, 'eu-west-1'), maxAttempts: 1 });
  return messenger(client, secrets, 'eu-west-1', 300);
}
beforeEach(() => { slack = new Wire(); sns = new Wire(); forgotten = 0; });
afterEach(async () => { client.destroy(); await slack.stop(); await sns.stop(); });

test('Slack takes it: one call with token, text, blocks and the key; SNS is not asked', async () => {
  const sender = await start(ok);
  await sender.send(planOf({}), announcement);
  const call = slack.calls[0];
  expect(call).toMatchObject({ method: 'POST', url: '/api/chat.postMessage', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json; charset=utf-8' } });
  expect(JSON.parse(call?.body ?? '')).toMatchObject({ channel: 'C1', text: 'Failed over: us-east-1 &lt;!channel&gt; &amp; more', metadata: { event_payload: { key: 'run-1/concluded' } } });
  expect([slack.calls.length, sns.calls.length]).toEqual([1, 0]);
});
test('the same key in one process is said once; another key is said', async () => {
  const sender = await start(ok);
  await sender.send(planOf({}), announcement);
  await sender.send(planOf({}), announcement);
  await sender.send(planOf({}), { ...announcement, key: 'run-2' });
  expect(slack.calls).toHaveLength(2);
});
test.each([
  ['status 500', { status: 500, body: 'oops' }], ['status 429', { status: 429, headers: { 'retry-after': '30' }, body: '' }], ['internal_error', no('internal_error')],
])('%s: repeated once at once', async (_what, first) => {
  const sender = await start((_call, turn) => (turn === 0 ? first : ok()));
  await sender.send(planOf({}), announcement);
  expect([slack.calls.length, sns.calls.length]).toEqual([2, 0]);
});
test.each([['channel_not_found', 0], ['invalid_auth', 1]])('ok: false with %s is not repeated: SNS tells instead', async (error, forgets) => {
  const sender = await start(() => no(error));
  await sender.send(planOf({}), announcement);
  expect([slack.calls.length, sns.calls.length, forgotten]).toEqual([1, 1, forgets]);
  const sent = new URLSearchParams(sns.calls[0]?.body ?? '');
  expect([sent.get('TopicArn'), sent.get('Subject')]).toEqual([topic, '[page] Failed over']);
  expect(sent.get('Message')).toContain('RTO 42 s');
});
test('an answer after the time-out does not count: SNS tells instead', async () => {
  // Ten times the time-out: only a sender that waits without a limit would take it.
  const sender = await start(() => new Promise((resolve) => { setTimeout(() => { resolve(ok()); }, 3000).unref(); }));
  await sender.send(planOf({}), announcement);
  expect([slack.calls.length, sns.calls.length]).toEqual([2, 1]);
});
test('a redirect is not followed: it would carry the token away', async () => {
  const sender = await start((call) => (call.url.includes('elsewhere') ? ok() : { status: 307, headers: { location: '/elsewhere' }, body: '' }));
  await sender.send(planOf({}), announcement);
  expect(slack.calls.filter((call) => call.url.includes('elsewhere'))).toHaveLength(0);
  expect(sns.calls).toHaveLength(1);
});
test.each<[string, () => Reply | undefined]>([
  ['silence', () => undefined],
  ['a page instead of JSON', () => ({ body: '<html>' })],
])('%s: SNS tells instead', async (_what, reply) => {
  const sender = await start(reply);
  await sender.send(planOf({}), announcement);
  expect(sns.calls).toHaveLength(1);
});
test('neither works: try again, with both reasons and without the token', async () => {
  const sender = await start(() => no('invalid_auth'), () => xml('<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>', 403));
  const error = await sender.send(planOf({}), announcement).then(() => undefined, (thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'TryAgainError', message: expect.stringMatching(/invalid_auth.*sns:Publish/) });
  expect(JSON.stringify([error, error?.message, String(error?.cause), (error?.cause as AggregateError).errors.map(String)])).not.toContain(TOKEN);
  await expect(sender.send(planOf({}), announcement)).rejects.toMatchObject({ name: 'TryAgainError' });
});
test('without Slack the topic of the own region is used; without both the plan is wrong', async () => {
  const sender = await start(ok);
  await sender.send(planOf({ slack: false }), announcement);
  expect([slack.calls.length, sns.calls.length]).toEqual([0, 1]);
  await expect(sender.send(planOf({ slack: false, topics: { 'us-east-1': topic } }), { ...announcement, key: 'other' })).rejects.toMatchObject({ name: 'InvalidInputError' });
});
test('long texts are cut to what Slack takes', () => {
  const message = slackMessage({ ...announcement, title: 't'.repeat(400), lines: ['l'.repeat(9000)] }, 'C1');
  const [header, section] = message.blocks as readonly { readonly text: { readonly text: string } }[];
  expect([header?.text.text.length, section?.text.text.length]).toEqual([150, 3000]);
});
