// The world of one run, put together from its parts: places, table, databases, application, users, names, bus, workflows, people.
// Everything is drawn from one seed. What is modelled and what is not is said in simulator/README.md.
import type { DrillRecord } from '../domain/drill.ts';
import type { FollowUp } from '../domain/follow-ups.ts';
import type { ApplicationPlan, DatabasePlan, Region } from '../domain/plan.ts';
import { vantagePointsOf } from '../domain/plan.ts';
import type { EpochNotice } from '../domain/sessions.ts';
import type { ProbeOutcome } from '../domain/observation.ts';
import { AuroraGlobal } from './aurora.ts';
import type { Budgets } from './budgets.ts';
import { Bus } from './bus.ts';
import { Calls } from './calls.ts';
import { VirtualClock } from './clock.ts';
import { Executions } from './executions.ts';
import { Facts } from './facts.ts';
import { HealthChecks } from './health-checks.ts';
import { invoke } from './lambdas.ts';
import { OwnersFunctions } from './hooks.ts';
import { Messages } from './messages.ts';
import { Places, type Place } from './places.ts';
import { Pair } from './postgres.ts';
import { Random } from './random.ts';
import { Rds } from './rds.ts';
import { Server, type AppFault } from './servers.ts';
import { productionSteps, type StepName, type Steps } from './steps.ts';
import { Stock } from './stock.ts';
import { Table } from './table.ts';
import { Names, Users } from './users.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly plan: ApplicationPlan;
  readonly steps?: Partial<Steps>;
  /** False: an application that ignores its permits. */
  readonly checksPermits?: boolean;
  /** Of a fleet: one clock and one account for all its worlds. */
  readonly clock?: VirtualClock;
  readonly budgets?: Budgets;
}

/** 2026-01-05, a Monday. */
export const EPOCH_MS = Date.UTC(2026, 0, 5, 9, 0, 0);
const SERVERS_PER_REGION = 2;
const USERS = 3;
const WRITE_EVERY_MS = 900;
const AGENT_EVERY_MS = 60_000;
const AGENT_RUN_SECONDS = 59;

export class World {
  readonly plan: ApplicationPlan;
  readonly random: Random;
  readonly clock: VirtualClock;
  readonly facts = new Facts(() => this.clock.now());
  readonly places: Places;
  readonly calls: Calls;
  readonly table: Table;
  readonly pairs: readonly Pair[];
  readonly rds: Rds;
  readonly aurora: AuroraGlobal;
  readonly names: Names;
  readonly checks: HealthChecks;
  readonly servers: readonly Server[];
  readonly users: Users;
  readonly bus: Bus;
  readonly messages: Messages;
  readonly executions: Executions;
  readonly steps: Steps;
  /** How long the function of a step has run, over all its invocations. */
  readonly lambdaMs = new Map<StepName, number>();
  invocations = 0;
  readonly desired = new Map<string, number>();
  readonly stock = new Stock();
  readonly owners = new OwnersFunctions();
  /** Region -> the parameter that the application reads there, and what its topic told. */
  readonly notices = new Map<Region, string>();
  readonly epochsTold: EpochNotice[] = [];
  readonly drills: DrillRecord[] = [];
  readonly followUps: FollowUp[] = [];
  /** Alarms that ring, in both regions. */
  ringing: readonly string[] = [];
  /** What the last rehearsals found critical. */
  critical: readonly string[] = [];
  /** Times as much as usual, where a drill has asked for it. */
  load = 1;
  /** Databases whose commit was proven by a probe: `name#region#epoch`. */
  readonly proven = new Set<string>();
  readonly appFaults = new Map<Region, AppFault>();
  /** `observe@eu-west-1`. */
  readonly agentsOff = new Set<string>();
  readonly #reachesControl = new Map<Place, boolean>();

