// What a drill has found becomes a list with owner and due date, which `status` and the report show until somebody closes each entry. A
// drill that a person stopped, that gave way to an outage, or that a freeze refused has found nothing. Pure.
import type { DrillOutcome } from './drill.ts';
import type { Instant } from './plan.ts';

export interface FollowUp {
  readonly application: string;
  /** Unique in the application: the execution that found it, or a name by the moment. */
  readonly id: string;
  readonly execution: string;
  readonly what: string;
  readonly foundAt: Instant;
  readonly dueAt: Instant;
  readonly owner?: string;
  /** Where its issue is, in the owners' tracker. */
  readonly issue?: { readonly reference: string; readonly at: Instant };
  readonly closed?: { readonly at: Instant; readonly by: string; readonly how: string };
  /** Grows by one with each change, so that two people do not undo each other's. */
  readonly version: number;
}

export interface FollowUpStore {
  list(application: string): Promise<readonly FollowUp[]>;
  /** Once per id; the same again changes nothing, whatever became of it meanwhile. */
  add(followUp: FollowUp): Promise<void>;
  /** False when somebody changed it since it was read. */
  replace(before: FollowUp, after: Omit<FollowUp, 'version'>): Promise<boolean>;
}

const DAY_MS = 86_400_000;
/** Before the next monthly drill; what a person had to take over within a week. */
const DAYS = 28;
const DAYS_HANDED_OVER = 7;

export interface Ended { readonly application: string; readonly execution: string; readonly outcome: DrillOutcome; readonly step: string; readonly reason: string }

/** Undefined when there is nothing to follow up. */
export function followUpOf({ application, execution, outcome, step, reason }: Ended, now: Instant): FollowUp | undefined {
  if (outcome === 'Drill passed' || outcome === 'Drill yielded' || isAPersonsWord(reason)) return undefined;
  const days = outcome === 'Handed to a human' ? DAYS_HANDED_OVER : DAYS;
  return { application, id: execution, execution, what: `${outcome} at "${step}": ${reason}`.slice(0, 1000), foundAt: now, dueAt: now + days * DAY_MS, version: 1 };
}

/** A freeze, a pause, an abort, and a lease that somebody else holds were meant to be in the way. */
const isAPersonsWord = (reason: string): boolean => /^(freeze|lease): /.test(reason) || /StoppedByOperatorError|paused by|asked .* to stop|holds the lease/.test(reason);

/** Open ones, the most urgent first. */
export const openOf = (all: readonly FollowUp[]): readonly FollowUp[] => all.filter(({ closed }) => closed === undefined).sort((left, right) => left.dueAt - right.dueAt);
export const isOverdue = ({ dueAt, closed }: FollowUp, now: Instant): boolean => closed === undefined && dueAt < now;
