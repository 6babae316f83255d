// Runs a stretch of time under one policy. Between disturbances nothing changes but times: all probes succeed and every round writes
// the same view. So quiet time is left out, and agents start again early enough before the next disturbance that each has recorded
// a round by then. A test shows that running every round gives the same suspicions, verdicts and views.
import type { Lease } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import type { Suspicion } from '../../domain/ports.ts';
import { VirtualClock } from '../clock.ts';
import { runAgent, type AgentWorld } from './agent.ts';
import { chance, seedOf } from './chance.ts';
import type { Disturbance } from './disturbance.ts';
import { numberOf, pairOf, placesOf, type Pair } from './pair.ts';
import { Starts } from './starts.ts';
import { Table } from './table.ts';
import { Weather } from './weather.ts';
import { busyTimes, type BusyTime } from './busy.ts';
import { runWorkflow, type Ending } from './workflow.ts';

/** After the last disturbance: older than any evidence that counts, and than any call of the table. */
const SETTLE_MS = 20_000;
/** Agents that start anew need up to two of their minutes to stand where they would have stood. */
const LEAD_MS = 130_000;
/** Two rounds of two regions, all `up`. */
const CLEAN_VIEWS = 4;

export interface RunSettings {
  readonly plan: ApplicationPlan;
  readonly seed: number;
  readonly disturbances: readonly Disturbance[];
  readonly from: Instant;
  readonly until: Instant;
  /** False runs every round: slow, and only there to show that leaving quiet time out changes nothing. */
  readonly skipsQuiet?: boolean;
  readonly controlIgnored?: boolean;
  /** Is told each view that is not `up`. */
  readonly onView?: (observation: Observation) => void;
}

export interface Raised extends Suspicion { readonly raisedAt: Instant }
export interface Failure extends Ending { readonly during: readonly string[] }

export interface RunResult {
  readonly roundsRun: number;
  readonly suspicions: readonly Raised[];
  readonly endings: readonly Ending[];
  /** Those endings that would have acted, with the disturbances of the minute before. */
  readonly failovers: readonly Failure[];
}

export const runStretch = (settings: RunSettings): Promise<RunResult> => new Stretch(settings).run();

class Stretch {
  readonly #settings: RunSettings;
  readonly #pair: Pair;
  readonly #weather: Weather;
  readonly #starts: Starts;
  readonly #table = new Table();
  readonly #lease: { current: Lease };
  readonly #cleanViews = new Map<Region, number>();
  readonly #busy: readonly BusyTime[];
  #nextBusy = 0;
  #busyUntil = -Infinity;
  #clock: VirtualClock;
  #pending = 0;
  #executions = 0;
  #roundsRun = 0;
  readonly #suspicions: Raised[] = [];
  readonly #endings: Ending[] = [];
  readonly #failovers: Failure[] = [];

  constructor(settings: RunSettings) {
    this.#settings = settings;
    this.#pair = pairOf(settings.plan);
    this.#weather = new Weather(settings.disturbances, this.#pair);
    this.#starts = new Starts(settings.seed, settings.from, this.#pair);
    this.#busy = busyTimes(settings.disturbances);
    this.#lease = { current: { application: settings.plan.application, epoch: 1, expiresAt: 0, acknowledgementDue: false } };
    this.#clock = new VirtualClock(settings.from);
  }

  async run(): Promise<RunResult> {
    const { until, from, skipsQuiet = true } = this.#settings;
    while (this.#clock.now() < until) {
      const wakeAt = skipsQuiet ? this.#busy[this.#nextBusy]?.from ?? Infinity : from;
      if (wakeAt >= until) break;
      this.#restart(wakeAt);
      await this.#clock.runUntil(until, () => this.#advance(), skipsQuiet ? () => this.#settled() : () => false);
    }
    return { roundsRun: this.#roundsRun, suspicions: this.#suspicions, endings: this.#endings, failovers: this.#failovers };
  }

  #restart(wakeAt: Instant): void {
    const firsts = placesOf(this.#pair).map((place) => ({ place, minute: this.#starts.firstBefore(place, wakeAt) }));
    this.#clock = new VirtualClock(Math.min(...firsts.map(({ place, minute }) => this.#starts.at(place, minute))));
    this.#advance();
    for (const { place, minute } of firsts) {
      this.#cleanViews.set(place, 0);
      // Who has no agent keeps its last view; the others' next round says it anew.
      if (!this.#weather.absent(place, this.#starts.at(place, minute))) this.#table.forget(place);
      this.#start(place, minute);
    }
  }

  #start(place: Region, minute: number): void {
    this.#clock.at(this.#starts.at(place, minute), () => {
      this.#clock.touched();
      this.#start(place, minute + 1);
      if (!this.#weather.absent(place, this.#clock.now())) runAgent(this.#world(), place);
    });
  }

