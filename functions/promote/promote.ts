// Promote replica: looks, asks the noun, does at most one thing, and says when to look again. Readiness is a committed write,
// not a status. It refuses without a fence that can be read back, and re-checks the RPO right before it asks.
import { holdLease } from '../../domain/authority.ts';
import type { Failover, Gate, JournalEntry } from '../../domain/journal.ts';
import type { FenceIntent } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import type { ApplicationPlan, DatabasePlan, Instant } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import { traitsOf } from '../../domain/kinds.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import type { DatabaseFacts, InstanceFacts, Ports } from '../../domain/ports.ts';
import { lossWindow, writesEndedAt, type Fenced, type LossWindow } from './loss.ts';
import { asksRds, promotion } from './promotion.ts';
import { byItself, caughtUp, isWhole } from './caught-up.ts';
import { permission } from './permission.ts';
import { isWeighed, requestFor } from '../../domain/promoted.ts';
import { dependencies, type Dependencies } from './dependencies.ts';

type PromotePorts = Pick<Ports, 'database' | 'permits' | 'intents' | 'observations' | 'leases' | 'journal' | 'clock'>;
const ACCEPTED = 'RDS accepted the promotion';
export interface PromoteInput { readonly failover: Failover; readonly epoch: number; readonly database: string }
export type PromoteResult =
  | { readonly promotion: 'waiting'; readonly reason: string; readonly nextCheckAt: string }
  | { readonly promotion: 'writable'; readonly reason: string; readonly lossWindow: LossWindow }
  | { readonly promotion: 'refused'; readonly reason: string };

interface View { readonly facts: DatabaseFacts | undefined; readonly instance: InstanceFacts | undefined; readonly observations: readonly Observation[]; readonly request: JournalEntry | undefined; readonly fenced: Fenced | undefined; readonly startedAt: Instant; readonly before: Dependencies }

export const promote = (ports: PromotePorts, plan: ApplicationPlan) =>
  async (input: PromoteInput): Promise<PromoteResult> => {
    const { failover, epoch } = input;
    const database = plan.databases.find((entry) => entry.name === input.database);
    if (database === undefined) throw new InvalidInputError(`database: ${input.database} is not in the plan of ${failover.application}; known: ${plan.databases.map((entry) => entry.name).join(', ')}`);
    await holdLease(ports, failover, epoch, plan.lease);
    const view = await look(ports, input, plan, database);
    const now = ports.clock.now();
    if (view.before.kind === 'wait') return waiting(view.before.reason, database, now);
    if (view.before.kind === 'stuck') return refuse(ports, input, view.before.reason);
    const next = promotion(view.facts, view.instance, view.request?.at, view.startedAt + database.promoteTimeoutSeconds * 1000, database, now);
    switch (next.kind) {
      case 'adopt': return adopt(ports, input, view, next.reason, database);
      case 'start': return start(ports, input, plan, database, view, next.reason);
      case 'wait': return waiting(next.reason, database, now);
      case 'probe': return probe(ports, input, plan, database, view);
      case 'stuck': return refuse(ports, input, next.reason);
    }
  };

async function look(ports: PromotePorts, { failover, epoch, database: name }: PromoteInput, plan: ApplicationPlan, database: DatabasePlan): Promise<View> {
  const survivor = survivorOf(plan, failover.evacuated);
  const [facts, observations, entries] = await Promise.all([
    // A database that restarts gives no answer for a while: that is "not yet", and the deadline bounds it.
    ports.database.facts(database, survivor).catch(() => undefined),
    ports.observations.list(failover.application),
    ports.journal.list(failover.execution),
  ]);
  const mine = entries.filter((entry) => entry.step === 'Promote replica' && entry.summary.startsWith(`${name}: `));
  const request = requestFor(entries, name);
  // From the fence on: an instance that cannot even be asked to promote must meet the deadline as well.
  const fenced = entries.find((entry) => entry.step === 'Fence writer' && entry.kind === 'gate' && entry.summary.startsWith(`${name}: `));
  const begunAt = fenced?.at ?? mine[0]?.at ?? ports.clock.now();
  const before = dependencies(entries, database, plan, epoch, begunAt, ports.clock.now());
  // Waiting for others is not this database's own time.
  const startedAt = before.kind === 'free' ? Math.max(begunAt, before.since ?? begunAt) : begunAt;
  const accepted = mine.some((entry) => entry.kind === 'result' && entry.summary.endsWith(ACCEPTED) && entry.at >= (request?.at ?? Infinity));
  const instance = asksRds(facts, request?.at, accepted, startedAt + database.promoteTimeoutSeconds * 1000, ports.clock.now()) ? await ports.database.describe(database, survivor).catch(() => undefined) : undefined;
  return { facts, instance, observations, request, fenced: fencedBy(fenced), startedAt, before };
}

