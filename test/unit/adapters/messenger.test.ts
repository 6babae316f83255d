// The messenger against a local server that stands for Slack, and one that stands for SNS and Secrets Manager.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SNSClient } from '@aws-sdk/client-sns';
import { messenger } from '../../../adapters/messenger.ts';
import { cardMessage, slackMessage } from '../../../adapters/slack-message.ts';
import type { Secrets } from '../../../adapters/secrets.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import type { Thread, ThreadStore } from '../../../adapters/thread-store.ts';
import type { Announcement, Undelivered } from '../../../domain/ports.ts';
import { problems } from '../../../twin/slack-limits.ts';
import { Wire, leadingTo, xml, type Call, type Reply } from './wire.ts';

const TOKEN = ['xoxb', '111', 'not-a-real-token'].join('-');
const topic = 'arn:aws:sns:eu-west-1:111122223333:pages';
const announcement: Announcement = { key: 'run-1/concluded', application: 'shop', incident: 'i-1', severity: 'page', title: 'Failed over', lines: ['us-east-1 <!channel> & more', 'RTO 42 s'] };

let slack: Wire;
let sns: Wire;
let pager: Wire;
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

async function start(slackReply: (call: Call, turn: number) => Reply | undefined | Promise<Reply>, snsReply: () => Reply = published, slackMs = 30_000): Promise<ReturnType<typeof messenger>> {
  await slack.start(slackReply);
  await sns.start(snsReply);
  client = new SNSClient({ ...leadingTo(sns, 'eu-west-1'), maxAttempts: 1 });
  return messenger({ sns: client, secrets, region: 'eu-west-1', threads, outbox: { put: async (one) => { waiting.push(one); } }, clock: { now: () => 1000 }, slackMs });
}
/** The threads of a table, in memory. */
const kept = new Map<string, Thread>();
const threads: ThreadStore = {
  read: async (application, incident) => kept.get(`${application} ${incident}`),
  open: async (application, incident, thread) => { const key = `${application} ${incident}`; kept.set(key, kept.get(key) ?? thread); return kept.get(key)!; },
  keep: async (application, incident, thread) => { kept.set(`${application} ${incident}`, thread); },
};
const waiting: Undelivered[] = [];
/** What was sent to Slack's API: the method, and the fields as they were meant. */
const asked = (call: Call | undefined): Record<string, any> => ({
  method: call?.url.split('/').at(-1), ...Object.fromEntries([...new URLSearchParams(call?.body)].map(([name, value]) => [name, /^[[{]/.test(value) ? JSON.parse(value) as unknown : value])),
});
beforeEach(() => { slack = new Wire(); sns = new Wire(); pager = new Wire(); forgotten = 0; kept.clear(); waiting.length = 0; });
afterEach(async () => { client.destroy(); await slack.stop(); await sns.stop(); await pager.stop(); });

test('Slack takes it: one call with token, text, blocks and the key; SNS is not asked', async () => {
  const sender = await start(ok);
  await sender.send(planOf({}), announcement);
  const call = slack.calls[0];
  expect(call).toMatchObject({ method: 'POST', url: '/api/chat.postMessage', headers: { authorization: `Bearer ${TOKEN}` } });
  expect(asked(call)).toMatchObject({ channel: 'C1', text: 'Failed over', blocks: [{ type: 'header' }, { text: { text: 'us-east-1 &lt;!channel&gt; &amp; more\nRTO 42 s' } }, {}], metadata: { event_payload: { key: 'run-1/concluded' } } });
  expect([slack.calls.length, sns.calls.length]).toEqual([1, 0]);
});
test('the same key in one process is said once; another key is said', async () => {
  const sender = await start(ok);
  await sender.send(planOf({}), announcement);
  await sender.send(planOf({}), announcement);
  await sender.send(planOf({}), { ...announcement, key: 'run-2', incident: 'i-2' });
  expect(slack.calls).toHaveLength(2);
});
test.each<[string, Reply, number]>([
  ['status 500', { status: 500, body: 'oops' }, 11_000], ['status 429', { status: 429, headers: { 'retry-after': '30' }, body: '' }, 31_000], ['internal_error', no('internal_error'), 11_000],
])('%s: not waited for. SNS tells at once, and the message waits in the outbox', async (_what, first, dueAt) => {
  const sender = await start(() => first);
  await sender.send(planOf({}), announcement);
  expect([slack.calls.length, sns.calls.length]).toEqual([1, 1]);
  expect(waiting).toEqual([{ way: 'slack', announcement, dueAt, tries: 0, since: 1000 }]);
});
test.each([['channel_not_found', 0], ['invalid_auth', 1]])('ok: false with %s is not repeated: SNS tells instead', async (error, forgets) => {
  const sender = await start(() => no(error));
  await sender.send(planOf({}), announcement);
  expect([slack.calls.length, sns.calls.length, forgotten, waiting.length]).toEqual([1, 1, forgets, 0]);
  const sent = new URLSearchParams(sns.calls[0]?.body ?? '');
  expect([sent.get('TopicArn'), sent.get('Subject')]).toEqual([topic, '[page] Failed over']);
  expect(sent.get('Message')).toContain('RTO 42 s');
});
test('an answer after the time-out does not count: SNS tells instead', async () => {
  // Ten times the time-out: only a sender that waits without a limit would take it.
  const sender = await start(() => new Promise((resolve) => { setTimeout(() => { resolve(ok()); }, 3000).unref(); }), published, 300);
  await sender.send(planOf({}), announcement);
  expect([slack.calls.length, sns.calls.length, waiting.length]).toEqual([1, 1, 1]);
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
  const sender = await start(reply, published, 300);
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

describe('one thread for one incident', () => {
  const first: Announcement = { ...announcement, key: 'k1', title: 'Approval needed', card: { state: 'waiting', seen: 'down', refused: ['drill'], question: { application: 'shop', execution: 'run-1', epoch: 4, evacuated: 'us-east-1', survivor: 'us-west-2', loss: 'At most 30 s.', until: 9000, needed: 2 } } };
  const second: Announcement = { ...announcement, key: 'k2', title: 'Approved by ana', card: { state: 'approved', refused: ['drill', 'late'], question: null } };

  test('the card is changed in place, keeps what it knew, and each word is a reply in its thread', async () => {
    const sender = await start(ok);
    await sender.send(planOf({}), first);
    await sender.send(planOf({}), second);
    const calls = slack.calls.map(asked);
    expect(calls.map(({ method, thread_ts: thread, ts }) => [method, thread ?? ts])).toEqual(expect.arrayContaining([['chat.postMessage', undefined], ['chat.postMessage', '1.2'], ['chat.update', '1.2'], ['chat.postMessage', '1.2']]));
    const update = calls.find(({ method }) => method === 'chat.update');
    expect(JSON.stringify(update?.['blocks'])).toMatch(/\*Seen\*\\ndown.*• drill\\n• late/);
    expect([calls[0], update].map((call) => JSON.stringify(call?.['blocks']).includes('hotshift_approve'))).toEqual([true, false]);
  });
  test('what comes late is a reply, and does not turn the card back', async () => {
    const sender = await start(ok);
    await sender.send(planOf({}), second);
    await sender.deliver(planOf({}), 'slack', first);
    expect(asked(slack.calls.at(-1))).toMatchObject({ method: 'chat.postMessage', thread_ts: '1.2', text: expect.stringContaining('Approval needed') });
    expect(slack.calls.map((call) => asked(call)['method'])).not.toContain('chat.update');
  });
  test('buttons carry their question and no token, confirm with application, direction and loss, and fit what Slack takes', () => {
    const long = 'x'.repeat(5000);
    for (const card of [first.card!, { ...first.card, seen: long, next: long, refused: Array.from({ length: 40 }, (_, index) => `${index} ${long}`), question: { ...first.card!.question!, loss: long, application: 'a'.repeat(40) } }]) {
      const message = cardMessage({ ...first, title: long, lines: [long] }, card, 'C1');
      expect(problems({ ...message, channel: 'C1' })).toEqual([]);
      const [approve] = (message.blocks as any[]).find(({ type }) => type === 'actions').elements;
      expect(JSON.parse(approve.value)).toEqual({ application: card.question!.application, execution: 'run-1', epoch: 4, word: 'approve' });
      expect(`${approve.confirm.title.text} ${approve.confirm.text.text}`).toMatch(/Approve: .*us-east-1 -> us-west-2/);
    }
  });
});

describe('PagerDuty', () => {
  const paging = (): ApplicationPlan => ({ ...planOf({}), notifications: { ...planOf({}).notifications, pagerDuty: { eventsUrl: `${pager.url}/v2/enqueue`, routingKeySecretId: 'hotshift/pagerduty' } } });
  const events = () => pager.calls.map(({ body }) => JSON.parse(body) as Record<string, any>);

  test('a page triggers, an answer acknowledges, an acknowledgement resolves: one key for one incident', async () => {
    await pager.start(() => ({ status: 202, body: '{"status":"success"}' }));
    const sender = await start(ok);
    for (const [index, action] of ([undefined, 'acknowledge', 'resolve'] as const).entries()) await sender.send(paging(), { ...announcement, key: `k${index}`, ...(action === undefined ? {} : { severity: 'info', pager: action }) });
    await sender.send(paging(), { ...announcement, key: 'k9', severity: 'warning' });
    expect(events().map((event) => [event['event_action'], event['dedup_key'], event['routing_key']])).toEqual(['trigger', 'acknowledge', 'resolve'].map((action) => [action, 'hotshift/shop/i-1', TOKEN]));
    expect(events()[0]?.['payload']).toMatchObject({ summary: 'Failed over', severity: 'critical', component: 'shop', source: 'hotshift eu-west-1' });
  });
  test('it is full: the event waits, and Slack has it all the same', async () => {
    await pager.start(() => ({ status: 429, body: '' }));
    const sender = await start(ok);
    await sender.send(paging(), announcement);
    expect([slack.calls.length, sns.calls.length, waiting.map(({ way }) => way)]).toEqual([1, 0, ['pagerduty']]);
  });
  test('Slack and SNS fail, and PagerDuty takes it: somebody was told', async () => {
    await pager.start(() => ({ status: 202, body: '{}' }));
    const sender = await start(() => no('channel_not_found'), () => xml('<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>', 403));
    await expect(sender.send(paging(), announcement)).resolves.toBeUndefined();
    expect(events()).toHaveLength(1);
  });
  test('a wrong key is a clear no: not repeated, forgotten, and not in the error', async () => {
    await pager.start(() => ({ status: 400, body: `{"message":"${TOKEN}"}` }));
    const sender = await start(ok);
    const error = await sender.deliver(paging(), 'pagerduty', announcement).then(() => undefined, (thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'RefusedByAwsError', message: expect.not.stringContaining(TOKEN) });
    expect([forgotten, waiting.length]).toEqual([1, 0]);
  });
});
