// The next thing to do with a replica on its way to becoming the writer, from what it and RDS say now; never from memory.
import type { Instant, DatabasePlan } from '../../domain/plan.ts';
import type { DatabaseFacts, InstanceFacts, PendingMove } from '../../domain/ports.ts';

export type Promotion =
  | { readonly kind: 'start'; readonly reason: string }
  /** Somebody asked for just this already: it is waited for and not asked for again. */
  | { readonly kind: 'adopt'; readonly reason: string }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'probe'; readonly reason: string }
  | { readonly kind: 'stuck'; readonly reason: string };

/** States in which RDS refuses to promote but which end by themselves (USER_PostgreSQL.Replication.ReadReplicas: not while `backing-up`). */
const TRANSIENT: ReadonlySet<string> = new Set(['backing-up', 'modifying', 'rebooting', 'maintenance', 'upgrading', 'configuring-enhanced-monitoring', 'configuring-log-exports', 'renaming', 'resetting-master-credentials', 'starting', 'storage-optimization']);

/** `requestedAt`: when this failover asked RDS to promote, as journaled; undefined when it has not. */
export function promotion(
  facts: DatabaseFacts | undefined, instance: InstanceFacts | undefined, requestedAt: Instant | undefined,
  deadlineAt: Instant, database: DatabasePlan, now: Instant,
): Promotion {
  const { pending } = instance ?? {};
  // A move to somewhere else is somebody's decision about the whole database: never taken for ours, never asked against.
  if (pending?.towardsThis === false) return { kind: 'stuck', reason: `a ${moveOf(pending)} to ${pending.target} is ${pending.status}, which is not ours: it is neither adopted nor asked against` };
  if (facts !== undefined && !facts.inRecovery) return { kind: 'probe', reason: 'the engine says that it has left recovery' };
  if (now >= deadlineAt) {
    return { kind: 'stuck', reason: `not writable after ${database.promoteTimeoutSeconds} s; RDS says ${instance?.status ?? 'nothing'}, ${requestedAt === undefined ? 'promotion was never accepted' : 'promotion was asked for'}` };
  }
  if (pending !== undefined) {
    if (requestedAt === undefined && pending.status !== 'cancelling') return { kind: 'adopt', reason: `a ${moveOf(pending)} to this side is ${pending.status} already` };
    return { kind: 'wait', reason: `the ${moveOf(pending)} to this side is ${pending.status}` };
  }
  if (requestedAt !== undefined && instance?.isReplica !== true) return { kind: 'wait', reason: `promotion is under way${instance === undefined ? '' : `, RDS says ${instance.status}`}` };
  if (requestedAt !== undefined && now - requestedAt < REPEAT_AFTER_MS) return { kind: 'wait', reason: 'promotion was asked for' };
  if (instance === undefined) return { kind: 'wait', reason: 'RDS does not answer for this instance' };
  if (TRANSIENT.has(instance.status)) return { kind: 'wait', reason: `RDS refuses to promote while the instance is ${instance.status}` };
  if (!instance.isReplica) return { kind: 'wait', reason: `RDS says it is no replica any more, the engine is still in recovery (${instance.status})` };
  // Without facts the RPO cannot be held against anything: look again, the deadline bounds it.
  if (facts === undefined) return { kind: 'wait', reason: 'the replica gives no answer' };
  if (requestedAt !== undefined) return { kind: 'start', reason: 'promotion was asked for, but RDS still shows an idle replica: ask again' };
  return { kind: 'start', reason: `RDS shows an ${instance.status} replica` };
}

const moveOf = ({ losesData }: PendingMove): string => (losesData ? 'failover' : 'switchover');

/** RDS keeps showing an `available` replica for a while after it accepted; an answer that was lost is asked again after this. */
const REPEAT_AFTER_MS = 60_000;

/**
 * Must RDS be asked as well? Every question counts against one rate for the whole account and region (300 at once, 12 a second), which a
 * region that is left with a hundred databases would use up by looking, and then its promotions are throttled. After a request the
 * engine itself says when it is done; RDS is looked at when the request may have to be repeated, and when time is up.
 */
export function asksRds(facts: DatabaseFacts | undefined, requestedAt: Instant | undefined, accepted: boolean, deadlineAt: Instant, now: Instant): boolean {
  if (facts !== undefined && !facts.inRecovery) return false;
  if (requestedAt === undefined || now >= deadlineAt) return true;
  const [sinceMs, everyMs] = [now - requestedAt, accepted ? LOOK_EVERY_MS : REPEAT_AFTER_MS];
  return sinceMs >= everyMs && sinceMs % everyMs < LOOK_FOR_MS;
}

/** Accepted is accepted: this is for whoever reads why it takes so long. */
const LOOK_EVERY_MS = 300_000;
/** Longer than two looks lie apart, so that none of the times is missed. */
const LOOK_FOR_MS = 10_000;
