// The RDS control plane of one region: states of an instance, and a promotion that is accepted at once and done much later.
// It refuses to promote what is no replica or is not `available`, as RDS does (InvalidDBInstanceState).
import { TryAgainError } from '../domain/errors.ts';
import type { DatabasePlan, Region } from '../domain/plan.ts';
import type { InstanceFacts, PromotionManner } from '../domain/ports.ts';
import type { VirtualClock } from './clock.ts';
import type { Facts } from './facts.ts';
import type { Places } from './places.ts';
import type { Pair } from './postgres.ts';
import type { Random } from './random.ts';

export class Rds {
  readonly #world: { readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly facts: Facts };
  readonly #statuses = new Map<string, string>();
  readonly #replicas = new Map<string, boolean>();
  /** From acceptance to the end; AWS says "several minutes or longer", and the order of things does not depend on it. */
  promotionMs: readonly [number, number] = [4000, 25_000];
  /** Databases whose promotion is accepted and never ends. */
  readonly stalled = new Set<string>();
  /** From the first write that it takes to `available`: RDS backs it up in between. */
  backingUpMs: readonly [number, number] = [1000, 20_000];
  /** The longest time for which an accepted promotion still looks like an idle replica. */
  idleMsMax = Infinity;
  readOnlyAfterPromotion = false;
  /** How long a copy to another region takes, on AWS minutes to hours. */
  copyMs: readonly [number, number] = [20_000, 90_000];
  readonly #promoting = new Set<string>();

  constructor(world: { readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly facts: Facts }) {
    this.#world = world;
  }

  status(pair: Pair, region: Region): string {
    return this.#statuses.get(key(pair, region)) ?? 'available';
  }

  setStatus(pair: Pair, region: Region, status: string): void {
    this.#statuses.set(key(pair, region), status);
  }

  describe(plan: DatabasePlan, pair: Pair, region: Region): InstanceFacts | undefined {
    const instance = plan.instances[region];
    if (instance === undefined) return undefined;
    const aside = pair.asides.get(instance.identifier);
    if (aside !== undefined) return { identifier: instance.identifier, status: 'available', isReplica: false, backupRetentionDays: 7 };
    // Asked about by the name that it would get, and has not got.
    if (instance.identifier.includes('-aside-')) return undefined;
    if (!pair.in(region).exists && this.status(pair, region) !== 'creating') return undefined;
    const isReplica = this.#replicas.get(key(pair, region)) ?? pair.in(region).source !== undefined;
    return {
      identifier: instance.identifier, status: this.status(pair, region), isReplica, backupRetentionDays: 7,
      ...(isReplica ? { sourceIdentifier: plan.instances[pair.in(region).source ?? Object.keys(plan.instances).find((other) => other !== region) ?? '']?.identifier ?? 'unknown' } : {}),
    };
  }

  /** `manner` says nothing here: a replica is promoted with what it holds, and who plans waits before. */
  promote(pair: Pair, region: Region, _manner: PromotionManner): void {
    const { places, random } = this.#world;
    const status = this.status(pair, region);
    if (pair.in(region).source === undefined) throw new TryAgainError(`InvalidDBInstanceState: ${pair.name} in ${region} is no read replica`);
    if (status !== 'available') throw new TryAgainError(`InvalidDBInstanceState: ${pair.name} in ${region} is ${status}`);
    if (this.#promoting.has(key(pair, region))) throw new TryAgainError(`InvalidDBInstanceState: ${pair.name} in ${region} is being promoted`);
    this.#promoting.add(key(pair, region));
    const wholeMs = random.between(...this.promotionMs);
    // For a moment RDS still shows an idle replica, so that a second request looks possible.
    places.after(region, Math.min(this.idleMsMax, wholeMs * random.between(0.02, 0.15)), () => this.setStatus(pair, region, 'modifying'));
    if (this.stalled.has(pair.name)) return;
    places.after(region, wholeMs * 0.6, () => this.#restart(pair, region, wholeMs));
  }

  /** A new name: the engine restarts, and for a while RDS shows the instance under neither. */
  setAside(pair: Pair, region: Region, as: string): void {
    const { places, random } = this.#world;
    const status = this.status(pair, region);
    if (!pair.in(region).exists) throw new TryAgainError(`DBInstanceNotFound: ${pair.name} in ${region}`);
    if (status !== 'available') throw new TryAgainError(`InvalidDBInstanceState: ${pair.name} in ${region} is ${status}`);
    places.after(region, random.between(500, 3000), () => {
      this.setStatus(pair, region, 'renaming');
      pair.in(region).running = false;
      places.after(region, random.between(3000, 20_000), () => {
        pair.setAside(region, as);
        this.#promoting.delete(key(pair, region));
        this.#replicas.delete(key(pair, region));
        this.#statuses.delete(key(pair, region));
      });
    });
  }

  createReplica(pair: Pair, region: Region, source: Region): void {
    const { places, random } = this.#world;
    if (pair.in(region).exists || this.status(pair, region) === 'creating') throw new TryAgainError(`DBInstanceAlreadyExists: ${pair.name} in ${region}`);
    if (this.status(pair, source) !== 'available') throw new TryAgainError(`InvalidDBInstanceState: the source is ${this.status(pair, source)}`);
    this.setStatus(pair, region, 'creating');
    this.#replicas.set(key(pair, region), true);
    const copied = (): void => {
      // The copy goes on when the source can be reached again.
      if (!places.connected(source, region) || !pair.in(source).running) return void places.after(region, 5000, copied);
      pair.makeReplica(region, source);
      this.#replicas.delete(key(pair, region));
      this.setStatus(pair, region, 'available');
    };
    places.after(region, random.between(...this.copyMs), copied);
  }

  #restart(pair: Pair, region: Region, wholeMs: number): void {
    const { places, random, facts } = this.#world;
    pair.advance();
    const instance = pair.in(region);
    instance.running = false;
    this.setStatus(pair, region, 'rebooting');
    places.after(region, wholeMs * 0.4, () => {
      instance.running = true;
      instance.restarted = true;
      pair.leaveRecovery(region);
      instance.readOnly = this.readOnlyAfterPromotion;
      this.#replicas.set(key(pair, region), false);
      facts.tell({ kind: 'promoted', database: pair.name, region });
      this.setStatus(pair, region, 'backing-up');
      places.after(region, random.between(...this.backingUpMs), () => this.setStatus(pair, region, 'available'));
    });
  }
}

const key = (pair: Pair, region: Region): string => `${pair.name}#${region}`;
