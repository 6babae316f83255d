// Reads `hotshift.yml`: what is protected and by which rules. All problems are reported at once, each with its place and fix;
// a plan with an error is refused as a whole, since half a safety plan is none. The compiled JSON form is read too.
import type { ApplicationPlan } from '../domain/plan.ts';
import { checkCompiled, type Plans } from './config-compiled.ts';
import { fillPlan, formPath } from './config-fill.ts';
import { applicationForm, configForm } from './config-form.ts';
import { InvalidConfigError, shownValue, type ConfigIssue, type ConfigPath } from './config-issue.ts';
import { rulesOf } from './config-rules.ts';
import { shape, valueAt } from './config-shape.ts';
import { readSource, type ConfigSource } from './config-source.ts';

export { compilePlans, parseCompiledPlans, type Plans } from './config-compiled.ts';
export { InvalidConfigError, issueLine, pathText, type ConfigIssue } from './config-issue.ts';

export interface ConfigCheck {
  /** Absent when there is any error. */
  readonly plans?: Plans;
  readonly errors: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

/** The plans with every default filled in. Throws InvalidConfigError, which holds all errors; warnings do not stop it. */
export function parsePlans(text: string, fileName = 'hotshift.yml'): Plans & { readonly warnings: readonly ConfigIssue[] } {
  const { plans, errors, warnings } = checkPlans(text);
  if (plans === undefined) throw new InvalidConfigError(errors, fileName);
  return { ...plans, warnings };
}

/** Like `parsePlans`, for those who want to show the problems: never throws for what stands in the text. */
export function checkPlans(text: string): ConfigCheck {
  const source = readSource(text);
  if (source.issues.length > 0) return { errors: source.issues, warnings: [] };
  // A list of applications is the compiled form, a map is the form that people write.
  const { plans, issues } = Array.isArray(valueAt(source.tree, ['applications'])) ? checkCompiled(source.tree) : checkForm(source.tree);
  const placed = issues.map((issue) => placedIssue(issue, source)).sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
  const errors = placed.filter((issue) => issue.severity === 'error');
  const warnings = placed.filter((issue) => issue.severity === 'warning');
  return errors.length > 0 || plans === undefined ? { errors, warnings } : { plans, errors, warnings };
}

function checkForm(tree: unknown): { readonly plans?: Plans; readonly issues: readonly ConfigIssue[] } {
  const whole = shape(configForm, tree, []);
  const applications = valueAt(tree, ['applications']);
  if (typeof applications !== 'object' || applications === null) return { issues: whole.issues };
  // Each application is read by itself, so that one that is broken hides nothing about the others.
  const plans: ApplicationPlan[] = Object.entries(applications).flatMap(([application, form]) => {
    const { value } = shape(applicationForm, form, ['applications', application]);
    return value === undefined ? [] : [fillPlan(application, value)];
  });
  const rules = rulesOf(plans, (index, path) => {
    const plan = plans[index];
    return plan === undefined ? path : ['applications', plan.application, ...formPath(plan, path)];
  });
  const empty: ConfigIssue[] = Object.keys(applications).length > 0 ? []
    : [{ severity: 'error', path: ['applications'], message: 'there is no application', fix: 'add one; `hotshift init` writes an example' }];
  const table = whole.value?.table ?? 'hotshift';
  const evidence = whole.value?.evidence;
  return { plans: { table, ...(evidence === undefined ? {} : { evidence }), applications: plans }, issues: [...whole.issues, ...empty, ...rules.filter((issue) => !follows(issue, whole.issues))] };
}

/** A rule that speaks about a field which failed already (and was left out) only repeats it. */
function follows(issue: ConfigIssue, broken: readonly ConfigIssue[]): boolean {
  const about = [issue.path, ...(issue.related ?? [])];
  return broken.some(({ path }) => about.some((field) => startsWith(path, field) || startsWith(field, path)));
}

const startsWith = (path: ConfigPath, start: ConfigPath): boolean =>
  start.length <= path.length && start.every((step, index) => step === path[index]);

/** Adds line, column and the value that stands there. */
function placedIssue(issue: ConfigIssue, source: ConfigSource): ConfigIssue {
  const value = issue.value ?? shownLeaf(valueAt(source.tree, issue.path), issue.path);
  return { ...issue, ...source.position(issue.path), ...(value === undefined ? {} : { value }) };
}

/** A whole map repeated in a message says nothing; its path does. */
const shownLeaf = (value: unknown, path: ConfigPath): string | undefined =>
  (typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : shownValue(value, path));