function fencedBy(gate: JournalEntry | undefined): Fenced | undefined {
  const proof = gate?.summary.split(': fenced: ')[1];
  return gate === undefined || proof === undefined ? undefined : { at: gate.at, byAgent: proof.startsWith('the agent in ') };
}

async function start(ports: PromotePorts, input: PromoteInput, plan: ApplicationPlan, database: DatabasePlan, view: View, reason: string): Promise<PromoteResult> {
  const { failover, epoch } = input;
  const [permit, intent] = await Promise.all([
    ports.permits.read(failover.application, database.name),
    ports.intents.read(failover.application, database.name, failover.evacuated),
  ]);
  const gates = [...permission({ permit, intent, facts: view.facts, observations: view.observations }, plan, failover.evacuated, epoch, ports.clock.now())];
  // A planned move has the time to lose nothing: it waits for the last byte. What cannot be read is not "all".
  const manner = failover.mode === 'failback' ? 'planned' : 'unplanned';
  if (manner === 'planned' && gates.every(({ passed }) => passed)) {
    const whole = traitsOf(database).isSwitchover ? byItself : await caughtUp(ports, plan, database, failover.evacuated);
    if (!whole.passed && ports.clock.now() < view.startedAt + database.promoteTimeoutSeconds * 1000) return waiting(`the replica has not replayed everything: ${whole.value}`, database, ports.clock.now());
    gates.push(whole);
  }
  const failed = gates.filter((gate) => !gate.passed);
  const entry = { execution: failover.execution, application: failover.application, step: 'Promote replica', epoch };
  if (failed.length > 0) return refuse(ports, input, worded(failed));
  await ports.journal.record({
    ...entry, at: ports.clock.now(), kind: 'intent', gates,
    summary: `${database.name}: promote ${database.instances[survivorOf(plan, failover.evacuated)]?.identifier ?? ''} (${reason})`,
    evidence: { replayedAt: view.facts?.replayedAt, heartbeatAt: view.facts?.heartbeatAt },
  });
  // Journaling took time: ask for the right to act again, right before the one call that cannot be undone.
  await holdLease(ports, failover, epoch, plan.lease);
  await ports.database.promote(database, survivorOf(plan, failover.evacuated), manner);
  await ports.journal.record({ ...entry, at: ports.clock.now(), kind: 'result', summary: `${database.name}: ${ACCEPTED}` });
  return waiting(ACCEPTED, database, ports.clock.now());
}

/** Journaled as if it had been asked for: what the replica held until now bounds what is lost. Nothing is changed by it. */
async function adopt(ports: PromotePorts, { failover, epoch }: PromoteInput, view: View, reason: string, database: DatabasePlan): Promise<PromoteResult> {
  const now = ports.clock.now();
  await ports.journal.record({
    execution: failover.execution, application: failover.application, at: now, step: 'Promote replica', kind: 'intent', epoch,
    summary: `${database.name}: adopt: ${reason}`, evidence: { replayedAt: view.facts?.replayedAt, heartbeatAt: view.facts?.heartbeatAt },
  });
  return waiting(reason, database, now);
}

async function probe(ports: PromotePorts, input: PromoteInput, plan: ApplicationPlan, database: DatabasePlan, view: View): Promise<PromoteResult> {
  const { failover, epoch } = input;
  const before = ports.clock.now();
  const unweighed = view.request === undefined ? await foreign(ports, input, plan, database, view) : [];
  if (unweighed.length > 0) return refuse(ports, input, `it left recovery, and no failover asked for that: ${worded(unweighed)}`);
  const doubt = await openedAgain(ports, input, plan);
  if (doubt !== undefined) return before < view.startedAt + database.promoteTimeoutSeconds * 1000 ? waiting(doubt, database, before) : refuse(ports, input, doubt);
  try {
    await ports.database.writeProbe(database, survivorOf(plan, failover.evacuated), epoch);
  } catch (error) {
    if (before >= view.startedAt + database.promoteTimeoutSeconds * 1000) return refuse(ports, input, `promoted, but not writable in time: ${String(error)}`);
    return waiting(`promoted, but a write is not possible yet: ${String(error)}`, database, ports.clock.now());
  }
  const loss = await lost(ports, input, plan, view, before);
  const evidence = { lossWindow: loss };
  const summary = `${database.name}: a write was committed and read back in ${survivorOf(plan, failover.evacuated)}; writes acknowledged between ${iso(loss.from)} and ${iso(loss.to)} may be lost`;
  await ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Promote replica', kind: 'result', epoch, summary, evidence });
  return { promotion: 'writable', reason: summary, lossWindow: loss };
}

