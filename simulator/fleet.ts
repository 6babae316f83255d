// Many applications of one region in one account: a world for each, all on one clock and with one set of rate budgets. Their agents are
// one pair of lookers per application that applies the production nouns to what the models show; users and servers are left out, so that
// a thousand applications can be run. It shows order, rates and outcomes; whether writes are safe is shown by single worlds (simulate.ts).
import type { ProbeOutcome } from '../domain/observation.ts';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import { observation } from '../functions/observe/observation.ts';
import { concern } from '../functions/observe/suspicion.ts';
import { Budgets } from './budgets.ts';
import { VirtualClock } from './clock.ts';
import { Random } from './random.ts';
import { EPOCH_MS, World } from './world.ts';

export interface Member { readonly world: World; readonly home: Region; readonly standby: Region }
export interface FleetOptions {
  readonly seed: number;
  readonly plans: readonly ApplicationPlan[];
  /** What of an application is drawn from its name, so that any workflow meets the same cloud. */
  readonly prepare?: (world: World) => void;
  /** What a vantage point raises is handed on here; to the bus when absent. */
  readonly raised?: (member: Member, event: number) => void;
}

/** All is well for a second; then the first region of every pair is gone. */
export const OUTAGE_MS = 2000;
const SEEN_WELL_MS = 1000;
const NO_ANSWER: ProbeOutcome = { answered: false, failure: 'timed-out', latencyMs: 2000, read: 'unknown', write: 'unknown' };

/** The same text gives the same number on any machine (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

/** Servers and users are left out: a region that is up answers. */
class QuietWorld extends World {
  override serves(region: Region): boolean {
    return this.places.state(region) === 'up';
  }
}

export class Fleet {
  readonly clock = new VirtualClock(EPOCH_MS);
  readonly budgets = new Budgets(() => this.clock.now());
  readonly members: ReadonlyMap<string, Member>;
  readonly #raised: (member: Member, event: number) => void;
  /** Lookers look until nobody needs them any more. */
  looking = true;

  constructor({ seed, plans, prepare, raised }: FleetOptions) {
    this.#raised = raised ?? (() => undefined);
    this.members = new Map(plans.map((plan) => {
      const world = new QuietWorld({ seed: seedOf(`${seed}/${plan.application}`), plan, clock: this.clock, budgets: this.budgets });
      prepare?.(world);
      const [home, standby] = plan.regions;
      return [plan.application, { world, home, standby }];
    }));
    for (const member of this.members.values()) this.#begin(member, new Random(seedOf(`${seed}/${member.world.plan.application}/lookers`)));
  }

  member(application: string): Member {
    const found = this.members.get(application);
    if (found === undefined) throw new RangeError(`there is no application ${application}`);
    return found;
  }

  /** Runs for so many seconds, or until `enough`. */
  async run(seconds: number, enough: () => boolean = () => false): Promise<void> {
    await this.clock.runUntil(EPOCH_MS + seconds * 1000, () => undefined, enough);
  }

  #begin(member: Member, random: Random): void {
    const { world, home, standby } = member;
    const { plan, table, places } = world;
    for (const pair of world.pairs) {
      table.grant({ application: plan.application, database: pair.name, epoch: 0, writer: home });
      this.clock.at(EPOCH_MS + SEEN_WELL_MS, () => {
        pair.commit(home, { id: 0, epoch: 0 }, true);
        table.recordRenewal(pair.name, `server-${home}`, this.clock.now());
      });
    }
    this.clock.at(EPOCH_MS + OUTAGE_MS, () => places.kill(home));
    for (const vantagePoint of [standby, plan.witness]) {
      let events = 0;
      let raisedAt: number | undefined;
      const look = (): void => {
        if (!this.looking) return;
        this.clock.after(plan.detection.probeIntervalSeconds * 1000, look);
        for (const target of plan.regions) {
          const previous = table.observations.get(`${vantagePoint}#${target}`);
          const seen = observation(previous, { vantagePoint, target, outcome: outcomeOf(world, target), control: true, at: this.clock.now() }, plan);
          table.observe(seen);
          const found = concern(seen, 0, raisedAt, plan, this.clock.now());
          if (target !== home || found.kind === 'none') continue;
          raisedAt = this.clock.now();
          this.#raised(member, events += 1);
          const incident = table.openIncident(plan.application, home, seen.failingSince ?? raisedAt);
          world.bus.accept({ application: plan.application, region: home, vantagePoint, incident, since: seen.failingSince ?? raisedAt, reason: found.reason }, standby);
        }
      };
      this.clock.at(EPOCH_MS + SEEN_WELL_MS + 1, () => plan.regions.forEach((target) => table.observe(observation(undefined, { vantagePoint, target, outcome: outcomeOf(world, target), control: true, at: this.clock.now() }, plan))));
      this.clock.at(EPOCH_MS + OUTAGE_MS + random.between(0, plan.detection.probeIntervalSeconds * 1000), look);
    }
  }
}

/** What a deep probe of a region would find, from the models. */
function outcomeOf(world: World, target: Region): ProbeOutcome {
  if (world.places.state(target) !== 'up') return NO_ANSWER;
  const permits = [...world.table.permits.values()];
  const [first] = permits;
  if (first === undefined) return NO_ANSWER;
  const writing = world.pairs.every((pair) => {
    const permit = world.table.permits.get(pair.name);
    return permit !== undefined && !permit.withdrawn && world.places.state(permit.writer) === 'up' && pair.in(permit.writer).writable;
  });
  const write = permits.some(({ withdrawn }) => withdrawn) ? 'refused' : writing ? 'ok' : 'failed';
  return { answered: true, latencyMs: 20, read: 'ok', write, writer: first.writer, epoch: first.epoch };
}
