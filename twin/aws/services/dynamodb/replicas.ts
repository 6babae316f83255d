// The replicas of one table, and what each of them holds. A strongly consistent global table commits where the writer's region
// and at least one more agree; a region that reaches no other answers nothing strong, and its own copy grows old.
import type { Clock } from '../../../../domain/ports.ts';
import { AwsError } from '../../service.ts';
import type { Item } from './values.ts';

/** How regions reach each other: the twin's network. */
export interface ReplicaNetwork {
  reachable(from: string, to: string): boolean;
  /** One way from region to region; see EndpointNetwork. Without it replicas answer at once. */
  path?(from: string, to: string): Promise<void>;
}

interface Replica {
  readonly items: Map<string, Item>;
  /** Committed elsewhere while this region could not be reached, in order. */
  readonly missed: (readonly [key: string, item: Item | undefined])[];
}

export interface ReplicasOptions {
  readonly regions: readonly string[];
  readonly network: ReplicaNetwork;
  readonly clock: Clock;
  /** How long an isolated replica tries before it answers InternalServerError. */
  readonly isolatedAnswerMs: number;
}

export class Replicas {
  readonly regions: readonly string[];
  readonly #options: ReplicasOptions;
  readonly #replicas: ReadonlyMap<string, Replica>;

  constructor(options: ReplicasOptions) {
    this.#options = options;
    this.regions = options.regions;
    this.#replicas = new Map(options.regions.map((region) => [region, { items: new Map(), missed: [] }]));
  }

  /** Waits until another replica has agreed, as a strong read or a write must. What follows, without awaiting, is atomic. */
  async agree(region: string): Promise<ReadonlyMap<string, Item>> {
    await this.#anotherReplica(region);
    // The network may have changed meanwhile; what counts is now.
    if (this.regions.length > 1 && this.#others(region).length === 0) throw isolated(region);
    return this.#caughtUp(region);
  }

  /** What this region holds on its own: possibly old. */
  local(region: string): ReadonlyMap<string, Item> {
    return this.regions.length === 1 || this.#others(region).length > 0 ? this.#caughtUp(region) : this.#replica(region).items;
  }

  /** Commits one write of an agreed region; undefined deletes. Replicas out of reach get it when they are back. */
  commit(region: string, key: string, item: Item | undefined): void {
    for (const [other, replica] of this.#replicas) {
      if (other === region || this.#reaches(region, other)) apply(this.#caughtUp(other), key, item);
      else replica.missed.push([key, item]);
    }
  }

  async #anotherReplica(region: string): Promise<void> {
    if (this.regions.length === 1) return;
    const { path } = this.#options.network;
    const roundTrips = this.#others(region).map(async (other) => {
      await path?.call(this.#options.network, region, other);
      await path?.call(this.#options.network, other, region);
      return true;
    });
    const first = Promise.any(roundTrips).catch(() => this.#giveUp());
    if (!(await Promise.race([first, this.#giveUp()]))) throw isolated(region);
  }

  async #giveUp(): Promise<false> {
    await this.#options.clock.sleep(this.#options.isolatedAnswerMs);
    return false;
  }

  #caughtUp(region: string): Map<string, Item> {
    const replica = this.#replica(region);
    for (const [key, item] of replica.missed.splice(0)) apply(replica.items, key, item);
    return replica.items;
  }

  #others(region: string): readonly string[] {
    return this.regions.filter((other) => other !== region && this.#reaches(region, other));
  }

  #reaches(region: string, other: string): boolean {
    const { network } = this.#options;
    return network.reachable(region, other) && network.reachable(other, region);
  }

  #replica(region: string): Replica {
    const replica = this.#replicas.get(region);
    if (replica === undefined) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    return replica;
  }
}

function apply(items: Map<string, Item>, key: string, item: Item | undefined): void {
  if (item === undefined) items.delete(key);
  else items.set(key, item);
}

const isolated = (region: string): AwsError => new AwsError('InternalServerError', `The replica in ${region} reaches no other replica`, { status: 500, fault: 'Receiver' });
