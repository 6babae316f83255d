// The policies that run beside the default one: each lacks one of its guards, to show that the noise would be felt without it, and one
// is stricter. The default is whatever the plan says, read from the example configuration.
import type { ApplicationPlan, DetectionPlan } from '../../domain/plan.ts';

export interface Policy {
  readonly name: string;
  readonly plan: ApplicationPlan;
  readonly controlIgnored: boolean;
}

const changed = (plan: ApplicationPlan, detection: Partial<DetectionPlan>): ApplicationPlan => ({ ...plan, detection: { ...plan.detection, ...detection } });
/** Three years: no evidence is ever too old. */
const FOREVER_SECONDS = 100_000_000;

export const defaultPolicy = (plan: ApplicationPlan): Policy => ({ name: 'default', plan, controlIgnored: false });

export function weakenedPolicies(plan: ApplicationPlan): readonly Policy[] {
  const policy = (name: string, detection: Partial<DetectionPlan>, controlIgnored = false): Policy => ({ name, plan: changed(plan, detection), controlIgnored });
  return [
    policy('quorum 1', { quorum: 1 }),
    policy('1 failure is enough', { failuresToSuspect: 1 }),
    policy('evidence never ages', { evidenceAgeSecondsMax: FOREVER_SECONDS }),
    policy('control endpoint ignored', {}, true),
    policy('all four', { quorum: 1, failuresToSuspect: 1, evidenceAgeSecondsMax: FOREVER_SECONDS }, true),
  ];
}

export const withFailures = (plan: ApplicationPlan, failuresToSuspect: number): Policy =>
  ({ name: `${failuresToSuspect} failures in a row`, plan: changed(plan, { failuresToSuspect }), controlIgnored: false });
