// The application: servers in both regions that take writes from users and hold write permits by the very rules of guard/. A server
// checks its permit before a write and again before it acknowledges; its clock may be wrong, its place may hang in between.
import type { ProbeOutcome } from '../domain/observation.ts';
import type { Instant, Region } from '../domain/plan.ts';
import { NO_PERMIT, answered, permitAt, stillHolds, type Moment, type Permit, type PermitState } from '../guard/permit.ts';
import type { VirtualClock } from './clock.ts';
import type { Facts } from './facts.ts';
import type { Places } from './places.ts';
import type { Pair } from './postgres.ts';
import type { Random } from './random.ts';
import type { Renewal, Table } from './table.ts';

export type AppFault = 'down' | 'bad-content' | 'read-failed' | 'write-failed' | 'slow';

export interface ServerWorld {
  readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly facts: Facts; readonly table: Table;
  readonly ttlSeconds: number;
  /** False in a world whose application does not check permits: it then follows the writer's record. */
  readonly checksPermits: boolean;
  readonly writerRecord: () => Region;
}

const RENEW_EVERY_MS = 1000;
/** An application gives up on a write after this long; the database may still commit it. */
const WRITE_LIMIT_MS = 1000;
/** The guard's `databaseClockErrorSeconds`. */
const CLOCK_ERROR_MS = 500;
/** Of the requests to the table, so many get no answer; each of them acts up to this much later. */
const [GIVEN_UP_SHARE, GIVEN_UP_MS] = [0.02, 5000];

export class Server {
  readonly region: Region;
  readonly name: string;
  readonly #world: ServerWorld;
  readonly #pair: Pair;
  skewMs: number;
  #instance = '';
  #life = -1;
  #state: PermitState = NO_PERMIT;
  #sequence = 0;
  #writing = 0;
  #doubtUntil = -Infinity;
  #surrendered: number | undefined;
  #refused = true;

