// The next thing to do with an old writer on its way to becoming a replica of the new one, from what is seen now. Nothing is deleted:
// the old instance is renamed, with all of its data, and stays until a person has looked at it. Pure.
import type { FenceIntent, Permit } from '../../domain/lease.ts';
import { traitsOf } from '../../domain/kinds.ts';
import type { DatabasePlan, Instant, Region } from '../../domain/plan.ts';
import type { DatabaseFacts, InstanceFacts } from '../../domain/ports.ts';

export type Rebuilding =
  | { readonly kind: 'set aside' | 'create' | 'lift' | 'wait' | 'done' | 'refuse'; readonly reason: string };

export interface RebuildView {
  readonly region: Region;
  readonly permit: Permit | undefined;
  readonly order: FenceIntent | undefined;
  /** Under the planned identifier; undefined when there is none. */
  readonly instance: InstanceFacts | undefined;
  /** The old writer, under the name that it was given. */
  readonly aside: InstanceFacts | undefined;
  readonly source: InstanceFacts | undefined;
  /** What the engine under the planned name says; undefined when it gives no answer. */
  readonly facts: DatabaseFacts | undefined;
  /** Bytes of log that it has not replayed; undefined when unknown. */
  readonly behindBytes: number | undefined;
  /** When this execution asked for it last. */
  readonly askedAt: { readonly aside: Instant | undefined; readonly create: Instant | undefined };
}

/** RDS may show the old state for a while after it accepted; what was asked for is not asked again before. */
const REPEAT_AFTER_MS = 60_000;
/** One segment of log: what a busy writer has always just written. */
const NEAR_BYTES = 16 * 1024 * 1024;
/** RDS answers in these states, but takes no change until they end by themselves. */
const IN_THE_WAY = 'RDS changes it only while it is available';

const COMES_BACK = 'Aurora adds the old cluster back as a secondary by itself, on a new volume, once its region is well';

const as = (kind: Rebuilding['kind'], reason: string): Rebuilding => ({ kind, reason });

export function rebuilding(view: RebuildView, database: DatabasePlan, rpoSeconds: number, deadlineAt: Instant, now: Instant): Rebuilding {
  const { region, permit, order, instance, facts } = view;
  const isReplica = instance?.isReplica === true && facts?.inRecovery !== false;
  if (permit?.writer === region) return as('refuse', `the permits name ${region} as the writer of ${database.name}: its database is no old one`);
  if (order === undefined || order.liftedAt !== undefined) {
    // Without an order nothing says that its data is old: it may be the only copy of something.
    if (!isReplica) return as('refuse', `no order to fence ${database.name} in ${region} is open, and its instance is ${instance === undefined ? 'missing' : 'no replica'}`);
    return isOpenAgain(order) ? as('done', `${database.name} in ${region} is a replica and open again`) : late(now, deadlineAt, `the agent in ${region} has not opened the network again`);
  }
  const { rejoins } = traitsOf(database);
  if (instance === undefined) return rejoins ? late(now, deadlineAt, COMES_BACK) : missing(view, now, deadlineAt);
  if (instance.isReplica) return streaming(view, rpoSeconds, now, deadlineAt);
  if (rejoins) return late(now, deadlineAt, `${COMES_BACK}; now it is ${instance.status}`);
  // Both were asked about at once: one answer may be from before the renaming, the other from after it.
  if (view.aside !== undefined && view.askedAt.aside !== undefined && now - view.askedAt.aside < REPEAT_AFTER_MS) return as('wait', 'RDS shows it under both names while it renames');
  if (view.aside !== undefined) return as('refuse', `${view.aside.identifier} was set aside already, and ${instance.identifier} is no replica either`);
  if (instance.status === 'stopped') return as('refuse', `${instance.identifier} is stopped: start it, so that it can be renamed`);
  if (instance.status !== 'available') return late(now, deadlineAt, `${instance.identifier} is ${instance.status}; ${IN_THE_WAY}`);
  if (view.askedAt.aside !== undefined && now - view.askedAt.aside < REPEAT_AFTER_MS) return late(now, deadlineAt, 'its renaming was asked for');
  return as('set aside', `${instance.identifier} is the old writer of epoch ${order.epoch}`);
}

/** The name is free: the replica can be made once its writer and the template for its settings can be read. */
function missing({ aside, source, askedAt }: RebuildView, now: Instant, deadlineAt: Instant): Rebuilding {
  if (aside === undefined) {
    // Between the two names RDS may show neither.
    if (askedAt.aside !== undefined && now - askedAt.aside < REPEAT_AFTER_MS) return as('wait', 'RDS shows it under neither name while it renames');
    return as('refuse', 'there is neither the old writer nor one that was set aside: nothing says how the replica must be made');
  }
  if (source === undefined || source.isReplica) return as('refuse', `the instance to replicate from is ${source === undefined ? 'missing' : 'itself a replica'}`);
  if (source.backupRetentionDays === 0) return as('refuse', `${source.identifier} has no automated backups, so that RDS makes no replica of it`);
  if (source.status !== 'available') return late(now, deadlineAt, `${source.identifier} is ${source.status}; ${IN_THE_WAY}`);
  if (askedAt.create !== undefined && now - askedAt.create < REPEAT_AFTER_MS) return late(now, deadlineAt, 'its creation was asked for');
  return as('create', `a replica of ${source.identifier}, with the settings of ${aside.identifier}`);
}

function streaming({ instance, source, facts, behindBytes }: RebuildView, rpoSeconds: number, now: Instant, deadlineAt: Instant): Rebuilding {
  const of = instance?.sourceIdentifier ?? '';
  if (source !== undefined && of !== source.identifier && !of.endsWith(`:${source.identifier}`)) return as('refuse', `${instance?.identifier ?? ''} replicates from ${of}, not from ${source.identifier}`);
  if (instance?.status !== 'available') return late(now, deadlineAt, `the replica is ${instance?.status ?? 'missing'}`);
  if (facts?.inRecovery !== true) return late(now, deadlineAt, facts === undefined ? 'the replica gives no answer' : 'the engine is not in recovery');
  const lagSeconds = behindBytes === 0 ? 0 : facts.replayedAt === undefined ? Infinity : (facts.readAt - facts.replayedAt) / 1000;
  if (behindBytes === undefined || behindBytes > NEAR_BYTES || lagSeconds > rpoSeconds) return late(now, deadlineAt, `the replica is ${behindBytes ?? 'unknown'} bytes and ${lagSeconds.toFixed(1)} s behind`);
  return as('lift', `the replica streams, ${behindBytes} bytes and ${lagSeconds.toFixed(1)} s behind`);
}

const isOpenAgain = (order: FenceIntent | undefined): boolean =>
  order === undefined || order.enforced?.reopened === true || (order.enforced === undefined && order.rules === undefined);

const late = (now: Instant, deadlineAt: Instant, reason: string): Rebuilding => (now >= deadlineAt ? as('refuse', `in time it was not done: ${reason}`) : as('wait', reason));
