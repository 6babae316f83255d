// The Slack thread of an incident: its parent message and the card that stands in it. The first to post keeps the thread; whoever
// posted at the same moment goes on in that one.
import * as z from 'zod';
import type { Card } from '../domain/ports.ts';
import { parsed, type Key, type Table } from './table.ts';

export interface Thread { readonly channel: string; readonly ts: string; readonly card: Card; readonly title: string; readonly severity: 'info' | 'warning' | 'page' }
export interface ThreadStore {
  read(application: string, incident: string): Promise<Thread | undefined>;
  /** The thread that stands afterwards: ours, or the one of somebody who was quicker. */
  open(application: string, incident: string, thread: Thread): Promise<Thread>;
  /** Keeps the newest card. Two writers at one moment: the later one stands, and the next announcement mends it. */
  keep(application: string, incident: string, thread: Thread): Promise<void>;
}

const item = z.object({ channel: z.string().min(1), ts: z.string().min(1), card: z.string(), title: z.string(), severity: z.enum(['info', 'warning', 'page']) });
const threadOf = (stored: Readonly<Record<string, unknown>>): Thread => {
  const { card, ...rest } = parsed(item, stored, 'Slack thread');
  return { ...rest, card: JSON.parse(card) as Card };
};
const keyOf = (application: string, incident: string): Key => ({ pk: `app#${application}`, sk: `thread#${incident}` });
const itemOf = (application: string, incident: string, { card, ...rest }: Thread) => ({ ...keyOf(application, incident), ...rest, card: JSON.stringify(card) });

export function threadStore(table: Table): ThreadStore {
  return {
    async read(application, incident) {
      const stored = await table.get(keyOf(application, incident));
      return stored === undefined ? undefined : threadOf(stored);
    },
    async open(application, incident, thread) {
      const outcome = await table.put(itemOf(application, incident, thread), { text: 'attribute_not_exists(pk)' });
      return outcome.written || outcome.stored === undefined ? thread : threadOf(outcome.stored);
    },
    async keep(application, incident, thread) { await table.put(itemOf(application, incident, thread)); },
  };
}
