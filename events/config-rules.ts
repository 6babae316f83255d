// The rules that a plan must keep beyond its form. Pure; each rule names the field, what is wrong with it and the fix.
// Errors are plans that would act wrongly or never; warnings are plans that a careful person may want.
import type { ApplicationPlan } from '../domain/plan.ts';
import type { ConfigIssue, ConfigPath } from './config-issue.ts';
import type { SharedRuleIssue } from './config-rule.ts';
import { databaseRules } from './config-rules-databases.ts';
import { drillRules } from './config-rules-drills.ts';
import { hookRules } from './config-hooks.ts';
import { sessionRules } from './config-sessions.ts';
import { peopleRules } from './config-rules-people.ts';
import { placeRules, sharedPlaceRules } from './config-rules-places.ts';
import { routingRules, sharedRoutingRules } from './config-rules-routing.ts';
import { timingRules } from './config-rules-timing.ts';

/** All problems of all plans; `locate` turns a path inside a plan into one of the document. */
export function rulesOf(plans: readonly ApplicationPlan[], locate: (index: number, path: ConfigPath) => ConfigPath): readonly ConfigIssue[] {
  const own = plans.flatMap((plan, index) =>
    [...placeRules(plan), ...timingRules(plan), ...routingRules(plan), ...peopleRules(plan), ...databaseRules(plan), ...drillRules(plan), ...hookRules(plan), ...sessionRules(plan)].map((issue): SharedRuleIssue => ({ ...issue, index })));
  return [...own, ...sharedPlaceRules(plans), ...sharedRoutingRules(plans)].map(({ index, related, ...issue }) => ({
    ...issue,
    path: locate(index, issue.path),
    ...(related === undefined ? {} : { related: related.map((path) => locate(index, path)) }),
  }));
}
