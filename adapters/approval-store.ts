// Keeps the task token of a waiting approval. The token is a bearer secret: it is written here and never logged, nor answered.
import { TryAgainError } from '../domain/errors.ts';
import type { ApprovalStore, Clock } from '../domain/ports.ts';
import { approvalItem, approvalKey } from './approval-answers.ts';
import { hide } from './redaction.ts';
import { parsed, type Table } from './table.ts';

export function approvalStore(table: Table, clock: Pick<Clock, 'now'>): ApprovalStore {
  return {
    async ask(execution, application, taskToken, summary, asked) {
      hide(taskToken);
      const askedAt = clock.now();
      // A repeated state waits with a new token; the old one is dead, so the newest replaces it. An older request that arrives late must
      // not: people would answer to a token for which nobody waits any more. Nor may a repeat of this one undo an answer.
      const outcome = await table.put({ ...approvalKey(application, execution), execution, application, taskToken, summary, askedAt, ...asked }, {
        text: 'attribute_not_exists(#pk) OR (#askedAt <= :askedAt AND #taskToken <> :taskToken)', values: { ':askedAt': askedAt, ':taskToken': taskToken },
      });
      if (outcome.written || outcome.stored?.['taskToken'] === taskToken) return;
      throw new TryAgainError(`the question of ${execution} was asked anew at ${new Date(Number(outcome.stored?.['askedAt'])).toISOString()}, later than this one`);
    },
    async held(execution, application) {
      const item = await table.get(approvalKey(application, execution));
      if (item === undefined) return undefined;
      const { heldBy, decision } = parsed(approvalItem, item, `approval of ${execution}`);
      return decision === undefined ? heldBy : undefined;
    },
  };
}
