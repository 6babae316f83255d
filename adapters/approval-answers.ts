// The answer of a person to a waiting approval: the first decision stands, and only its own repeat gets the token again. The token is
// a bearer secret: it goes from here to Step Functions and nowhere else.
import * as z from 'zod';
import type { Instant } from '../domain/plan.ts';
import { parsed, type Key, type Table } from './table.ts';

export type Decision = 'approve' | 'deny';
export type TakenAnswer =
  | { readonly kind: 'taken'; readonly taskToken: string; readonly summary: string }
  | { readonly kind: 'answered'; readonly decision: Decision; readonly by: string; readonly at: Instant }
  | { readonly kind: 'unknown' };

export interface ApprovalAnswers {
  /** What a waiting approval asks; undefined when this execution never asked. */
  read(application: string, execution: string): Promise<{ readonly summary: string; readonly askedAt: Instant } | undefined>;
  /** Writes the decision down unless another one stands, and gives the token of the task that waits for it. */
  take(application: string, execution: string, decision: Decision, by: string, at: Instant): Promise<TakenAnswer>;
}

const whole = z.number().int().nonnegative();
const approvalItem = z.object({
  taskToken: z.string().min(1), summary: z.string(), askedAt: whole,
  decision: z.enum(['approve', 'deny']).exactOptional(), by: z.string().exactOptional(), answeredAt: whole.exactOptional(),
});

export function approvalAnswers(table: Table): ApprovalAnswers {
  const read = async (key: Key) => {
    const item = await table.get(key);
    return item === undefined ? undefined : parsed(approvalItem, item, `approval ${key.pk}/${key.sk}`);
  };
  return {
    read: (application, execution) => read(keyOf(application, execution)),
    async take(application, execution, decision, by, at) {
      const key = keyOf(application, execution);
      await table.update(key,
        { text: 'SET #decision = :decision, #by = :by, #answeredAt = :at', values: { ':decision': decision, ':by': by, ':at': at } },
        { text: 'attribute_exists(pk) AND attribute_not_exists(#decision)' });
      const stored = await read(key);
      if (stored === undefined) return { kind: 'unknown' };
      // Our own decision, now or before: a lost answer of Step Functions may be asked for again.
      if (stored.decision === decision && stored.by === by) return { kind: 'taken', taskToken: stored.taskToken, summary: stored.summary };
      return { kind: 'answered', decision: stored.decision ?? decision, by: stored.by ?? 'somebody', at: stored.answeredAt ?? at };
    },
  };
}

const keyOf = (application: string, execution: string): Key => ({ pk: `app#${application}`, sk: `approval#${execution}` });
