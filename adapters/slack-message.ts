// An announcement as a Slack message: blocks for people, plain text for notifications, metadata for machines. Pure.
import type { Announcement } from '../domain/ports.ts';

/** Slack's limits for a header and for a section. */
const HEADER_LENGTH_MAX = 150;
const SECTION_LENGTH_MAX = 3000;
const MARKS: Readonly<Record<Announcement['severity'], string>> = { info: ':large_blue_circle:', warning: ':warning:', page: ':rotating_light:' };

export interface SlackMessage {
  readonly channel: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata: { readonly event_type: 'hotshift_announcement'; readonly event_payload: Readonly<Record<string, string>> };
  readonly unfurl_links: false;
}

export function slackMessage(announcement: Announcement, channel: string): SlackMessage {
  const { key, application, incident, severity, title, lines } = announcement;
  const body = shortened(lines.map(escaped).join('\n'), SECTION_LENGTH_MAX);
  return {
    channel, unfurl_links: false,
    text: escaped(`${title}${lines[0] === undefined ? '' : `: ${lines[0]}`}`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', emoji: true, text: shortened(`${MARKS[severity]} ${title}`, HEADER_LENGTH_MAX) } },
      ...(body === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: body } }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(`${application} · ${incident}`) }] },
    ],
    metadata: { event_type: 'hotshift_announcement', event_payload: { key, application, incident, severity } },
  };
}

/** Slack reads `<!channel>` and links out of plain text: what comes from a probe must not be able to page everyone. */
export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const shortened = (text: string, lengthMax: number): string => (text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`);
