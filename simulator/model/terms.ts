// The terms of the model in those of production and back: ticks are seconds, execution 1 has a name, A and B are the regions of the plan.
import type { Failover } from '../../domain/journal.ts';
import type { FenceIntent, Lease, Permit } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';
import { simulatedPlan } from '../plan.ts';
import type { Setting } from './settings.ts';
import { RENEWED_LONG_AGO, TICKS, type DatabaseState, type LeaseState, type OrderState, type PermitState, type Side } from './state.ts';

export const TICK_MS = 1000;
/** The present of the model, in milliseconds; any will do. */
const PRESENT = 1_000_000_000_000;
export const at = (ticks: number): Instant => PRESENT + ticks * TICK_MS;
export const ticksUntil = (instant: Instant): number => Math.round((instant - PRESENT) / TICK_MS);
export const nameOf = (execution: number): string => `execution ${execution}`;

const BASE = simulatedPlan();
export const [REGION_A, REGION_B] = BASE.regions;
export const regionOf = (side: Side): string => (side === 'A' ? REGION_A : REGION_B);
const [DATABASE] = BASE.databases;
if (DATABASE === undefined) throw new Error('the plan has no database');
export const database = DATABASE;

/** Seconds stand for ticks. */
export function planOf({ permits, leaseTicks, marginTicks }: Setting, { clockError, permit, margin }: { readonly clockError?: number; readonly permit?: number; readonly margin?: number } = {}): ApplicationPlan {
  return {
    ...BASE, permit: { enforced: permits, ttlSeconds: permit ?? TICKS.permit, clockErrorSeconds: clockError ?? TICKS.clockError }, lease: { ttlSeconds: leaseTicks, marginSeconds: margin ?? marginTicks },
    policy: { ...BASE.policy, cooldownSeconds: TICKS.cooldown, unprovenFence: 'hand-over' },
  };
}

/** The failover of an execution, counted from 1. */
export const failoverOf = ({ byHand, evacuations }: Setting, execution: number): Failover => ({
  application: BASE.application, execution: nameOf(execution), evacuated: regionOf(evacuations[execution - 1] ?? 'A'), incident: 'incident', mode: byHand ? 'manual' : 'automatic', startedAt: PRESENT,
});

/** Longer than `REPEAT_AFTER_MS` of functions/promote/promotion.ts. */
export const ASKED_LONG_AGO = 100;
export const moment = (ticks: number) => ({ monotonicMs: at(ticks), wallMs: at(ticks) });
/** The loss budget is not part of this model: somebody saw a write just when the replica replayed its last. */
export const SEEN: readonly Observation[] = BASE.regions.map((target) => ({
  application: BASE.application, vantagePoint: BASE.witness, target, at: PRESENT, result: 'down', reason: '', latencyMs: 0, consecutiveFailures: 9, lastWriteAt: PRESENT, write: 'unknown',
}));
export const factsOf = ({ recovering }: Pick<DatabaseState, 'recovering'>) => ({ inRecovery: recovering, replayedAt: PRESENT, heartbeatAt: PRESENT, readAt: PRESENT });
export const instanceOf = ({ promoting }: Pick<DatabaseState, 'promoting'>, isReplica: boolean) => ({ identifier: 'instance', status: promoting ? 'modifying' : 'available', isReplica, backupRetentionDays: 7 });

export function leaseOf({ epoch, holder, left, cooling, ackDue, paused }: LeaseState): Lease {
  return {
    application: BASE.application, epoch, expiresAt: at(left), acknowledgementDue: ackDue, ...(holder === 0 ? {} : { holder: nameOf(holder) }),
    ...(cooling > 0 ? { cooldownUntil: at(cooling) } : {}), ...(paused > 0 ? { pausedUntil: at(paused) } : {}),
  };
}

export function stateOfLease({ epoch, holder, expiresAt, acknowledgementDue, cooldownUntil, pausedUntil }: Lease): LeaseState {
  return {
    epoch, holder: holder === undefined ? 0 : Number(holder.slice(nameOf(0).length - 1)), left: holder === undefined ? -TICKS.clockError : ticksUntil(expiresAt), ackDue: acknowledgementDue,
    cooling: cooldownUntil === undefined ? 0 : ticksUntil(cooldownUntil), paused: pausedUntil === undefined ? 0 : ticksUntil(pausedUntil),
  };
}

export function permitOf({ epoch, writer, withdrawn, renewed, surrendered }: PermitState): Permit {
  const renewals = Object.fromEntries((['A', 'B'] as const).filter((side) => renewed[side] > RENEWED_LONG_AGO).map((side) => [`server in ${side}`, at(renewed[side])]));
  return {
    application: BASE.application, database: database.name, epoch, writer: regionOf(writer), withdrawn, ...(withdrawn ? { withdrawnAt: PRESENT } : {}),
    renewals, surrenders: surrendered ? { 'server in A': epoch } : {},
  };
}

export const intentOf = ({ epoch, recordedAt, proven }: OrderState, side: Side): FenceIntent => ({
  application: BASE.application, database: database.name, region: regionOf(side), epoch, recordedAt: at(recordedAt), execution: 'some execution',
  ...(proven ? { enforced: { at: PRESENT, networkClosed: true, sessionsEnded: 0, detail: 'closed' } } : {}),
});
