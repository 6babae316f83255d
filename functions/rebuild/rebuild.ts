// Rebuild replica: an old writer becomes a replica of the new one. Looks, asks the noun, does at most one thing, and says when to look
// again; its fence is lifted only when the engine says that it is in recovery. It never deletes anything.
import { holdLease } from '../../domain/authority.ts';
import { InvalidInputError, LeaseLostError, TryAgainError } from '../../domain/errors.ts';
import { asideOf, renamed, type FailbackPorts } from '../../domain/failback.ts';
import type { Failover, JournalEntry } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan, type DatabasePlan, type Instant, type Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { rebuilding, type RebuildView } from './rebuilding.ts';

export interface RebuildInput { readonly failover: Failover; readonly epoch: number; readonly database: string; /** When the step began. */ readonly since: Instant }
export type RebuildResult =
  | { readonly rebuild: 'waiting'; readonly reason: string; readonly nextCheckAt: string }
  | { readonly rebuild: 'done' | 'refused'; readonly reason: string };
type RebuildPorts = Pick<Ports, 'leases' | 'permits' | 'intents' | 'database' | 'journal' | 'clock'> & Pick<FailbackPorts, 'replicas'>;

const STEP = 'Rebuild replica';
const [ASIDE, CREATE] = ['set aside', 'create a replica'];
/** Copying takes minutes to hours: looked at often at first, then rarely, and well within the life of a lease. */
const SOON_MS = 60_000;
const POLL_MS = 15_000;
/** Six hours: a terabyte over a few hundred MB/s, twice. */
const TIMEOUT_SECONDS = 21_600;

export const rebuild = (ports: RebuildPorts, plan: ApplicationPlan) =>
  async (input: RebuildInput): Promise<RebuildResult> => {
    const { failover, epoch, database: name, since } = input;
    const database = plan.databases.find((entry) => entry.name === name);
    if (database === undefined) throw new InvalidInputError(`database: ${name} is not in the plan of ${failover.application}`);
    await holdLease(ports, failover, epoch, plan.lease);
    const region = failover.evacuated;
    const view = await look(ports, plan, database, failover);
    const now = ports.clock.now();
    const next = rebuilding(view, database, plan.budgets.rpoSeconds, since + (database.failback?.rebuildTimeoutSeconds ?? TIMEOUT_SECONDS) * 1000, now);
    const record = (kind: JournalEntry['kind'], summary: string): Promise<void> =>
      ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: STEP, kind, epoch, summary: `${name}: ${summary}` });
    const act = async (meaning: string, change: () => Promise<void>, done: string): Promise<RebuildResult> => {
      await record('intent', meaning);
      // Journaling took time: ask for the right to act again, right before the call.
      await holdLease(ports, failover, epoch, plan.lease);
      await change();
      await record('result', done);
      return waiting(database, since, done, ports.clock.now());
    };
    const aside = asideOf(database.instances[region]?.identifier ?? '', view.order?.epoch ?? 0);
    switch (next.kind) {
      case 'set aside': return act(`${ASIDE} as ${aside}: ${next.reason}`, () => ports.replicas.setAside(database, region, aside), `RDS accepted to rename it to ${aside}, where its data stays`);
      case 'create': return act(`${CREATE} in ${region}: ${next.reason}`, () => ports.replicas.create(database, region, survivorOf(plan, region), aside), 'RDS accepted to create the replica');
      case 'lift': return act(`lift the order to fence it in ${region}: ${next.reason}`, () => lift(ports, input), `the order is lifted; the agent in ${region} opens the network as it was`);
      case 'wait': return waiting(database, since, next.reason, now);
      case 'done': {
        await settle(ports, plan, input);
        await record('result', next.reason);
        return { rebuild: 'done', reason: next.reason };
      }
      case 'refuse': {
        await record('gate', `refused: ${next.reason}`);
        return { rebuild: 'refused', reason: `${name}: ${next.reason}` };
      }
    }
  };

/** What gives no answer is unknown; what RDS does not know is not there. */
async function look(ports: RebuildPorts, plan: ApplicationPlan, database: DatabasePlan, { application, execution, evacuated: region }: Failover): Promise<RebuildView> {
  const { database: databases, intents, permits, journal } = ports;
  const [order, permit, entries] = await Promise.all([intents.read(application, database.name, region), permits.read(application, database.name), journal.list(execution)]);
  const asideName = asideOf(database.instances[region]?.identifier ?? '', order?.epoch ?? 0);
  const writer = survivorOf(plan, region);
  const [instance, aside, source, facts, behindBytes] = await Promise.all([
    databases.describe(database, region), databases.describe(renamed(database, region, asideName), region), databases.describe(database, writer),
    databases.facts(database, region).catch(() => undefined), behind(ports, database, region, writer),
  ]);
  // One execution rebuilds both regions, one after the other.
  const askedAt = (what: string): Instant | undefined => entries.findLast((entry) => entry.step === STEP && entry.kind === 'intent' && entry.summary.startsWith(`${database.name}: ${what}`))?.at;
  return { region, permit, order, instance, aside, source, facts, behindBytes, askedAt: { aside: askedAt(`${ASIDE} as ${asideName}:`), create: askedAt(`${CREATE} in ${region}:`) } };
}

/** The writer first: what it writes after that is only what is newer still. */
async function behind({ database: databases }: RebuildPorts, database: DatabasePlan, region: Region, writer: Region): Promise<number | undefined> {
  try {
    const written = await databases.position(database, writer);
    return Math.max(0, written - await databases.position(database, region));
  } catch {
    return undefined;
  }
}

async function lift({ intents, clock }: RebuildPorts, { failover, database }: RebuildInput): Promise<void> {
  const order = await intents.read(failover.application, database, failover.evacuated);
  if (order !== undefined && !(await intents.lift(order, clock.now()))) throw new LeaseLostError(`another order to fence ${database} in ${failover.evacuated} stands meanwhile`);
}

/** Once no database of the region is fenced any more it is a region like the other one, and may be left by a failover again. */
async function settle(ports: RebuildPorts, plan: ApplicationPlan, { failover, epoch }: RebuildInput): Promise<void> {
  if ((await ports.intents.listOpen(failover.application, failover.evacuated)).length > 0) return;
  const lease = await holdLease(ports, failover, epoch, plan.lease);
  if (lease.evacuated !== failover.evacuated) return;
  const { evacuated: _evacuated, ...rest } = lease;
  if (!(await ports.leases.replace(lease, rest))) throw new TryAgainError('the lease changed while the region was given free');
}

function waiting({ pollSeconds }: DatabasePlan, since: Instant, reason: string, now: Instant): RebuildResult {
  const delayMs = now - since < SOON_MS ? pollSeconds * 1000 : Math.max(POLL_MS, pollSeconds * 1000);
  return { rebuild: 'waiting', reason, nextCheckAt: new Date(now + delayMs).toISOString() };
}
