// Right before the one call that cannot be undone: is the fence still there, and is the loss still within the RPO?
// The earlier steps said so; this asks again, since time has passed and somebody may have acted.
import type { Gate } from '../../domain/journal.ts';
import type { FenceIntent, Permit } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import type { DatabaseFacts } from '../../domain/ports.ts';
import { boundsOf, exposureSeconds } from '../../domain/exposure.ts';
import { permitsEndAt } from '../../domain/permits.ts';

export interface Evidence {
  readonly permit: Permit | undefined;
  readonly intent: FenceIntent | undefined;
  readonly facts: DatabaseFacts | undefined;
  readonly observations: readonly Observation[];
}

/** The gates of a promotion under `epoch`; all must pass. */
export function permission({ permit, intent, facts, observations }: Evidence, plan: ApplicationPlan, evacuated: Region, epoch: number, now: Instant): readonly Gate[] {
  const exposure = exposureSeconds(facts, observations, evacuated, boundsOf(plan, permit, intent));
  return [
    { gate: 'fence intent', passed: intent?.epoch === epoch && intent.liftedAt === undefined, value: intent === undefined ? 'missing' : `of epoch ${intent.epoch}`, threshold: `open, of epoch ${epoch}` },
    fenceGate(permit, intent, plan, now),
    { gate: 'RPO', passed: exposure <= plan.budgets.rpoSeconds, value: Number.isFinite(exposure) ? `${exposure.toFixed(1)} s could be lost` : 'unknown, which counts as infinite', threshold: `at most ${plan.budgets.rpoSeconds} s` },
  ];
}

function fenceGate(permit: Permit | undefined, intent: FenceIntent | undefined, plan: ApplicationPlan, now: Instant): Gate {
  const threshold = 'proven: permits ended or network closed';
  if (intent?.enforced?.networkClosed === true) return { gate: 'fence', passed: true, value: intent.enforced.detail, threshold };
  if (plan.policy.unprovenFence === 'proceed') return { gate: 'fence', passed: true, value: 'unproven, accepted by policy', threshold };
  if (!plan.permit.enforced || permit === undefined || !permit.withdrawn) return { gate: 'fence', passed: false, value: 'not proven', threshold };
  const endsAt = permitsEndAt(permit, plan.permit, intent?.recordedAt);
  return { gate: 'fence', passed: endsAt <= now, value: endsAt <= now ? 'all permits ended' : `a permit lives until ${new Date(endsAt).toISOString()}`, threshold };
}
