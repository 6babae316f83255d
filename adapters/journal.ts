// The journal, one item per entry, in order of time. An entry is put once: the same entry again is the same item, and two entries
// that fall on one millisecond both stay.
import * as z from 'zod';
import { TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { Journal } from '../domain/ports.ts';
import { withoutSecrets } from './redaction.ts';
import { parsed, type Item, type Table } from './table.ts';

const gate = z.object({
  gate: z.string(), passed: z.boolean(), value: z.string(), threshold: z.string(), evidence: z.string().exactOptional(),
});
const entryItem = z.object({
  execution: z.string(),
  application: z.string(),
  at: z.number().int().nonnegative(),
  step: z.string(),
  kind: z.enum(['decision', 'intent', 'result', 'gate', 'page']),
  summary: z.string(),
  epoch: z.number().int().nonnegative().exactOptional(),
  gates: z.array(gate).exactOptional(),
  evidence: z.string().exactOptional(),
});

/** Parallel branches may write in the same millisecond; more than this many at once would be something else going wrong. */
const SAME_MOMENT_MAX = 20;

export function journal(table: Table): Journal {
  return {
    async record(entry) {
      // Whatever a step found worth telling: a secret in it would be kept for ever.
      const body = bodyOf(withoutSecrets(entry));
      for (let turn = 0; turn < SAME_MOMENT_MAX; turn += 1) {
        const outcome = await table.put({ pk: `exec#${entry.execution}`, sk: sortKey(entry, turn), ...body }, { text: 'attribute_not_exists(pk)' });
        if (outcome.written || outcome.stored === undefined || sameBody(outcome.stored, body)) return;
      }
      throw new TryAgainError(`journal: more than ${SAME_MOMENT_MAX} different entries of ${entry.step} at ${entry.at}`);
    },
    async list(execution) {
      const items = await table.list(`exec#${execution}`, '');
      return items.map(entryOf);
    },
  };
}

/** Thirteen digits of milliseconds sort as text until the year 2286. */
function sortKey(entry: JournalEntry, turn: number): string {
  const key = `${String(entry.at).padStart(13, '0')}#${entry.step}#${entry.kind}`;
  return turn === 0 ? key : `${key}#${String(turn).padStart(2, '0')}`;
}

/** Evidence may be of any form, infinities included: it is kept as JSON text. */
function bodyOf({ evidence, ...rest }: JournalEntry): Item {
  return { ...rest, ...(evidence === undefined ? {} : { evidence: JSON.stringify(evidence, spelledOut) }) };
}

/** JSON has no infinity, and an unknown lag is infinite: as null it would look like "not measured". */
const spelledOut = (_name: string, value: unknown): unknown =>
  (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);

function entryOf(item: Item): JournalEntry {
  const what = `journal entry ${String(item.pk)}/${String(item.sk)}`;
  const { evidence, ...rest } = parsed(entryItem, item, what);
  if (evidence === undefined) return rest;
  try {
    return { ...rest, evidence: JSON.parse(evidence) as unknown };
  } catch (error) {
    throw new UnexpectedAnswerError(`${what}: evidence is not JSON`, { cause: error });
  }
}

function sameBody(stored: Item, body: Item): boolean {
  return JSON.stringify(ordered(parsed(entryItem, stored, 'journal entry'))) === JSON.stringify(ordered(parsed(entryItem, body, 'journal entry')));
}

/** DynamoDB keeps no order of attributes; the schema's order is one. */
const ordered = (entry: z.infer<typeof entryItem>): unknown => Object.entries(entry).sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([name, value]) => (name === 'gates' ? entry.gates?.map((each) => [each.gate, each.passed, each.value, each.threshold, each.evidence]) : [name, value]));