/** What forbids to go on with a replica that somebody else made a writer; nothing where the writer was in the survivor, or an execution before this one asked. */
async function foreign(ports: PromotePorts, { failover, epoch }: PromoteInput, plan: ApplicationPlan, { name }: DatabasePlan, view: View): Promise<readonly Gate[]> {
  const [permit, intent] = await Promise.all([ports.permits.read(failover.application, name), ports.intents.read(failover.application, name, failover.evacuated)]);
  if (await isWeighed(ports.journal, failover, name, permit, intent)) return [];
  return permission({ permit, intent, facts: view.facts, observations: view.observations }, plan, failover.evacuated, epoch, ports.clock.now()).filter(({ passed }) => !passed);
}

const worded = (failed: readonly Gate[]): string => failed.map((gate) => `${gate.gate} is ${gate.value}, must be ${gate.threshold}`).join('; ');

/** No writes go to the new writer while the old one is known to be open to servers that check no permits: the agent closes it again in some seconds. */
async function openedAgain(ports: PromotePorts, { failover, epoch, database }: PromoteInput, plan: ApplicationPlan): Promise<string | undefined> {
  if (plan.permit.enforced || plan.policy.unprovenFence === 'proceed') return undefined;
  const intent = await ports.intents.read(failover.application, database, failover.evacuated);
  if (intent?.epoch !== epoch || intent.enforced?.networkClosed === true) return undefined;
  return `promoted, but the old writer in ${failover.evacuated} is not closed any more: ${intent.enforced?.detail ?? 'no proof'}`;
}

/** Nothing is lost where nothing was fenced: the writer was in the survivor already. */
async function lost(ports: PromotePorts, { failover, epoch, database }: PromoteInput, plan: ApplicationPlan, view: View, now: Instant): Promise<LossWindow> {
  const intent = await ports.intents.read(failover.application, database, failover.evacuated);
  if (failover.mode === 'failback' && await isWhole(ports, [failover.execution, ...(intent?.earlier ?? [])], database)) return { from: now, to: now, seconds: 0 };
  // An execution before this one may have fenced, promoted and died before it could tell what that cost.
  if (intent !== undefined && intent.epoch < epoch && intent.liftedAt === undefined) return await lostBefore(ports, intent, database) ?? { from: now, to: now, seconds: 0 };
  if (intent?.epoch !== epoch) return { from: now, to: now, seconds: 0 };
  const fencedAt = writesEndedAt(intent, view.fenced, plan.permit, now);
  // RDS restarts the engine at the end of a promotion, which then no longer knows what it replayed last: what was read right before
  // the promotion was asked for still stands, since nothing of it can go away.
  const replayedAt = view.facts?.replayedAt ?? replayedAtRequest(view.request) ?? await replayedBefore(ports, intent, database);
  return lossWindow(replayedAt, fencedAt) ?? { from: 0, to: now, seconds: now / 1000 };
}

/** The loss window that an earlier execution measured and journaled. */
async function lostBefore(ports: PromotePorts, { execution, epoch }: FenceIntent, database: string): Promise<LossWindow | undefined> {
  const entries = await ports.journal.list(execution);
  const proven = entries.filter((entry) => entry.step === 'Promote replica' && entry.kind === 'result' && entry.epoch === epoch && entry.summary.startsWith(`${database}: `));
  return proven.map((entry) => (entry.evidence as { readonly lossWindow?: LossWindow } | undefined)?.lossWindow).findLast((window) => window !== undefined);
}

/** What an execution before this one had read when it asked for the promotion, before it ended on the way. */
async function replayedBefore(ports: PromotePorts, { earlier = [] }: FenceIntent, database: string): Promise<Instant | undefined> {
  for (const execution of [...earlier].reverse()) {
    const entries = await ports.journal.list(execution);
    const found = replayedAtRequest(requestFor(entries, database));
    if (found !== undefined) return found;
  }
  return undefined;
}

function replayedAtRequest(request: JournalEntry | undefined): Instant | undefined {
  const { replayedAt } = (request?.evidence ?? {}) as { readonly replayedAt?: unknown };
  return typeof replayedAt === 'number' ? replayedAt : undefined;
}

async function refuse(ports: PromotePorts, { failover, epoch, database }: PromoteInput, reason: string): Promise<PromoteResult> {
  await ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Promote replica', kind: 'gate', epoch, summary: `${database}: refused: ${reason}` });
  return { promotion: 'refused', reason: `${database}: ${reason}` };
}

const waiting = (reason: string, database: DatabasePlan, now: Instant): PromoteResult =>
  ({ promotion: 'waiting', reason, nextCheckAt: iso(now + database.pollSeconds * 1000) });

const iso = (at: Instant): string => new Date(at).toISOString();
