// Announcements as Slack messages: the card of an incident, which is updated in place, and a reply for each thing that was said.
// Blocks for people, plain text for notifications, metadata for machines. Pure.
import type { Announcement, Card, Question, Word } from '../domain/ports.ts';
import { withoutSecrets } from './redaction.ts';

/** Slack's limits (Block Kit reference): header, section, button, the parts of a confirmation. */
const LENGTH_MAX = { header: 150, section: 3000, confirmTitle: 100, confirmText: 300, text: 4000 } as const;
/** What was refused comes again and again: the newest are enough, the journal has all. */
const REFUSED_MAX = 8;
const MARKS: Readonly<Record<Announcement['severity'], string>> = { info: ':large_blue_circle:', warning: ':warning:', page: ':rotating_light:' };

export interface SlackMessage {
  readonly channel: string;
  readonly text: string;
  readonly blocks: readonly object[];
  readonly metadata: { readonly event_type: 'hotshift_announcement'; readonly event_payload: Readonly<Record<string, string>> };
  readonly unfurl_links: false;
  readonly thread_ts?: string;
}

/** One announcement by itself: a reply in its thread, or a message of its own. */
export function slackMessage(said: Announcement, channel: string, threadTs?: string): SlackMessage {
  const { title, lines, severity, ...names } = withoutSecrets(said);
  return {
    ...frame({ ...names, severity }, channel, `${title}${lines[0] === undefined ? '' : `: ${lines[0]}`}`),
    blocks: [header(severity, title), ...section(lines.map(escaped).join('\n')), context(`${names.application} · ${names.incident}`)],
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
  };
}

/** The one message of an incident. */
export function cardMessage(said: Announcement, card: Card, channel: string): SlackMessage {
  const { title, lines, severity, ...names } = withoutSecrets(said);
  const { state, seen, next, refused = [], spent, decided, question } = withoutSecrets(card);
  const part = (name: string, text: string | undefined): readonly object[] => (text === undefined || text === '' ? [] : section(`*${name}*\n${escaped(text)}`));
  const parts = [...part('Seen', seen), ...part('What happens', next), ...part('Refused, and why', refused.map((reason) => `• ${reason}`).join('\n')), ...part('Spent', spent), ...part('Decided', decided)];
  return {
    ...frame({ ...names, severity }, channel, `${title}${state === undefined ? '' : ` (${state})`}`),
    blocks: [
      header(severity, title), ...(parts.length > 0 ? parts : section(lines.map(escaped).join('\n'))),
      ...(question === undefined || question === null ? [] : [buttons(question)]),
      context(`${names.application} · ${names.incident}${state === undefined ? '' : ` · ${state}`}`),
    ],
  };
}

/** What an announcement changes on a card: what it does not know stays, what was refused is added. */
export function cardAfter(before: Card, { card = {} }: Announcement): Card {
  const refused = [...new Set([...(before.refused ?? []), ...(card.refused ?? [])])].slice(-REFUSED_MAX);
  return { ...before, ...card, ...(refused.length === 0 ? {} : { refused }) };
}

function frame({ key, application, incident, severity }: Pick<Announcement, 'key' | 'application' | 'incident' | 'severity'>, channel: string, text: string) {
  return { channel, unfurl_links: false, text: shortened(escaped(text), LENGTH_MAX.text), metadata: { event_type: 'hotshift_announcement', event_payload: { key, application, incident, severity } } } as const;
}

const header = (severity: Announcement['severity'], title: string): object => ({ type: 'header', text: { type: 'plain_text', emoji: true, text: shortened(`${MARKS[severity]} ${title}`, LENGTH_MAX.header) } });
const section = (text: string): readonly object[] => (text === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: shortened(text, LENGTH_MAX.section) } }]);
const context = (text: string): object => ({ type: 'context', elements: [{ type: 'mrkdwn', text: shortened(escaped(text), LENGTH_MAX.section) }] });

export const ACTION_PREFIX = 'hotshift_';
const WORDS: Readonly<Record<Word, { readonly label: string; readonly style?: 'primary' | 'danger'; readonly means: (question: Question) => string }>> = {
  approve: { label: 'Approve', style: 'primary', means: ({ loss, needed }) => `${loss} The outage is verified once more, then it goes on.${needed > 1 ? ` ${needed} people must say yes.` : ''}` },
  deny: { label: 'Deny', style: 'danger', means: () => 'Nothing is moved; it ends and is handed to a human.' },
  hold: { label: 'Hold', means: () => 'Silence will not count as a yes. Approve and deny stay possible until the time is over.' },
};

/** The buttons of a question. What they carry is bound to this question; the task token is not among it. */
function buttons(question: Question): object {
  const { application, execution, epoch, evacuated, survivor } = question;
  const plain = (text: string, lengthMax: number): object => ({ type: 'plain_text', text: shortened(text, lengthMax) });
  return {
    type: 'actions', block_id: 'hotshift_question',
    elements: (Object.keys(WORDS) as readonly Word[]).map((word) => {
      const { label, style, means } = WORDS[word];
      return {
        type: 'button', action_id: `${ACTION_PREFIX}${word}`, text: plain(label, 75), ...(style === undefined ? {} : { style }),
        value: JSON.stringify({ application, execution, epoch, word }),
        confirm: {
          title: plain(`${label}: ${application}?`, LENGTH_MAX.confirmTitle), text: plain(`${application}: ${evacuated} -> ${survivor}. ${means(question)}`, LENGTH_MAX.confirmText),
          confirm: plain(label, 30), deny: plain('Back', 30), ...(style === undefined ? {} : { style }),
        },
      };
    }),
  };
}

/** Slack reads `<!channel>` and links out of plain text: what comes from a probe must not be able to page everyone. */
export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const shortened = (text: string, lengthMax: number): string => (text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`);
