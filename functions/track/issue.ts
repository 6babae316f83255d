// What an issue says of a follow-up. Pure; its mark tells it from all others, so that a repeat finds it.
import { createHash } from 'node:crypto';
import type { FollowUp } from '../../domain/follow-ups.ts';
import type { IssueText } from '../../domain/tracker.ts';

/** Jira takes 255 characters on one line, GitHub 256. */
const TITLE_LENGTH_MAX = 250;

export const markOf = ({ application, id }: Pick<FollowUp, 'application' | 'id'>): string => `hotshift-${createHash('sha256').update(`${application}\n${id}`).digest('hex').slice(0, 16)}`;

export function issueOf(followUp: FollowUp): IssueText {
  const { application, id, execution, what, dueAt } = followUp;
  return {
    mark: markOf(followUp), dueAt,
    title: `${application}: ${what}`.replaceAll(/\p{Cc}+/gu, ' ').slice(0, TITLE_LENGTH_MAX),
    lines: [
      `A drill of ${application} has found: ${what}`,
      `Execution ${execution}; due ${new Date(dueAt).toISOString().slice(0, 10)}.`,
      `What happened: hotshift report ${execution}`,
      `When it is settled: hotshift follow-ups ${application} --close ${id} --how "..."`,
    ],
  };
}

/** What still needs an issue: what this execution has found and nobody has closed. */
export const without = (all: readonly FollowUp[], execution: string): readonly FollowUp[] => all.filter((one) => one.execution === execution && one.closed === undefined && one.issue === undefined);
