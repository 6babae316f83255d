// Where the owners follow things up: GitHub or Jira. A follow-up becomes one issue there, told by its mark however often it is asked for.
import type { Instant } from './plan.ts';

interface Reached { readonly url: string; /** GitHub: a token. Jira: `email:token`. */ readonly tokenSecretId: string }
export interface GithubTracker extends Reached { readonly kind: 'github' }
export interface JiraTracker extends Reached { readonly kind: 'jira'; readonly project: string; readonly issueType: string }
/** `url`: where issues are created: `.../repos/OWNER/NAME/issues`, or `.../rest/api/3/issue`. */
export type TrackerPlan = GithubTracker | JiraTracker;

export interface IssueText {
  /** Letters, digits and hyphens; the same for the same follow-up and for no other. */
  readonly mark: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly dueAt: Instant;
}

export interface Tracker {
  /** Where the issue with this mark is, for people; undefined when none of the newest has it. */
  find(plan: TrackerPlan, mark: string): Promise<string | undefined>;
  create(plan: TrackerPlan, issue: IssueText): Promise<string>;
}
