// The twin's Slack refuses what Slack refuses, and what it did not take comes later, once, by the outbox.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SNSClient } from '@aws-sdk/client-sns';
import { messenger } from '../../adapters/messenger.ts';
import { slackApi } from '../../adapters/slack-api.ts';
import { slackMessage } from '../../adapters/slack-message.ts';
import type { Thread } from '../../adapters/thread-store.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Announcement, Undelivered } from '../../domain/ports.ts';
import { problems, refusal } from '../../twin/slack-limits.ts';
import { buttonsOf } from '../../twin/slack-press.ts';
import { startSlackReceiver, type SlackReceiver } from '../../twin/slack.ts';

const TOKEN = ['xoxb', 'of', 'tests'].join('-');
const secrets = { text: async () => TOKEN, forget: () => undefined };
let slack: SlackReceiver;
beforeEach(async () => { slack = await startSlackReceiver('127.0.0.1', TOKEN); });
afterEach(() => slack.close());
const said: Announcement = { key: 'k', application: 'shop', incident: 'i', severity: 'page', title: 'Approval needed', lines: ['why'], card: { question: { application: 'shop', execution: 'run-1', epoch: 2, evacuated: 'a', survivor: 'b', loss: 'little', until: 5, needed: 1 } } };
const settings = () => ({ apiUrl: slack.url, channel: 'C0TESTTEST', tokenSecretId: 's' });

describe('limits', () => {
  const plain = (text: string) => ({ type: 'plain_text', text });
  const button = (changes: object = {}) => ({ type: 'button', action_id: 'a', text: plain('Go'), ...changes });
  const confirm = (changes: object = {}) => ({ title: plain('t'), text: plain('x'), confirm: plain('y'), deny: plain('n'), ...changes });
  const withButton = (changes: object) => [{ type: 'actions', elements: [button(changes)] }];
  test.each<[string, readonly object[]]>([
    ['a header of 151', [{ type: 'header', text: plain('x'.repeat(151)) }]], ['a header in mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }]], ['a section of 3001', [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }]],
    ['an empty section', [{ type: 'section', text: { type: 'mrkdwn', text: '' } }]], ['a section without text', [{ type: 'section' }]], ['a label of 76', withButton({ text: plain('x'.repeat(76)) })], ['a value of 2001', withButton({ value: 'x'.repeat(2001) })],
    ['an action id of 256', withButton({ action_id: 'x'.repeat(256) })], ['a style of its own', withButton({ style: 'green' })], ['a confirmation without a title', withButton({ confirm: { text: plain('x') } })], ['a confirmation title of 101', withButton({ confirm: confirm({ title: plain('x'.repeat(101)) }) })],
    ['a confirmation of 301', withButton({ confirm: confirm({ text: plain('x'.repeat(301)) }) })], ['a confirm label of 31', withButton({ confirm: confirm({ confirm: plain('x'.repeat(31)) }) })], ['the same action twice', [{ type: 'actions', elements: [button(), button()] }]],
    ['26 buttons', [{ type: 'actions', elements: Array.from({ length: 26 }, (_, index) => button({ action_id: `a${index}` })) }]], ['11 elements of context', [{ type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) }]], ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
    ['a block that there is not', [{ type: 'marquee' }]], ['a field that there is not', [{ type: 'divider', colour: 'red' }]],
  ])('%s: invalid_blocks', (_what, blocks) => {
    expect(refusal({ channel: 'C1', text: 'x', blocks })).toBe('invalid_blocks');
    expect(problems({ channel: 'C1', text: 'x', blocks })).not.toEqual([]);
  });
  test('nothing to say, a wrong thread, a message that is not there', async () => {
    expect([refusal({ channel: 'C1' }), refusal({ text: 'x' }), refusal({ channel: 'C1', text: 'x'.repeat(40_001) }), refusal({ channel: 'C1', text: 'x', thread_ts: 'yesterday' })]).toEqual(['no_text', 'channel_not_found', 'msg_too_long', 'invalid_thread_ts']);
    const api = slackApi(settings(), secrets, 'eu-west-1');
    await expect(api.update({ ...slackMessage(said, 'C0TESTTEST'), ts: '1700000000.000001' })).rejects.toThrow('message_not_found');
    await expect(api.post(slackMessage(said, 'C0TESTTEST', '1700000000.000001'))).rejects.toThrow('thread_not_found');
    await expect(slackApi(settings(), { ...secrets, text: async () => 'another' }, 'eu-west-1').post(slackMessage(said, 'C0TESTTEST'))).rejects.toThrow('invalid_auth');
  });
});

test.each(['full', 'down', 'silent'] as const)('while Slack is %s the failover is not held up, and people see it later, with buttons', async (mode) => {
  const kept = new Map<string, Thread>();
  const waiting: Undelivered[] = [];
  const sns = new SNSClient({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 });
  const sender = messenger({
    sns, secrets, region: 'eu-west-1', slackMs: mode === 'silent' ? 2_000 : 30_000, clock: { now: () => 1000 }, outbox: { put: async (one) => { waiting.push(one); } },
    threads: { read: async (_, incident) => kept.get(incident), open: async (_, incident, thread) => { kept.set(incident, thread); return thread; }, keep: async (_, incident, thread) => { kept.set(incident, thread); } },
  });
  const plan = { application: 'shop', notifications: { slack: settings(), snsTopicArns: {} } } as unknown as ApplicationPlan;
  slack.setMode(mode, 17);
  await expect(sender.send(plan, said)).rejects.toMatchObject({ name: 'TryAgainError' });
  expect(waiting.map(({ way, dueAt }) => [way, dueAt])).toEqual([['slack', mode === 'full' ? 18_000 : 11_000]]);
  expect(slack.messages).toEqual([]);
  slack.setMode('ok');
  await sender.deliver(plan, 'slack', waiting[0]!.announcement);
  expect(slack.messages.map(({ threadTs }) => threadTs)).toEqual([undefined, slack.messages[0]!.ts]);
  expect(buttonsOf(slack.messages[0]!).map(({ action_id: id }) => id)).toEqual(['hotshift_approve', 'hotshift_deny', 'hotshift_hold']);
  expect(slack.refusals).toEqual([]);
  sns.destroy();
});
