// When may servers write again? They may be led to the database by the writer's record or by the permit itself. A server that follows the
// record must not hold a permit while any authoritative server still leads to the old writer: no time limit makes that safe.
import type { DatabasePlan, Instant } from '../../domain/plan.ts';

export type Writing =
  | { readonly kind: 'grant'; readonly reason: string }
  /** `change`: the record is to be changed; false when it was changed under this epoch already and is only awaited. */
  | { readonly kind: 'wait'; readonly change: boolean; readonly reason: string }
  | { readonly kind: 'hand-over'; readonly reason: string };

export interface RecordSight {
  /** What the authoritative servers answer; undefined when none could be asked. */
  readonly answers: readonly string[] | undefined;
  readonly host: string;
  readonly changed: boolean;
  readonly begunAt: Instant;
  readonly now: Instant;
  readonly rtoSeconds: number;
}

export function writing(record: DatabasePlan['writerRecord'], sight: RecordSight): Writing {
  if (record === undefined) return { kind: 'grant', reason: 'servers go where their permit says: there is no record' };
  const { answers, host, changed, begunAt, now, rtoSeconds } = sight;
  if (leadsOnlyTo(answers ?? [], host)) return { kind: 'grant', reason: "the writer's record leads there" };
  if (record.leads === false) return { kind: 'grant', reason: 'servers go where their permit says, and check it' };
  const shown = answers === undefined ? 'no authoritative server answers' : `the authoritative servers answer ${answers.join(', ') || 'nothing'}`;
  if (now - begunAt < rtoSeconds * 1000) return { kind: 'wait', change: !changed, reason: `${record.name} does not lead to ${host} alone: ${shown}` };
  return { kind: 'hand-over', reason: `no permit is granted: after ${rtoSeconds} s ${record.name} does not lead to ${host} alone (${changed ? 'the change was accepted' : 'the change was not accepted'}; ${shown}), and servers that follow it would write to the old writer` };
}

/** All of them, and there are some: one old answer is enough to mislead a server. */
export const leadsOnlyTo = (answers: readonly string[], host: string): boolean =>
  answers.length > 0 && answers.every((answer) => plain(answer) === plain(host));

const plain = (host: string): string => host.toLowerCase().replace(/\.$/, '');
