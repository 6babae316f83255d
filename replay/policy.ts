// Other policies to compare with: single fields of the plan, replaced for the replay only. A policy that `hotshift check` would refuse
// may be tried here, where it can move nothing, and is told.
import * as z from 'zod';
import type { ApplicationPlan } from '../domain/plan.ts';
import { whole, seconds } from '../events/config-fields.ts';
import { didYouMean } from '../events/config-issue.ts';
import { rulesOf } from '../events/config-rules.ts';
import { RecordError } from './lines.ts';

type Change = (plan: ApplicationPlan, text: string) => ApplicationPlan | string;

const detection = <Value extends number>(field: keyof ApplicationPlan['detection'], form: z.ZodType<Value>): Change => (plan, text) => {
  const found = form.safeParse(text);
  return found.success ? { ...plan, detection: { ...plan.detection, [field]: found.data } } : found.error.issues[0]?.message ?? 'does not fit';
};
const counted = (least: number, most: number) => z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(whole(least, most));
const duration = seconds('');

const changes: Readonly<Record<string, Change>> = {
  'detection.quorum': detection('quorum', counted(1, 3)),
  'detection.failuresToSuspect': detection('failuresToSuspect', counted(1, 20)),
  'detection.evidenceAge': detection('evidenceAgeSecondsMax', duration),
  'detection.evidenceWait': detection('evidenceWaitSeconds', duration),
  'detection.suspicionRepeat': detection('suspicionRepeatSeconds', duration),
  'detection.slow': detection('slowSeconds', duration),
  'policy.cooldown': (plan, text) => withDuration(text, (cooldownSeconds) => ({ ...plan, policy: { ...plan.policy, cooldownSeconds } })),
  'policy.approval': (plan, text) => (text === 'none' || text === 'required' ? { ...plan, policy: { ...plan.policy, approval: text } } : 'must be none or required'),
  'budgets.rpo': (plan, text) => withDuration(text, (rpoSeconds) => ({ ...plan, budgets: { ...plan.budgets, rpoSeconds } })),
};

function withDuration(text: string, change: (value: number) => ApplicationPlan): ApplicationPlan | string {
  const found = duration.safeParse(text);
  return found.success ? change(found.data) : found.error.issues[0]?.message ?? 'does not fit';
}

export interface ChangedPolicy { readonly plan: ApplicationPlan; /** What `hotshift check` would refuse. */ readonly refusals: readonly string[] }

/** The plan with fields replaced, each written as `detection.quorum=1`. */
export function changedPolicy(plan: ApplicationPlan, settings: readonly string[]): ChangedPolicy {
  const changed = settings.reduce((current, setting) => {
    const [, name = '', text = ''] = /^([^=]+)=(.*)$/.exec(setting) ?? [];
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
    if (change === undefined) {
      const meant = didYouMean(name, Object.keys(changes));
      throw new RecordError('--policy', `${JSON.stringify(setting)} names no field that can be compared`, meant === undefined ? `write one of ${Object.keys(changes).join(', ')}, such as detection.quorum=1` : `did you mean ${meant}?`);
    }
    const next = change(current, text);
    if (typeof next === 'string') throw new RecordError('--policy', `${name} is ${JSON.stringify(text)}: it ${next}`, `write, for example, ${name}=${name.endsWith('quorum') || name.endsWith('Suspect') ? '2' : name.endsWith('approval') ? 'required' : '30s'}`);
    return next;
  }, plan);
  const refusals = rulesOf([changed], (_, path) => path).filter(({ severity }) => severity === 'error').map(({ message }) => message);
  return { plan: changed, refusals };
}
