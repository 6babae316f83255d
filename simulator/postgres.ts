// One database: a PostgreSQL instance in each region, one replicating from the other. Every commit is kept with its true time, so that
// the history can be judged at the end. A replica that was promoted never follows again; an old primary that returns has diverged, is
// set aside with its log, and another instance with a copy of the writer's takes its place.
import { RefusedByAwsError, TryAgainError } from '../domain/errors.ts';
import type { DatabaseFacts } from '../domain/ports.ts';
import type { Instant, Region } from '../domain/plan.ts';
import type { Places } from './places.ts';

export interface Commit {
  /** Of the client's write; 0 for a heartbeat. */
  readonly id: number;
  /** By the clock of the database. */
  readonly stampAt: Instant;
  /** By the true clock. */
  readonly at: number;
  readonly epoch: number;
}

export class Instance {
  readonly region: Region;
  inRecovery: boolean;
  source: Region | undefined;
  /** The engine runs (its region may still be out of reach). */
  running = true;
  networkOpen = true;
  /** Sessions that were there before the network closed live on until they are ended. */
  sessionsLive = true;
  readOnly = false;
  /** What a fence has set on the database: it travels with the replication. */
  readOnlySetting = false;
  /** False between the renaming of an old instance and the creation of the next one. */
  exists = true;
  /** The engine restarted after recovery, and with it forgot what it replayed last (pg_last_xact_replay_timestamp). */
  restarted = false;
  promotedAt: number | undefined;
  readonly log: Commit[] = [];
  epochMax = 0;
  heartbeatAt: Instant | undefined;

  constructor(region: Region, source: Region | undefined) {
    this.region = region;
    this.source = source;
    this.inRecovery = source !== undefined;
  }

  append(commit: Commit): void {
    this.log.push(commit);
    if (commit.id !== 0) return;
    this.epochMax = Math.max(this.epochMax, commit.epoch);
    this.heartbeatAt = commit.stampAt;
  }

  /** Would it commit a write of an application that is connected, or that can connect, now? */
  get writable(): boolean {
    return this.running && !this.inRecovery && !this.readOnly && !this.readOnlySetting && (this.networkOpen || this.sessionsLive);
  }
}

export class Pair {
  readonly name: string;
  readonly #places: Places;
  readonly #trueNow: () => number;
  readonly instances: Map<Region, Instance>;
  /** Identifier -> an old writer with all that it had written. */
  readonly asides = new Map<string, Instance>();
  /** How long a commit takes to be replayed on the replica. */
  lagMs = 30;
  replicating = true;

  constructor(name: string, home: Region, standby: Region, places: Places, trueNow: () => number) {
    [this.name, this.#places, this.#trueNow] = [name, places, trueNow];
    this.instances = new Map([[home, new Instance(home, undefined)], [standby, new Instance(standby, home)]]);
  }

  in(region: Region): Instance {
    const found = this.instances.get(region);
    if (found === undefined) throw new RefusedByAwsError(`database ${this.name} has no instance in ${region}`);
    return found;
  }

  /** Replays what has had the time to arrive. Called before anything is read from a replica and before anything changes. */
  advance(): void {
    const now = this.#trueNow();
    for (const replica of this.instances.values()) {
      if (!replica.inRecovery || replica.source === undefined || !replica.running || !this.replicating) continue;
      const source = this.in(replica.source);
      if (!source.running || !this.#places.connected(source.region, replica.region)) continue;
      for (let next = source.log[replica.log.length]; next !== undefined && next.at + this.lagMs <= now; next = source.log[replica.log.length]) replica.append(next);
      replica.readOnlySetting = source.readOnlySetting;
    }
  }

  /** Commits a write, or says why not. `local` is one of the maintenance role, which a closed security group does not keep out. */
  commit(region: Region, write: { readonly id: number; readonly epoch: number }, maintenance = false): Commit {
    this.advance();
    const instance = this.in(region);
    if (!instance.running) throw new TryAgainError(`57P03: the database system in ${region} is starting up`);
    if (instance.inRecovery || instance.readOnly || instance.readOnlySetting) throw new TryAgainError(`25006: cannot execute INSERT in a read-only transaction in ${region}`);
    if (!maintenance && !instance.networkOpen && !instance.sessionsLive) throw new TryAgainError(`ETIMEDOUT: the network of the database in ${region} is closed`);
    const commit = { id: write.id, epoch: write.epoch, at: this.#trueNow(), stampAt: this.#places.now(region) };
    instance.append(commit);
    return commit;
  }

  facts(region: Region): DatabaseFacts {
    this.advance();
    const instance = this.in(region);
    if (!instance.running) throw new TryAgainError(`57P03: the database system in ${region} is starting up`);
    const newest = instance.log.at(-1);
    const replayedAt = instance.inRecovery || (instance.promotedAt !== undefined && !instance.restarted) ? newest?.stampAt : undefined;
    return {
      inRecovery: instance.inRecovery, readAt: this.#places.now(region),
      ...(replayedAt === undefined ? {} : { replayedAt }),
      ...(instance.heartbeatAt === undefined ? {} : { heartbeatAt: instance.heartbeatAt }),
    };
  }

  /** Out of the way, with everything in it; the network of the region stays as it is. */
  setAside(region: Region, as: string): void {
    this.advance();
    const old = this.in(region);
    this.asides.set(as, old);
    const none = new Instance(region, undefined);
    [none.exists, none.running, none.networkOpen, none.sessionsLive] = [false, false, old.networkOpen, false];
    this.instances.set(region, none);
  }

  /** A new instance with a copy of the writer's data, which follows it from here on. */
  makeReplica(region: Region, source: Region): void {
    this.advance();
    const [writer, before] = [this.in(source), this.in(region)];
    const replica = new Instance(region, source);
    replica.log.push(...writer.log);
    [replica.epochMax, replica.heartbeatAt, replica.readOnlySetting] = [writer.epochMax, writer.heartbeatAt, writer.readOnlySetting];
    [replica.networkOpen, replica.sessionsLive] = [before.networkOpen, before.networkOpen];
    this.instances.set(region, replica);
  }

  /** The end of recovery: from here on it takes writes of its own. */
  leaveRecovery(region: Region): void {
    this.advance();
    const instance = this.in(region);
    instance.inRecovery = false;
    instance.source = undefined;
    instance.promotedAt = this.#trueNow();
  }
}
