// The messages of the twin's Slack as its people see them: text without markup, and for each person the buttons that may be pressed. Pure.
import { buttonsOf } from '../twin/slack-press.ts';
import { PEOPLE } from '../twin/slack-people.ts';
import type { SlackMessage } from '../twin/slack.ts';
import type { SlackButton, SlackEntry } from './view.ts';

const OFFERED: ReadonlySet<string> = new Set(['hotshift_approve', 'hotshift_deny', 'hotshift_hold']);

export const slackEntries = (messages: readonly SlackMessage[]): readonly SlackEntry[] =>
  messages.map((message) => ({ ts: message.ts, at: message.at, text: plain(message.text), reply: message.threadTs !== undefined, updates: message.updates, buttons: buttons(message) }));

/** Each person may press each button once. */
function buttons(message: SlackMessage): readonly SlackButton[] {
  const offered = buttonsOf(message).filter(({ action_id: id }) => OFFERED.has(id));
  return Object.keys(PEOPLE).flatMap((person) => offered.map(({ action_id: id, text }) => ({ id, person, label: (text as { readonly text?: string }).text ?? id })));
}

/** Slack's three escapes and its bold, as its clients show them. */
const plain = (text: string): string => text.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&').replaceAll(/\*([^*\n]+)\*/g, '$1');
