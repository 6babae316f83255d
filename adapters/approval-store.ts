// Keeps the task token of a waiting approval. The token is a bearer secret: it is written here and never logged, nor answered.
import type { ApprovalStore, Clock } from '../domain/ports.ts';
import type { Table } from './table.ts';

export function approvalStore(table: Table, clock: Pick<Clock, 'now'>): ApprovalStore {
  return {
    async ask(execution, application, taskToken, summary) {
      // A repeated state waits with a new token; the old one is dead, so the newest replaces it.
      await table.put({ pk: `app#${application}`, sk: `approval#${execution}`, execution, application, taskToken, summary, askedAt: clock.now() });
    },
  };
}
