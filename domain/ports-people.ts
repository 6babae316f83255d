// The ports towards people: what they are told, what waits to be told, what they are asked, and what they answer.
import type { ApplicationPlan, Instant, Region } from './plan.ts';

/** A message for people. The key makes a repeat recognisable: one message per key. */
export interface Announcement {
  readonly key: string;
  readonly application: string;
  readonly incident: string;
  readonly severity: 'info' | 'warning' | 'page';
  readonly title: string;
  readonly lines: readonly string[];
  /** What it changes on the one card of its incident, which is updated in place. */
  readonly card?: Card;
  /** What it means for whoever was paged; absent: a page triggers, everything else says nothing there. */
  readonly pager?: 'trigger' | 'acknowledge' | 'resolve';
}

/** The state of an incident on one card: each announcement brings what it knows, the rest stays. */
export interface Card {
  /** In two or three words. */
  readonly state?: string;
  readonly seen?: string;
  readonly next?: string;
  /** What was refused and why, newest last; added to what stands there. */
  readonly refused?: readonly string[];
  /** RTO and RPO that were spent, against the budgets. */
  readonly spent?: string;
  /** Asks people, or takes the question away (null). */
  readonly question?: Question | null;
  /** Who decided what. */
  readonly decided?: string;
}

/** What people are asked: an answer counts for this application, epoch and execution only. */
export interface Question {
  readonly application: string;
  readonly execution: string;
  readonly epoch: number;
  readonly evacuated: Region;
  readonly survivor: Region;
  /** What a yes may lose, in words. */
  readonly loss: string;
  readonly until: Instant;
  readonly needed: number;
}

export interface Messenger {
  /** Resolves when at least one way took it; what could not be told in time waits in the outbox. */
  send(plan: ApplicationPlan, announcement: Announcement): Promise<void>;
}

/** One message that a way of telling people did not take in time. */
export interface Undelivered { readonly way: 'slack' | 'pagerduty'; readonly announcement: Announcement; readonly dueAt: Instant; readonly tries: number; readonly since: Instant }

/** Messages that wait for Slack or PagerDuty to work again. */
export interface Outbox {
  /** Once per way and key. */
  put(waiting: Undelivered): Promise<void>;
  /** What is due at `now`, oldest first. */
  due(application: string, now: Instant): Promise<readonly Undelivered[]>;
  /** Takes one for sending: false when somebody else did. Until `dueAt` nobody takes it again. */
  take(waiting: Undelivered, dueAt: Instant): Promise<boolean>;
  /** It was sent (or given up, with the reason): never taken again. */
  close(waiting: Undelivered, at: Instant, why: string): Promise<void>;
}

/** Sends by one way, without the outbox. */
export interface Delivery { deliver(plan: ApplicationPlan, way: Undelivered['way'], announcement: Announcement): Promise<void> }

/** Which announcements were sent: a repeated verdict of one incident is told once. */
export interface AnnouncementStore {
  wasSent(application: string, key: string): Promise<boolean>;
  markSent(application: string, key: string, at: Instant): Promise<void>;
}

export interface ApprovalStore {
  /** Keeps the task token of a waiting approval; the token leaves this store only towards Step Functions. */
  ask(execution: string, application: string, taskToken: string, summary: string, asked: Asked): Promise<void>;
  /** Who wants nobody's silence to count as a yes; undefined when nobody does, or when somebody has decided since. */
  held(execution: string, application: string): Promise<string | undefined>;
}

/** What an answer is bound to. `requestedBy`: who started it by hand; no answer of theirs counts. */
export interface Asked { readonly epoch: number; readonly needed: number; readonly requestedBy?: string }

/** `hold`: nobody's silence is a yes; approve and deny stay possible. */
export type Word = 'approve' | 'deny' | 'hold';
export interface GivenAnswer { readonly application: string; readonly execution: string; readonly word: Word; readonly by: string; readonly at: Instant; /** Where the asker named it; an answer to another epoch is none. */ readonly epoch?: number; /** One person is enough, and journaled as such. */ readonly breakGlass?: boolean }
export type TakenAnswer =
  | { readonly kind: 'taken'; readonly taskToken: string; readonly summary: string; readonly by: string }
  | { readonly kind: 'held'; readonly summary: string }
  /** A yes that needs another person's. */
  | { readonly kind: 'more'; readonly by: string; readonly needed: number }
  | { readonly kind: 'answered'; readonly decision: Word; readonly by: string; readonly at: Instant }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown' };

/** Answers of people to waiting approvals: the first decision stands. */
export interface ApprovalAnswers {
  /** What a waiting approval asks; undefined when this execution never asked. */
  read(application: string, execution: string): Promise<{ readonly summary: string; readonly askedAt: Instant } | undefined>;
  /** Writes the answer down unless a decision stands, and gives the token of the task that waits for it. */
  take(answer: GivenAnswer): Promise<TakenAnswer>;
}

/** Requests that were heard: each one is heard once. */
export interface HeardStore {
  /** False when it was heard before. */
  first(application: string, request: string, at: Instant): Promise<boolean>;
}

/** Executions that people start. */
export interface StartingExecutions {
  /** Returns the execution's ARN. The same name with the same input again is the same execution. */
  start(region: Region, stateMachineArn: string, name: string, input: unknown): Promise<string>;
}

/** Executions that wait for people. */
export interface WaitingExecutions {
  /** Hands an answer to a waiting execution. Throws RefusedByAwsError when it waits no more, or does not run there. */
  answer(region: Region, taskToken: string, output: unknown): Promise<void>;
}
