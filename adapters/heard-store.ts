// Which requests were heard: one item per request, put once. Kept under the hour, so that what is old can be told from what is new.
import type { HeardStore } from '../domain/ports.ts';
import type { Table } from './table.ts';

export const heardStore = (table: Table): HeardStore => ({
  first: async (application, request, at) =>
    (await table.put({ pk: `app#${application}`, sk: `heard#${new Date(at).toISOString().slice(0, 13)}#${request}`, heardAt: at }, { text: 'attribute_not_exists(pk)' })).written,
});
