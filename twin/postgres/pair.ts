// A database in two regions: a primary and its streaming standby, each behind its ingress, each reached from other regions through
// links. Both clusters come from one initdb, so that the pair streams within about a second. It starts whole or not at all.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, linkAddress, privateAddressOf } from '../network/addresses.ts';
import type { Endpoint, Link, LinkPlan } from '../network/link.ts';
import type { Network } from '../network/network.ts';
import { reservePort } from '../network/ports.ts';
import { assertReachable } from './account.ts';
import { findBinaries, type Binaries } from './binaries.ts';
import { copyCluster, initialize, makeStandby } from './data-directory.ts';
import { DatabaseIngress } from './ingress.ts';
import { promote, type PromotionOptions, type PromotionProof } from './promote.ts';
import { createSlot, follows, slotOf } from './replication.ts';
import { rejoin, reseed } from './reseed.ts';
import { createSchema, MAINTENANCE_USER, newPasswords, REPLICATION_USER, type Passwords } from './schema.ts';
import { PostgresServer } from './server.ts';
import type { Upstream } from './settings.ts';

export interface PairOptions {
  /** Data lives below it, in a folder per region. */
  readonly runDirectory: string;
  readonly network: Network;
  /** The first one starts as the writer; the network's first two regions when absent. */
  readonly regions?: readonly [string, string];
  /** `postgres` when absent. */
  readonly databaseName?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly binaries?: Binaries;
  /** A cluster that initdb has made and that never ran: copied instead of making one more. */
  readonly template?: Template;
}
export interface Template { readonly directory: string; readonly superuserPassword: string }

const STREAMING_MS_MAX = 15_000;

export class Pair {
  readonly regions: readonly [string, string];
  readonly port: number;
  readonly databaseName: string;
  readonly passwords: Passwords;
  readonly #network: Network;
  readonly #servers: ReadonlyMap<string, PostgresServer>;
  readonly #ingresses: ReadonlyMap<string, DatabaseIngress>;
  readonly #links: Link[] = [];
  readonly #template: Template | undefined;

  constructor(options: PairOptions, port: number) {
    const { network, databaseName = 'postgres', settings = {}, binaries = findBinaries() } = options;
    const regions = options.regions ?? [network.regions[0], network.regions[1]];
    const passwords = newPasswords();
    [this.regions, this.port, this.databaseName, this.#network, this.#template] = [regions, port, databaseName, network, options.template];
    this.passwords = this.#template === undefined ? passwords : { ...passwords, postgres: this.#template.superuserPassword };
    this.#servers = new Map(regions.map((region) => [region, new PostgresServer({
      name: region, directory: join(options.runDirectory, `postgres-${region}`), host: privateAddressOf(region, network.regions), port,
      binaries, superuserPassword: this.passwords.postgres, databaseName, settings,
    })]));
    this.#ingresses = new Map(regions.map((region) => [region, new DatabaseIngress({
      listen: { host: addressOf(region, network.regions), port }, target: { host: privateAddressOf(region, network.regions), port }, maintenanceUser: MAINTENANCE_USER,
    })]));
  }

  server(region: string): PostgresServer {
    return found(this.#servers, region);
  }

  ingress(region: string): DatabaseIngress {
    return found(this.#ingresses, region);
  }

  /** Where a caller in one region finds the database of another: behind its ingress, through the network. */
  endpoint(from: string, region: string): Endpoint {
    return { host: linkAddress(from, region, this.#network.regions), port: this.port };
  }

  /** How the standby in `region` gets its WAL from the primary. */
  upstream(region: string, primary: string): Upstream {
    return { ...this.endpoint(region, primary), user: REPLICATION_USER, password: this.passwords.replicator, slot: slotOf(region) };
  }

  promote(region: string, options?: PromotionOptions): Promise<PromotionProof> {
    return promote(this.server(region), options);
  }

  /** Makes the other region's server a standby of `primary` with the data it has; false when it has diverged. */
  rejoin(primary: string, withinMs?: number): Promise<boolean> {
    return rejoin(this.#rejoinPlan(primary, withinMs));
  }

  /** Makes the other region's server a standby of `primary` with a copy of its data. */
  reseed(primary: string, withinMs?: number): Promise<void> {
    return reseed(this.#rejoinPlan(primary, withinMs));
  }

  async start(): Promise<void> {
    const [writer, standby] = this.regions;
    const [primary, follower] = [this.server(writer), this.server(standby)];
    await Promise.all([...this.#ingresses.values()].map((ingress) => ingress.start()));
    this.#links.push(...await this.#network.openLinks(this.#linkPlans()));
    if (this.#template === undefined) await initialize(primary.plan.directory, primary.plan.binaries, this.passwords.postgres);
    else await copyCluster(this.#template.directory, primary.plan.directory, { withWal: true });
    await copyCluster(primary.plan.directory, follower.plan.directory, { withWal: true });
    makeStandby(follower.plan.directory);
    follower.upstream = this.upstream(standby, writer);
    await primary.start();
    await createSlot(primary, standby);
    await createSchema(primary, this.passwords);
    await follower.start();
    if (!(await follows(primary, follower, STREAMING_MS_MAX))) {
      throw new Error(`the standby in ${standby} does not stream from ${writer}: ${follower.logs.slice(-3).join(' | ')}`);
    }
  }

  /** Ends servers, ingresses and links. The data stays: it is the caller's run directory. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.kill()));
    await Promise.all([...this.#ingresses.values()].map((ingress) => ingress.stop()));
    await Promise.all(this.#links.splice(0).map((link) => this.#network.closeLink(link)));
  }

  /** Every region, the witness too, reaches both databases. */
  #linkPlans(): readonly LinkPlan[] {
    const places = this.#network.regions;
    return this.regions.flatMap((to) => places.filter((from) => from !== to).map((from) => (
      { from, to, listen: this.endpoint(from, to), target: { host: addressOf(to, places), port: this.port } }
    )));
  }

  #rejoinPlan(primary: string, withinMs?: number) {
    const other = this.regions[0] === primary ? this.regions[1] : this.regions[0];
    const plan = { primary: this.server(primary), standby: this.server(other), upstream: this.upstream(other, primary) };
    return withinMs === undefined ? plan : { ...plan, withinMs };
  }
}

/** Starts a pair. What was started is ended again when a part of it fails. */
export async function startPair(options: PairOptions): Promise<Pair> {
  mkdirSync(options.runDirectory, { recursive: true, mode: 0o755 });
  assertReachable(join(options.runDirectory, 'data'));
  const { port, release } = await reservePort(addressesOf(options));
  const pair = new Pair(options, port);
  await release();
  try {
    await pair.start();
    return pair;
  } catch (error) {
    await pair.close();
    throw error;
  }
}

/** All addresses that share the pair's port. */
function addressesOf({ network, regions = [network.regions[0], network.regions[1]] }: PairOptions): readonly string[] {
  return regions.flatMap((region) => [
    privateAddressOf(region, network.regions), ...network.regions.map((from) => linkAddress(from, region, network.regions)),
  ]);
}

function found<T>(entries: ReadonlyMap<string, T>, region: string): T {
  const entry = entries.get(region);
  if (entry === undefined) throw new RangeError(`the database has no server in ${region}; it has ${[...entries.keys()].join(', ')}`);
  return entry;
}
