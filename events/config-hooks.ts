// Hooks as people write them and as plans hold them, and the rules that they must keep.
import * as z from 'zod';
import { HOOK_POINTS, type HookPlan } from '../domain/hooks.ts';
import type { ApplicationPlan } from '../domain/plan.ts';
import * as field from './config-fields.ts';
import { error, warning, type RuleIssue } from './config-rule.ts';

/** TimeoutSeconds of the state that calls them is 30; all hooks of a point are called at once. */
export const hookSecondsMax = 20;

export const hookForm = z.strictObject({
  point: z.enum(HOOK_POINTS).describe('When it is called. The same call may come twice.'),
  functionArns: z.record(field.region, field.functionArn).describe('Region that takes over -> your function there. It answers {"ok": true}, or {"ok": false, "reason": ...}.'),
  // A warm function answers in tenths of a second, a cold one in a few.
  timeout: field.seconds('How long it is waited for. Before the fence this is time of the outage.', 0.1).prefault('5s'),
  required: z.boolean().describe('May its failure hand the failover to a human? Before the fence that stops it.').prefault(false),
});
export const compiledHook = z.strictObject({
  name: field.name, point: z.enum(HOOK_POINTS), functionArns: z.record(field.region, field.functionArn), timeoutSeconds: z.number().min(0.1), required: z.boolean(),
}) satisfies z.ZodType<HookPlan>;

export const hookPlan = (name: string, { timeout, ...rest }: z.output<typeof hookForm>): HookPlan => ({ name, ...rest, timeoutSeconds: timeout });

export const hookRules = (plan: ApplicationPlan): readonly RuleIssue[] => (plan.hooks ?? []).flatMap((hook, index) => {
  const path = ['hooks', index];
  const wrong = Object.entries(hook.functionArns).filter(([region, arn]) => arn.split(':')[3] !== region);
  const missing = [...new Set(plan.regions)].filter((region) => !Object.hasOwn(hook.functionArns, region));
  return [
    ...wrong.map(([region, arn]) => error([...path, 'functionArns', region], `this function is in ${arn.split(':')[3] ?? ''}, not in ${region}: it would be out with that region`, `give the function that runs in ${region}`)),
    ...missing.map((region) => (hook.required ? error : warning)([...path, 'functionArns'], `there is no function in ${region}: when it takes over, the hook fails`, `add an entry for ${region}`)),
    ...(hook.timeoutSeconds > hookSecondsMax ? [error([...path, 'timeoutSeconds'], `a hook may take ${hookSecondsMax}s at most`, 'let it start what takes longer, and answer')] : []),
    ...(hook.required && hook.point === 'before-fence' ? [warning([...path, 'required'], 'a failure of this function stops every failover before its first change', 'leave it optional unless no failover is better than one without it')] : []),
  ];
});
