// The control plane of Aurora global databases: one pending move for the whole database, a failover that takes what the target holds, a
// switchover that waits for the last byte, write blocking that may time out, and the old cluster that comes back by itself on a new volume.
import { TryAgainError } from '../domain/errors.ts';
import { survivorOf, type ApplicationPlan, type DatabasePlan, type Region } from '../domain/plan.ts';
import type { InstanceFacts, PendingMove, PromotionManner } from '../domain/ports.ts';
import type { VirtualClock } from './clock.ts';
import type { Facts } from './facts.ts';
import type { Places } from './places.ts';
import type { Pair } from './postgres.ts';
import type { Random } from './random.ts';

type Move = Omit<PendingMove, 'towardsThis' | 'target'> & { readonly target: Region | 'elsewhere' };
/** How often the old region is looked at, once its writer was deposed. */
const REJOIN_EVERY_MS = 5000;

export class AuroraGlobal {
  readonly #world: { readonly plan: ApplicationPlan; readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly facts: Facts };
  readonly #moves = new Map<string, Move>();
  readonly #statuses = new Map<string, string>();
  /** Accepted to done; AWS says "within a few minutes", and the order of things does not depend on it. */
  moveMs: readonly [number, number] = [4000, 25_000];
  /** Databases whose move is accepted and never ends. */
  readonly stalled = new Set<string>();
  /** RDS-EVENT-0391: the storage layer could not keep the old writer from writing. */
  blockingTimesOut = false;

  constructor(world: { readonly plan: ApplicationPlan; readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly facts: Facts }) {
    this.#world = world;
  }

  setStatus(pair: Pair, region: Region, status: string): void {
    this.#statuses.set(`${pair.name}#${region}`, status);
  }

  describe(plan: DatabasePlan, pair: Pair, region: Region): InstanceFacts | undefined {
    const side = plan.instances[region];
    // Nothing of Aurora is ever set aside under another name.
    if (side === undefined || side.identifier.includes('-aside-')) return undefined;
    const isReplica = pair.in(region).source !== undefined;
    const move = this.#moves.get(pair.name);
    const other = survivorOf(this.#world.plan, region);
    return {
      identifier: side.identifier, status: this.#status(pair, region), isReplica, backupRetentionDays: 7,
      ...(isReplica ? { sourceIdentifier: plan.instances[other]?.identifier ?? '' } : {}),
      ...(move === undefined ? {} : { pending: { towardsThis: move.target === region, target: plan.instances[move.target]?.identifier ?? 'a third cluster', losesData: move.losesData, status: move.status } }),
    };
  }

  promote(pair: Pair, region: Region, manner: PromotionManner): void {
    const { random, places } = this.#world;
    const old = survivorOf(this.#world.plan, region);
    if (this.#moves.has(pair.name)) throw new TryAgainError(`InvalidGlobalClusterStateFault: ${pair.name} is ${this.#moves.get(pair.name)?.status ?? ''}`);
    if (pair.in(region).source === undefined) throw new TryAgainError(`InvalidGlobalClusterStateFault: ${pair.name} in ${region} is the primary cluster`);
    if (this.#status(pair, region) !== 'available') throw new TryAgainError(`InvalidDBClusterStateFault: ${pair.name} in ${region} is ${this.#status(pair, region)}`);
    const isPlanned = manner === 'planned';
    if (isPlanned && !(pair.in(old).running && places.connected(old, region))) throw new TryAgainError(`InvalidGlobalClusterStateFault: the primary of ${pair.name} is not healthy`);
    this.begin(pair, { target: region, losesData: !isPlanned, status: 'pending' });
    if (this.stalled.has(pair.name)) return;
    const wholeMs = random.between(...this.moveMs);
    // Nothing of it depends on the place that asked.
    this.#world.clock.after(wholeMs * 0.3, () => this.#block(pair, region, old, isPlanned));
    this.#world.clock.after(wholeMs, () => this.#finish(pair, region, old, isPlanned));
  }

  /** A move that somebody else asked for. `elsewhere`: a third cluster, which no plan knows; it goes on until it is ended. */
  begin(pair: Pair, move: Move): void {
    this.#moves.set(pair.name, move);
  }

  end(pair: Pair): void {
    this.#moves.delete(pair.name);
  }

  #status(pair: Pair, region: Region): string {
    return this.#statuses.get(`${pair.name}#${region}`) ?? 'available';
  }

  /** Best effort: a region that cannot be reached goes on as it is. A switchover cannot go on without. */
  #block(pair: Pair, region: Region, old: Region, isPlanned: boolean): void {
    const { places } = this.#world;
    this.#moves.set(pair.name, { target: region, losesData: !isPlanned, status: isPlanned ? 'switching-over' : 'failing-over' });
    if (isPlanned || (!this.blockingTimesOut && places.connected(old, region))) pair.in(old).readOnly = true;
  }

  #finish(pair: Pair, region: Region, old: Region, isPlanned: boolean): void {
    const { clock, facts } = this.#world;
    pair.advance();
    if (isPlanned && pair.in(region).log.length < pair.in(old).log.length) return void clock.after(1000, () => this.#finish(pair, region, old, isPlanned));
    const target = pair.in(region);
    [target.running, target.restarted] = [true, true];
    pair.leaveRecovery(region);
    this.end(pair);
    facts.tell({ kind: 'promoted', database: pair.name, region });
    if (isPlanned) pair.makeReplica(old, region);
    else this.#rejoin(pair, old, region);
  }

  /** A snapshot of the old volume, then a new one that follows: not before its region is there again. */
  #rejoin(pair: Pair, old: Region, writer: Region): void {
    const { clock, places } = this.#world;
    if (pair.in(writer).inRecovery) return;
    const isWell = places.state(old) === 'up' && places.connected(writer, old) && places.connected(old, writer) && pair.in(old).running && pair.in(writer).running;
    if (!isWell) return void clock.after(REJOIN_EVERY_MS, () => this.#rejoin(pair, old, writer));
    pair.advance();
    pair.asides.set(`rds:unplanned-global-failover-${pair.name}-${Math.round(clock.now())}`, pair.in(old));
    pair.makeReplica(old, writer);
  }
}
