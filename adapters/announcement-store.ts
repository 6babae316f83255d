// Which announcements were sent: one item per key, put once.
import type { AnnouncementStore } from '../domain/ports.ts';
import type { Key, Table } from './table.ts';

export function announcementStore(table: Table): AnnouncementStore {
  return {
    wasSent: async (application, key) => (await table.get(keyOf(application, key))) !== undefined,
    async markSent(application, key, at) {
      // Sent twice at one time is marked once: the first mark stays.
      await table.put({ ...keyOf(application, key), application, sentAt: at }, { text: 'attribute_not_exists(pk)' });
    },
  };
}

const keyOf = (application: string, key: string): Key => ({ pk: `app#${application}`, sk: `announcement#${key}` });