  #world(): AgentWorld {
    const { plan, controlIgnored = false, onView } = this.#settings;
    return {
      clock: this.#clock, weather: this.#weather, table: this.#table, plan, controlIgnored,
      onRound: () => { this.#roundsRun += 1; },
      onSeen: (observation) => {
        const { vantagePoint, result } = observation;
        this.#cleanViews.set(vantagePoint, result === 'up' ? (this.#cleanViews.get(vantagePoint) ?? 0) + 1 : 0);
        if (result !== 'up') onView?.(observation);
      },
      onUnusual: (place) => { this.#cleanViews.set(place, 0); },
      onSuspicion: (suspicion, busRegion) => this.#suspect(suspicion, busRegion),
    };
  }

  /** The bus: usually at once; lost, twice or late when the weather says so. Twice is two executions here, as if names did not tell. */
  #suspect(suspicion: Suspicion, busRegion: Region): void {
    const now = this.#clock.now();
    const seed = seedOf(this.#settings.seed, numberOf(this.#pair, suspicion.vantagePoint) * 3 + numberOf(this.#pair, suspicion.region));
    this.#suspicions.push({ ...suspicion, raisedAt: now });
    const { lostShare, duplicateShare, lateMsMax } = this.#weather.events(now) ?? { lostShare: 0, duplicateShare: 0, lateMsMax: 0 };
    if (chance(seed, now, 0, 31) < lostShare) return;
    const copies = chance(seed, now, 0, 32) < duplicateShare ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#deliver(suspicion, busRegion, Math.round(50 + 550 * chance(seed, now, copy, 33) + lateMsMax * chance(seed, now, copy, 34)));
  }

  #deliver(suspicion: Suspicion, busRegion: Region, delayMs: number): void {
    this.#pending += 1;
    this.#executions += 1;
    const name = `execution-${this.#executions}`;
    this.#clock.after(delayMs, () => {
      this.#clock.touched();
      const world = { clock: this.#clock, weather: this.#weather, table: this.#table, plan: this.#settings.plan, seed: this.#settings.seed, lease: this.#lease };
      void runWorkflow(world, suspicion, busRegion, name).then((ending) => this.#end(ending));
    });
  }

  #end(ending: Ending): void {
    this.#pending -= 1;
    this.#endings.push(ending);
    if (!ending.claimed) return;
    const during = this.#settings.disturbances.filter((one) => one.from <= ending.at && one.until > ending.at - 60_000);
    this.#failovers.push({ ...ending, during: during.map(({ kind, from, until }) => `${kind}, ${((until - from) / 1000).toFixed(1)} s, begun ${((ending.at - from) / 1000).toFixed(1)} s before`) });
  }

  #advance(): void {
    const now = this.#clock.now();
    this.#weather.advance(now);
    for (let next = this.#busy[this.#nextBusy]; next !== undefined && next.from <= now; next = this.#busy[this.#nextBusy]) {
      this.#busyUntil = Math.max(this.#busyUntil, next.until);
      this.#nextBusy += 1;
    }
  }

  /** Nothing is going on, everybody has said so twice, and it stays quiet for long enough to leave time out. */
  #settled(): boolean {
    const now = this.#clock.now();
    if (now < this.#busyUntil + SETTLE_MS || this.#pending > 0) return false;
    const next = this.#busy[this.#nextBusy];
    // At the start of a window nothing has happened yet.
    if (next !== undefined && next.from <= now + LEAD_MS) return false;
    return placesOf(this.#pair).every((place) => (this.#cleanViews.get(place) ?? 0) >= CLEAN_VIEWS || this.#weather.absent(place, now));
  }
}
