// Users who write all the time, each write with an id of its own, to the address that their resolver has cached; and the records that
// they resolve: weighted, spread over four name servers that learn of a change one after the other.
import type { ApplicationPlan, Region, TrafficPlan } from '../domain/plan.ts';
import type { VirtualClock } from './clock.ts';
import type { Facts } from './facts.ts';
import { INTERNET, type Places } from './places.ts';
import type { Random } from './random.ts';
import type { Server } from './servers.ts';

const NAME_SERVERS = 4;
type Weights = Readonly<Record<Region, number>>;

export class Names {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #facts: Facts;
  readonly #healthy: (region: Region) => boolean;
  readonly stored = new Map<string, Weights>();
  readonly #served = new Map<string, Weights[]>();
  readonly writer = new Map<string, Region>();
  readonly #servedWriter = new Map<string, Region[]>();
  /** How long a change takes to reach a name server; Route 53 says "usually within 60 s". */
  insyncMs: readonly [number, number] = [300, 6000];
  #changes = 0;

  constructor(plan: ApplicationPlan, clock: VirtualClock, random: Random, facts: Facts, healthy: (region: Region) => boolean) {
    [this.#clock, this.#random, this.#facts, this.#healthy] = [clock, random, facts, healthy];
    for (const traffic of plan.traffic) {
      const weights = Object.fromEntries(Object.entries(traffic.endpoints).map(([region, endpoint]) => [region, endpoint.weight]));
      this.stored.set(traffic.recordName, weights);
      this.#served.set(traffic.recordName, Array.from({ length: NAME_SERVERS }, () => weights));
    }
    for (const { name, shardOf = plan.regions[0] } of plan.databases) {
      this.writer.set(name, shardOf);
      this.#servedWriter.set(name, Array.from({ length: NAME_SERVERS }, () => shardOf));
    }
  }

  set(traffic: TrafficPlan, weights: Weights): string {
    this.#changes += 1;
    this.stored.set(traffic.recordName, weights);
    this.#facts.tell({ kind: 'weights', weights, record: traffic.recordName });
    const served = this.#served.get(traffic.recordName) ?? [];
    served.forEach((_, server) => this.#clock.after(this.#random.between(...this.insyncMs), () => {
      // A name server never goes back to an older change.
      if (this.stored.get(traffic.recordName) === weights) served[server] = weights;
    }));
    return `C${this.#changes}`;
  }

  pointWriter(database: string, region: Region): string | undefined {
    if (this.writer.get(database) === region) return undefined;
    this.#changes += 1;
    this.writer.set(database, region);
    const served = this.#servedWriter.get(database) ?? [];
    served.forEach((_, server) => this.#clock.after(this.#random.between(...this.insyncMs), () => {
      if (this.writer.get(database) === region) served[server] = region;
    }));
    return `C${this.#changes}`;
  }

  /** Where the name servers, all asked, say that the writer of a database is. */
  writerAnswers(database: string): readonly Region[] {
    return [...new Set(this.#servedWriter.get(database) ?? [])];
  }

  /** All addresses that the name servers, each asked once per family, answer with now. */
  answers(traffic: TrafficPlan): readonly string[] {
    const found = (this.#served.get(traffic.recordName) ?? []).flatMap((weights) => (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const region = this.#choose(traffic, weights);
      return region === undefined ? [] : [...(traffic.endpoints[region]?.[family] ?? [])];
    }));
    return [...new Set(found)].sort();
  }

  /** Where a resolver that asks one name server is sent. */
  region(traffic: TrafficPlan): Region | undefined {
    return this.#choose(traffic, this.#random.pick(this.#served.get(traffic.recordName) ?? []));
  }

  /** Unhealthy endpoints are left out; when all are unhealthy, Route 53 takes all for healthy. */
  #choose(traffic: TrafficPlan, weights: Weights): Region | undefined {
    const weighted = Object.entries(weights).filter(([, weight]) => weight > 0);
    const checked = weighted.filter(([region]) => traffic.endpoints[region]?.healthCheckId === undefined || this.#healthy(region));
    const candidates = checked.length > 0 ? checked : weighted;
    let left = this.#random.next() * candidates.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [region, weight] of candidates) {
      left -= weight;
      if (left < 0) return region;
    }
    return candidates.at(-1)?.[0];
  }
}

export interface Tally { acknowledged: number; refused: number; failed: number; unknown: number }

export class Users {
  readonly #world: { readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly names: Names; readonly servers: readonly Server[] };
  readonly #traffic: TrafficPlan;
  readonly tally: Tally = { acknowledged: 0, refused: 0, failed: 0, unknown: 0 };
  #ids = 0;
  stopped = false;

  constructor(world: { readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly names: Names; readonly servers: readonly Server[] }, traffic: TrafficPlan) {
    [this.#world, this.#traffic] = [world, traffic];
  }

  /** Each user writes about once in `everyMs`, at a phase of its own. */
  start(count: number, everyMs: number): void {
    for (let user = 0; user < count; user += 1) {
      const cache = { region: undefined as Region | undefined, until: -Infinity };
      const turn = (): void => {
        if (this.stopped) return;
        this.#write(cache);
        this.#world.clock.after(everyMs * this.#world.random.between(0.6, 1.4), turn);
      };
      this.#world.clock.after(this.#world.random.between(0, everyMs), turn);
    }
  }

  #write(cache: { region: Region | undefined; until: number }): void {
    const { clock, places, random, names, servers } = this.#world;
    if (cache.until <= clock.now()) {
      cache.region = names.region(this.#traffic);
      cache.until = clock.now() + this.#traffic.ttlSeconds * 1000;
    }
    const { region } = cache;
    const server = region === undefined ? undefined : random.pick(servers.filter((entry) => entry.region === region));
    if (region === undefined || server === undefined || !places.open(INTERNET, region)) return;
    this.#ids += 1;
    const id = this.#ids;
    clock.after(places.latencyMs(INTERNET, region), () => places.enter(region, () => {
      if (server.alive) server.write(id, (result) => { this.tally[result] += 1; });
    }));
  }
}