  constructor({ seed, plan, steps, checksPermits = true, clock = new VirtualClock(EPOCH_MS), budgets }: WorldOptions) {
    [this.plan, this.clock] = [plan, clock];
    this.random = new Random(seed);
    this.steps = { ...productionSteps, ...steps };
    this.places = new Places(this.clock, this.random.fork(), vantagePointsOf(plan));
    this.calls = new Calls(this, budgets);
    this.table = new Table(plan.application, vantagePointsOf(plan), this.places, this.facts);
    const [home, standby] = plan.regions;
    this.pairs = plan.databases.map(({ name, shardOf = home }) => new Pair(name, shardOf, shardOf === home ? standby : home, this.places, () => this.clock.now()));
    this.rds = new Rds(this);
    this.aurora = new AuroraGlobal(this);
    this.names = new Names(plan, this.clock, this.random.fork(), this.facts, (region) => this.serves(region) && this.checks.letsIn(region));
    this.checks = new HealthChecks(plan, this);
    this.messages = new Messages(this.calls, this.facts);
    this.executions = new Executions(this);
    this.bus = new Bus({ clock: this.clock, places: this.places, random: this.random, start: (place, name, input) => this.executions.start(place, name, { ...input }) });
    this.servers = plan.regions.flatMap((region) => this.pairs.flatMap((pair) => Array.from({ length: SERVERS_PER_REGION }, (_, index) => new Server({
      ...this.#shared(), ttlSeconds: plan.permit.ttlSeconds, checksPermits, writerRecord: () => this.names.writer.get(pair.name) ?? home,
    }, pair, region, `${pair.name}-${region}-${index}`, this.#withinClockError()))));
    const traffic = plan.traffic[0];
    if (traffic === undefined) throw new Error('the plan has no traffic to move');
    this.users = new Users({ ...this.#shared(), names: this.names, servers: this.servers }, traffic);
    this.places.beforeChange = () => this.pairs.forEach((pair) => pair.advance());
    this.places.onDeath = (place) => this.#died(place);
    this.places.onReturn = (place) => this.#returned(place);
  }

  /** Grants the first permits and starts servers, users and agents, each at a phase of its own. */
  start(): void {
    const [home] = this.plan.regions;
    for (const place of vantagePointsOf(this.plan)) this.places.setSkew(place, this.#withinClockError());
    for (const { name, shardOf = home } of this.plan.databases) this.table.grant({ application: this.plan.application, database: name, epoch: 0, writer: shardOf });
    for (const server of this.servers) server.start();
    this.users.start(USERS, WRITE_EVERY_MS);
    for (const place of vantagePointsOf(this.plan)) this.#agent('observe', place);
    for (const region of this.plan.regions) this.#agent('enforce', region);
  }

  /** The control plane of a database, by its kind. */
  controlOf({ kind }: Pick<DatabasePlan, 'kind'>): Rds | AuroraGlobal {
    return kind === 'aurora-global' ? this.aurora : this.rds;
  }

  pair(name: string): Pair {
    const found = this.pairs.find((pair) => pair.name === name);
    if (found === undefined) throw new RangeError(`there is no database ${name}`);
    return found;
  }

  /** Does a region answer requests at all? */
  serves(region: Region): boolean {
    return this.places.state(region) === 'up' && this.appFaults.get(region) !== 'down' && this.servers.some((server) => server.region === region && server.alive);
  }

  /** The deep health answer of a region, from its first server that is alive, for the first database. */
  health(region: Region): Promise<Omit<ProbeOutcome, 'latencyMs'>> {
    return new Promise((resolve) => {
      const server = this.servers.find((entry) => entry.region === region && entry.alive);
      if (server === undefined) return;
      const fault = this.appFaults.get(region);
      const answer = (outcome: Omit<ProbeOutcome, 'latencyMs'>): void => {
        this.clock.touched();
        resolve(outcome);
      };
      // Slower than `detection.slow`, sooner than the probe's limit.
      if (fault === 'slow') this.places.after(region, 1400, () => server.health(undefined, answer));
      else server.health(fault, answer);
    });
  }

  probed(vantagePoint: Place, target: Region, outcome: ProbeOutcome): void {
    this.facts.tell({ kind: 'probed', vantagePoint, target, outcome, control: this.#reachesControl.get(vantagePoint) ?? true });
  }

  controlled(vantagePoint: Place, reached: boolean): void {
    this.#reachesControl.set(vantagePoint, reached);
  }

  /** Every simulated minute, for as long as the world lasts; a dead place starts again after its return. */
  #agent(name: StepName & ('observe' | 'enforce'), place: Place): void {
    const turn = (): void => {
      this.clock.after(AGENT_EVERY_MS, turn);
      if (this.places.state(place) !== 'up' || this.agentsOff.has(`${name}@${place}`)) return;
      // The schedule does not retry; what an agent could not record is its own alarm.
      invoke(this, { place, name, input: { application: this.plan.application, runSeconds: AGENT_RUN_SECONDS } }).catch(() => undefined);
    };
    this.clock.after(this.random.between(0, name === 'observe' ? 6000 : AGENT_EVERY_MS / 4), turn);
  }

  #died(place: Place): void {
    this.executions.died(place);
    for (const pair of this.pairs) {
      const instance = pair.instances.get(place);
      if (instance !== undefined) instance.running = false;
    }
  }

  /** Engines recover for a while; servers are new processes. */
  #returned(place: Place): void {
    for (const pair of this.pairs) {
      const instance = pair.instances.get(place);
      if (instance?.exists === true) {
        this.places.after(place, this.random.between(2000, 20_000), () => {
          pair.advance();
          instance.running = true;
          instance.sessionsLive = instance.networkOpen;
        });
      }
    }
    for (const server of this.servers) if (server.region === place) server.start();
  }

  /** Any two clocks differ by at most permit.clockError. */
  #withinClockError(): number {
    return this.random.between(-0.5, 0.5) * this.plan.permit.clockErrorSeconds * 1000;
  }

  #shared() {
    return { clock: this.clock, places: this.places, random: this.random, facts: this.facts, table: this.table };
  }
}
