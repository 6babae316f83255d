// Is the replica fit to become the writer, and how much would be lost? Unknown is infinite: an unread lag refuses.
import type { Gate } from '../../domain/journal.ts';
import type { FenceIntent, Permit } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import { boundsOf, exposureSeconds } from '../../domain/exposure.ts';
import type { ApplicationPlan, DatabasePlan, Instant, Region } from '../../domain/plan.ts';
import type { DatabaseFacts, InstanceFacts, PendingMove } from '../../domain/ports.ts';

/** `exposureSeconds`: what its promotion would lose; nothing more, where we promoted it already. */
export interface Readiness { readonly ready: boolean; readonly reason: string; readonly gates: readonly Gate[]; readonly exposureSeconds: number }

/** What was read of one replica; `order` is the order to fence it, when one stands; `trouble` is what went wrong while reading. */
export interface ReplicaView {
  readonly instance?: InstanceFacts; readonly facts?: DatabaseFacts; readonly order?: FenceIntent; readonly trouble: string;
  readonly permit?: Permit;
  /** The order to fence the old writer, when one stands. */
  readonly fence?: FenceIntent;
  /** It takes writes, and was held against the RPO before or was the writer already (domain/promoted.ts). */
  readonly isWeighed?: boolean;
}

/** All gates of one database; one that we promoted (a resumed run), or that is the writer already, is ready. */
export function readiness(
  database: DatabasePlan, view: ReplicaView,
  observations: readonly Observation[], plan: ApplicationPlan, evacuated: Region,
): Readiness {
  const { instance, facts, order, trouble } = view;
  const exposure = exposureSeconds(facts, observations, evacuated, boundsOf(plan, view.permit, view.fence));
  const promoted = facts !== undefined && !facts.inRecovery;
  // Anybody else's promotion was held against nothing: the old writer may have gone on for hours.
  const weighed = promoted && view.isWeighed === true;
  const could = Number.isFinite(exposure) ? `${exposure.toFixed(1)} s could be lost` : 'unknown, which counts as infinite';
  const gates: readonly Gate[] = [
    // An old writer that came back is in recovery no more, just as a promoted replica; it lacks everything since it was left.
    { gate: 'order to fence it', passed: order === undefined || order.liftedAt !== undefined, value: order === undefined ? 'none' : `of epoch ${order.epoch}`, threshold: 'none or lifted (by a failback)' },
    { gate: 'replica reachable', passed: facts !== undefined, value: facts === undefined ? `no answer (${trouble})` : `answered at ${iso(facts.readAt)}`, threshold: 'answers SQL' },
    { gate: 'replica known to RDS', passed: instance !== undefined, value: instance?.status ?? `not found (${trouble})`, threshold: 'found' },
    { gate: 'replica status', passed: promoted || instance === undefined || !BLOCKED.has(instance.status), value: instance?.status ?? 'unknown', threshold: `not ${[...BLOCKED].join(', ')}` },
    ...otherMove(instance?.pending),
    { gate: 'RPO', passed: weighed || exposure <= plan.budgets.rpoSeconds, value: promoted && !weighed ? `${could} (it left recovery, and no failover asked for that)` : could, threshold: `at most ${plan.budgets.rpoSeconds} s`, evidence: `newest commit on the replica ${iso(facts?.replayedAt)}, newest heartbeat ${iso(facts?.heartbeatAt)}` },
  ];
  const failed = gates.filter((gate) => !gate.passed);
  const reason = failed.length > 0
    ? `${database.name}: ${failed.map((gate) => `${gate.gate} is ${gate.value}, must be ${gate.threshold}`).join('; ')}`
    : promoted ? `${database.name} is already promoted` : `${database.name}: ${exposure.toFixed(1)} s exposed, ${plan.budgets.rpoSeconds} s allowed`;
  return { ready: failed.length === 0, reason, gates, exposureSeconds: weighed ? 0 : exposure };
}

/** A move of the whole database that somebody else began: seen before anything is fenced. */
const otherMove = (pending: PendingMove | undefined): readonly Gate[] => (pending === undefined ? [] : [{
  gate: 'other moves', passed: pending.towardsThis, value: `a ${pending.losesData ? 'failover' : 'switchover'} to ${pending.target} is ${pending.status}`, threshold: 'none, or to this very side',
}]);

/** RDS does not end these by itself soon, or they mean that the instance is broken. `backing-up` and the like end: promotion waits for them. */
const BLOCKED: ReadonlySet<string> = new Set(['failed', 'stopped', 'stopping', 'deleting', 'incompatible-network', 'incompatible-parameters', 'incompatible-restore', 'inaccessible-encryption-credentials', 'storage-full', 'restore-error']);

const iso = (at: Instant | undefined): string => (at === undefined ? 'unknown' : new Date(at).toISOString());
