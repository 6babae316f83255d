// What a rule about a plan says when it is broken. Rules know paths inside a plan; where that stands in a file is not theirs to know.
import type { ConfigIssue, ConfigPath } from './config-issue.ts';

/** A problem of one plan; `path` is inside the plan. */
export type RuleIssue = Pick<ConfigIssue, 'severity' | 'path' | 'message' | 'fix' | 'related'>;
/** A problem between plans: the index says in which of them it is reported. */
export type SharedRuleIssue = RuleIssue & { readonly index: number };

export const error = (path: ConfigPath, message: string, fix: string, related?: readonly ConfigPath[]): RuleIssue =>
  ({ severity: 'error', path, message, fix, ...(related === undefined ? {} : { related }) });
export const warning = (path: ConfigPath, message: string, fix: string): RuleIssue => ({ severity: 'warning', path, message, fix });