  constructor(world: ServerWorld, pair: Pair, region: Region, name: string, skewMs: number) {
    [this.#world, this.#pair, this.region, this.name, this.skewMs] = [world, pair, region, name, skewMs];
  }

  /** Starts it, or starts it anew after its region died: a new process has a new name and no permit. */
  start(): void {
    const { places, random } = this.#world;
    this.#life = places.life(this.region);
    this.#instance = `${this.name}-${this.#life}`;
    [this.#state, this.#sequence, this.#writing, this.#doubtUntil, this.#surrendered, this.#refused] = [NO_PERMIT, 0, 0, -Infinity, undefined, true];
    places.after(this.region, random.between(0, RENEW_EVERY_MS), () => this.#turn());
  }

  get alive(): boolean {
    return this.#world.places.state(this.region) === 'up' && this.#life === this.#world.places.life(this.region);
  }

  now(): Instant {
    return this.#world.clock.now() + this.skewMs;
  }

  permit(): Permit {
    return permitAt(this.#state, this.#moment(), this.#world.ttlSeconds * 1000);
  }

  /** Could this server commit a write in a region right now? */
  canWriteIn(region: Region): boolean {
    if (!this.alive || !this.#world.places.connected(this.region, region)) return false;
    if (!this.#world.checksPermits) return region === this.#target(this.permit());
    const permit = this.permit();
    return permit.writable && permit.writer === region;
  }

  /** Takes a write. `done` is told once, in this server: acknowledged, or not and why. */
  write(id: number, done: (result: 'acknowledged' | 'refused' | 'failed' | 'unknown', committedAt?: number) => void): void {
    const { places, facts, checksPermits } = this.#world;
    const before = this.permit();
    if (checksPermits && !before.writable) return done('refused');
    const region = this.#target(before);
    this.#writing += 1;
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      limit.cancel();
      this.#writing -= 1;
      act();
    };
    const limit = places.after(this.region, WRITE_LIMIT_MS, () => settle(() => {
      this.#doubtUntil = Math.max(this.#doubtUntil, this.now() + before.remainingMs + CLOCK_ERROR_MS);
      done('failed');
    }));
    this.#send(region, () => {
      const commit = this.#pair.commit(region, { id, epoch: before.epoch ?? 0 });
      if (id !== 0) facts.tell({ kind: 'committed', database: this.#pair.name, region, id });
      return commit;
    }, (commit) => settle(() => {
      if (commit === undefined) done('failed');
      else if (checksPermits && !stillHolds(before, this.permit())) done('unknown');
      else {
        if (id !== 0) facts.tell({ kind: 'acknowledged', database: this.#pair.name, region, id, committedAt: commit.at });
        done('acknowledged', commit.at);
      }
    }));
  }

  /** The answer to a deep probe: reads from the region's own database, and a guarded write to the writer. */
  health(fault: AppFault | undefined, answer: (outcome: Omit<ProbeOutcome, 'latencyMs'>) => void): void {
    if (fault === 'down') return answer({ answered: false, failure: 'bad-status', detail: 'status 502', read: 'unknown', write: 'unknown' });
    if (fault === 'bad-content') return answer({ answered: false, failure: 'bad-content', detail: 'the nonce is not ours', read: 'unknown', write: 'unknown' });
    const own = this.#pair.in(this.region);
    const read = fault !== 'read-failed' && own.running && (own.networkOpen || own.sessionsLive) ? 'ok' : 'failed';
    const permit = this.permit();
    // Without the guard an application knows no epoch; where it would write to it knows from the writer's record.
    const told = !this.#world.checksPermits ? { writer: this.#world.writerRecord() } : { ...(permit.writer === undefined ? {} : { writer: permit.writer }), ...(permit.epoch === undefined ? {} : { epoch: permit.epoch }) };
    const finish = (write: ProbeOutcome['write']): void => {
      const failure = read === 'failed' ? 'read-failed' as const : write === 'failed' ? 'write-failed' as const : undefined;
      answer({ answered: true, read, write, ...told, ...(failure === undefined ? {} : { failure, detail: `${this.region} says: read ${read}, write ${write}` }) });
    };
    if (fault === 'write-failed') return finish('failed');
    this.write(0, (result) => finish(result === 'acknowledged' ? 'ok' : result === 'refused' ? 'refused' : result === 'failed' ? 'failed' : 'unknown'));
  }

  #target(permit: Permit): Region {
    return permit.writer !== undefined && this.#world.checksPermits ? permit.writer : this.#world.writerRecord();
  }

  /** One request to a database and its answer; a refusal is answered with undefined, silence with nothing. */
  #send<T>(region: Region, act: () => T, answer: (result: T | undefined) => void): void {
    const { clock, places } = this.#world;
    const life = this.#life;
    if (!places.open(this.region, region)) return;
    clock.after(places.latencyMs(this.region, region), () => places.enter(region, () => {
      let result: T | undefined;
      try {
        result = act();
      } catch {
        // What the engine says is the same to the user: not written.
        result = undefined;
      }
      if (!places.open(region, this.region)) return;
      clock.after(places.latencyMs(region, this.region), () => places.enter(this.region, () => {
        if (this.#life === life) answer(result);
      }));
    }));
  }

  #turn(): void {
    this.#world.places.after(this.region, RENEW_EVERY_MS, () => this.#turn());
    this.#renew();
  }

  /** As guard/dynamodb.ts: its own item first, the permit after that. Once refused it writes nothing before it reads that the permit stands. */
  #renew(): void {
    const { table } = this.#world;
    const [renewal, stamp] = [{ sequence: this.#sequence++, sentAt: this.#moment() }, Math.floor(this.now())];
    const read = (then: (answer: Renewal) => void): void => this.#ask(() => table.standing(this.#pair.name), then);
    const settle = (answer: Renewal): void => {
      this.#refused = !answer.granted;
      this.#state = answered(this.#state, renewal, answer);
      if (this.#state.newestAnswered === renewal.sequence && !answer.granted && answer.epoch !== undefined) this.#surrender(answer.epoch);
    };
    const record = (): void => this.#ask(() => table.recordRenewal(this.#pair.name, this.#instance, stamp), () => read(settle));
    if (this.#refused) read((answer) => (answer.granted ? record() : settle(answer)));
    else record();
  }

  /** One request to the table and its answer; some are given up before they act, and act all the same. */
  #ask<T>(act: () => T, then: (answer: T) => void): void {
    const { clock, places, random, table } = this.#world;
    const life = this.#life;
    const isGivenUp = random.chance(GIVEN_UP_SHARE);
    const onWayMs = places.latencyMs(this.region, this.region) + random.between(20, 60) + (isGivenUp ? random.between(0, GIVEN_UP_MS) : 0);
    clock.after(onWayMs, () => places.enter(this.region, () => {
      if (this.#life !== life || !table.answersIn(this.region)) return;
      const answer = act();
      if (isGivenUp) return;
      clock.after(places.latencyMs(this.region, this.region), () => places.enter(this.region, () => {
        if (this.#life === life) then(answer);
      }));
    }));
  }

  /** Only when no write is under way, and none that ended in doubt could still commit. */
  #surrender(epoch: number): void {
    const { clock, places, random, table } = this.#world;
    if (this.#writing > 0 || this.now() < this.#doubtUntil || this.#surrendered === epoch) return;
    this.#surrendered = epoch;
    const instance = this.#instance;
    clock.after(random.between(20, 60), () => places.enter(this.region, () => {
      if (table.answersIn(this.region)) table.surrender(this.#pair.name, instance, epoch);
      else this.#surrendered = undefined;
    }));
  }

  #moment(): Moment {
    return { monotonicMs: this.now(), wallMs: this.now() };
  }
}
