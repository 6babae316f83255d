// The two files of an ended execution, made from its journal and its place in the chain. Pure.
import type { JournalEntry } from '../../domain/journal.ts';
import type { SealedRecord } from '../../domain/records.ts';
import { evidenceText, slowerThan, withoutConclusion, type Evidence, type EvidenceParts } from './evidence.ts';
import type { FollowUpRow } from './follow-ups.ts';
import { reportHtml } from './page.ts';
import { timeline } from './timeline.ts';

/** Names of executions are letters, digits, hyphens and underscores already; nothing else may become a path. */
export const fileName = (execution: string): string => execution.replaceAll(/[^A-Za-z0-9_-]/g, '-');

export const keyOf = (application: string, execution: string): string => `records/${application}/${fileName(execution)}`;

export interface RecordFiles { readonly json: string; readonly html: string }

/** `last`: the one before of the same kind and outcome, to tell what was slower. */
export function filesOf(evidence: Evidence, entries: readonly JournalEntry[], ended: NonNullable<EvidenceParts['ended']>, last: SealedRecord | undefined, followUps: readonly FollowUpRow[]): RecordFiles {
  const found = timeline(entries);
  if (found === undefined) return { json: evidenceText(evidence), html: '' };
  const shown = found.outcome === undefined ? { ...found, reason: withoutConclusion(ended) } : found;
  return { json: evidenceText(evidence), html: reportHtml(shown, { evidence, entries, followUps, slower: last === undefined ? undefined : slowerThan(evidence.phases, last.phases) }) };
}

/** What this one may be compared with. */
export const lastAlike = (all: readonly SealedRecord[], { kind, outcome, execution }: Pick<Evidence, 'kind' | 'outcome' | 'execution'>): SealedRecord | undefined => {
  const own = all.findIndex((record) => record.execution === execution);
  return (own < 0 ? all : all.slice(0, own)).findLast((record) => record.kind === kind && record.outcome === outcome);
};
