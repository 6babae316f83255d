// Keeps the task token of a waiting approval. The token is a bearer secret: it is written here and never logged, nor answered.
import type { ApprovalStore, Clock } from '../domain/ports.ts';
import { approvalItem, approvalKey } from './approval-answers.ts';
import { hide } from './redaction.ts';
import { parsed, type Table } from './table.ts';

export function approvalStore(table: Table, clock: Pick<Clock, 'now'>): ApprovalStore {
  return {
    async ask(execution, application, taskToken, summary, asked) {
      hide(taskToken);
      // A repeated state waits with a new token; the old one is dead, so the newest replaces it.
      await table.put({ ...approvalKey(application, execution), execution, application, taskToken, summary, askedAt: clock.now(), ...asked });
    },
    async held(execution, application) {
      const item = await table.get(approvalKey(application, execution));
      if (item === undefined) return undefined;
      const { heldBy, decision } = parsed(approvalItem, item, `approval of ${execution}`);
      return decision === undefined ? heldBy : undefined;
    },
  };
}
