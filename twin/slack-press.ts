// People in the twin's Slack: they see a message, press one of its buttons, and Slack sends what they did, signed, to the app's URL.
import { createHmac, randomBytes } from 'node:crypto';
import { fetchText } from '../adapters/fetch-text.ts';
import type { SlackMessage } from './slack.ts';
import { TEAM } from './slack.ts';

export interface SlackApp { readonly requestUrl: string; readonly signingSecret: string }
interface Button { readonly type: 'button'; readonly action_id: string; readonly value: string; readonly text: object }

/** The buttons of a message, as a person sees them. */
export const buttonsOf = ({ blocks }: Pick<SlackMessage, 'blocks'>): readonly Button[] =>
  (blocks as readonly { readonly type: string; readonly elements?: readonly Button[] }[]).flatMap(({ type, elements = [] }) => (type === 'actions' ? elements : []));

/** What Slack sends when `user` presses the button: the body of `block_actions`, as a form. */
export function interaction(message: SlackMessage, button: Button, user: string, at = Date.now()): string {
  const { channel, ts } = message;
  const payload = {
    type: 'block_actions', user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: TEAM }, api_app_id: 'A0TWINTWIN', token: 'deprecated',
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false }, trigger_id: `${at}.${randomBytes(6).toString('hex')}`,
    team: { id: TEAM, domain: 'twin' }, enterprise: null, is_enterprise_install: false, channel: { id: channel, name: 'oncall' }, state: { values: {} },
    response_url: 'https://hooks.slack.invalid/actions/never-used',
    actions: [{ action_id: button.action_id, block_id: 'hotshift_question', text: button.text, value: button.value, type: 'button', action_ts: `${at / 1000}` }],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** Signature version v0, as "Verifying requests from Slack" describes it. */
export function signedHeaders(body: string, secret: string, timestamp = Math.floor(Date.now() / 1000)): Record<string, string> {
  return {
    'content-type': 'application/x-www-form-urlencoded', 'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  };
}

export interface Sent { readonly status: number; readonly body: string; readonly ms: number }
/** Slack shows an error when there is no answer within 3 s; this one waits longer, to say how long it took. */
export async function send({ requestUrl }: Pick<SlackApp, 'requestUrl'>, body: string, headers: Record<string, string>): Promise<Sent> {
  const startedAt = performance.now();
  const { status, text } = await fetchText(requestUrl, { method: 'POST', headers, body }, 15_000);
  return { status, body: text, ms: performance.now() - startedAt };
}
