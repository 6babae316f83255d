// The answer of a person to a waiting approval: the first decision stands, and only its own repeat gets the token again. The token is
// a bearer secret: it goes from here to Step Functions and nowhere else.
import * as z from 'zod';
import type { ApprovalAnswers, GivenAnswer, TakenAnswer } from '../domain/ports.ts';
import { hide } from './redaction.ts';
import { parsed, type Key, type Table } from './table.ts';

const whole = z.number().int().nonnegative();
export const approvalItem = z.object({
  taskToken: z.string().min(1), summary: z.string(), askedAt: whole,
  epoch: whole.exactOptional(), needed: whole.exactOptional(), requestedBy: z.string().exactOptional(),
  /** The first of two who said yes. */
  firstBy: z.string().exactOptional(), heldBy: z.string().exactOptional(),
  decision: z.enum(['approve', 'deny', 'hold']).exactOptional(), by: z.string().exactOptional(), lastBy: z.string().exactOptional(), answeredAt: whole.exactOptional(),
});
type Approval = z.infer<typeof approvalItem>;

export const approvalKey = (application: string, execution: string): Key => ({ pk: `app#${application}`, sk: `approval#${execution}` });

export function approvalAnswers(table: Table): ApprovalAnswers {
  return {
    read: (application, execution) => read(table, approvalKey(application, execution)),
    async take(answer) {
      const stored = await read(table, approvalKey(answer.application, answer.execution));
      if (stored === undefined) return { kind: 'unknown' };
      if (stored.decision !== undefined) return standing(stored, answer);
      const refusal = refusalOf(stored, answer);
      if (refusal !== undefined) return { kind: 'refused', reason: refusal };
      if (answer.word === 'hold') return hold(table, answer);
      return answer.word === 'approve' && (stored.needed ?? 1) > 1 && answer.breakGlass !== true ? oneOfTwo(table, answer) : decide(table, answer, undefined);
    },
  };
}

async function read(table: Table, key: Key): Promise<Approval | undefined> {
  const item = await table.get(key);
  if (item === undefined) return undefined;
  const approval = parsed(approvalItem, item, `approval ${key.pk}/${key.sk}`);
  hide(approval.taskToken);
  return approval;
}

/** Not an answer to this question, or not of somebody who may give it. */
function refusalOf({ epoch, requestedBy }: Approval, answer: GivenAnswer): string | undefined {
  if (answer.epoch !== undefined && answer.epoch !== epoch) return `the question was asked under epoch ${epoch ?? 'unknown'}, the answer is to epoch ${answer.epoch}`;
  if (answer.word === 'approve' && answer.by === requestedBy && answer.breakGlass !== true) return `${answer.by} started it: somebody else must agree`;
  return undefined;
}

/** What stands already. Our own decision, now or before, gets the token: a lost answer of Step Functions may be asked for again. */
function standing(stored: Approval, { word, by }: GivenAnswer): TakenAnswer {
  const deciders = [stored.by, stored.lastBy, stored.firstBy];
  if (stored.decision === word && deciders.includes(by)) return { kind: 'taken', taskToken: stored.taskToken, summary: stored.summary, by: stored.by ?? by };
  return { kind: 'answered', decision: stored.decision ?? word, by: stored.by ?? 'somebody', at: stored.answeredAt ?? stored.askedAt };
}

/** Changes the item unless somebody has decided meanwhile, or the question became another one; then what stands is told. */
async function changed(table: Table, answer: GivenAnswer, text: string, values: Readonly<Record<string, unknown>>, also = ''): Promise<Approval | undefined> {
  const bound = answer.epoch === undefined ? '' : ' AND #epoch = :epoch';
  const key = approvalKey(answer.application, answer.execution);
  await table.update(key, { text, values }, {
    text: `attribute_exists(pk) AND attribute_not_exists(#decision)${bound}${also}`, ...(answer.epoch === undefined ? {} : { values: { ':epoch': answer.epoch } }),
  });
  return read(table, key);
}

async function hold(table: Table, answer: GivenAnswer): Promise<TakenAnswer> {
  const stored = await changed(table, answer, 'SET #heldBy = :by, #heldAt = :at', { ':by': answer.by, ':at': answer.at });
  if (stored === undefined) return { kind: 'unknown' };
  return stored.decision === undefined ? { kind: 'held', summary: stored.summary } : standing(stored, answer);
}

/** The first yes is kept; the second, of another person, decides. */
async function oneOfTwo(table: Table, answer: GivenAnswer): Promise<TakenAnswer> {
  const stored = await changed(table, answer, 'SET #firstBy = :by', { ':by': answer.by }, ' AND attribute_not_exists(#firstBy)');
  if (stored === undefined) return { kind: 'unknown' };
  if (stored.decision !== undefined) return standing(stored, answer);
  if (stored.firstBy === undefined || stored.firstBy === answer.by) return { kind: 'more', by: answer.by, needed: stored.needed ?? 1 };
  return decide(table, answer, stored.firstBy);
}

async function decide(table: Table, answer: GivenAnswer, first: string | undefined): Promise<TakenAnswer> {
  const by = `${first === undefined ? '' : `${first} and `}${answer.by}${answer.breakGlass === true ? ' (break-glass)' : ''}`;
  const stored = await changed(table, answer, 'SET #decision = :decision, #by = :by, #lastBy = :last, #answeredAt = :at', { ':decision': answer.word, ':by': by, ':last': answer.by, ':at': answer.at });
  if (stored === undefined) return { kind: 'unknown' };
  return stored.decision === undefined ? { kind: 'refused', reason: 'the question changed meanwhile' } : standing(stored, answer);
}
