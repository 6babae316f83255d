// I4, I7 and I8: what a failover was decided on, judged from what the probes really saw, not from what was recorded of it.
import type { ProbeOutcome } from '../../domain/observation.ts';
import type { Region } from '../../domain/plan.ts';
import { survivorOf, vantagePointsOf } from '../../domain/plan.ts';
import type { Dated } from '../facts.ts';
import type { World } from '../world.ts';
import type { MakeCheck } from './check.ts';

/** A probe's way into the table and out again, and the step that reads it. */
const ON_THE_WAY_MS = 12_000;
/** Between the verdict and the claim lie retries of two steps. */
const VERDICT_AGE_MS = 180_000;
/** A region that has served nobody for this long looks down to whoever looks. */
const BOTH_DOWN_MS = 60_000;

/** `judgedDownAt`: while the control endpoint could be reached. */
interface Seen { run: number; downAt: number; judgedDownAt: number; servedAt: number; wroteAt: number }

/** What each vantage point saw of each region, from the probes themselves. */
class Truth {
  readonly #world: World;
  readonly #seen = new Map<string, Seen>();
  readonly #controlAt = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  note(fact: Dated): void {
    // Only what was recorded could be known to anybody: a place that is cut off goes on seeing writes.
    if (fact.kind === 'observed' && fact.observation.lastWriteAt !== undefined) {
      const seen = this.of(fact.observation.vantagePoint, fact.observation.target);
      seen.wroteAt = Math.max(seen.wroteAt, fact.observation.lastWriteAt);
    }
    if (fact.kind !== 'probed') return;
    const { vantagePoint, target, outcome, at } = fact;
    const seen = this.of(vantagePoint, target);
    const bad = isBad(outcome, target);
    seen.run = bad ? seen.run + 1 : 0;
    if (seen.run >= this.#world.plan.detection.failuresToSuspect) seen.downAt = at;
    if (outcome.answered && outcome.read === 'ok') seen.servedAt = at;
    if (fact.control) this.#controlAt.set(vantagePoint, at);
    if (fact.control && seen.downAt === at) seen.judgedDownAt = at;
  }

  of(vantagePoint: string, target: Region): Seen {
    const key = `${vantagePoint}#${target}`;
    const found = this.#seen.get(key) ?? { run: 0, downAt: -Infinity, judgedDownAt: -Infinity, servedAt: -Infinity, wroteAt: -Infinity };
    this.#seen.set(key, found);
    return found;
  }

  /** Vantage points with fresh and repeated failures of a region, that could reach the control endpoint. */
  accusers(region: Region, now: number): readonly string[] {
    const since = this.#since(now);
    return vantagePointsOf(this.#world.plan).filter((place) => this.of(place, region).downAt >= since && (this.#controlAt.get(place) ?? -Infinity) >= since);
  }

  serving(region: Region, places: readonly string[], now: number): readonly string[] {
    return places.filter((place) => this.of(place, region).servedAt >= this.#since(now));
  }

  wroteAt(region: Region): number {
    return Math.max(...vantagePointsOf(this.#world.plan).map((place) => this.of(place, region).wroteAt));
  }

  #since(now: number): number {
    return now - this.#world.plan.detection.evidenceAgeSecondsMax * 1000 - ON_THE_WAY_MS;
  }
}

/** A region that cannot write because the writer elsewhere is gone is not out itself. */
function isBad(outcome: ProbeOutcome, target: Region): boolean {
  if (!outcome.answered || outcome.read !== 'ok') return true;
  return outcome.write === 'failed' && (outcome.writer === undefined || outcome.writer === target);
}

/** I7 and I8, at each verdict that lets a failover go on, and at each lease that is granted. */
export const quorumEvidence: MakeCheck = (world, violate) => {
  const truth = new Truth(world);
  const verdictAt = new Map<string, number>();
  return {
    invariant: 'I7',
    onFact: (fact) => {
      truth.note(fact);
      if (fact.kind === 'journaled' && fact.entry.step === 'Verify outage' && fact.entry.gates?.[0]?.passed === true) {
        const run = world.executions.runs.get(fact.entry.execution);
        if (run === undefined) return;
        verdictAt.set(fact.entry.execution, fact.at);
        // When it was given: a function that was frozen in between writes it down later, and the claim and the second look come after that.
        const givenAt = Math.min(fact.at, fact.entry.at);
        const accusers = truth.accusers(run.evacuated, givenAt);
        const serving = truth.serving(survivorOf(world.plan, run.evacuated), accusers, givenAt);
        const { quorum } = world.plan.detection;
        if (accusers.length < quorum || !accusers.includes(world.plan.witness) || serving.length < quorum) {
          violate(`${run.name} took ${run.evacuated} for down; really ${accusers.join(', ') || 'nobody'} saw it down and ${serving.join(', ') || 'nobody'} of these saw the survivor serve`);
        }
      }
      // Neither drill nor failback needs an outage; what they may do is I16's and I17's.
      if (fact.kind === 'lease' && fact.after.epoch > fact.before.epoch && fact.after.drill !== true && fact.after.failback !== true) {
        const age = fact.at - (verdictAt.get(fact.after.holder ?? '') ?? -Infinity);
        if (age > VERDICT_AGE_MS) violate(`epoch ${fact.after.epoch} was granted to ${fact.after.holder ?? 'nobody'} without a verdict of its own`);
      }
    },
  };
};

/** I8. Nobody acts while most vantage points see both regions down, or none of those that see the outage reaches anything else. */
export const sickMonitorAbstains: MakeCheck = (world, violate) => {
  const truth = new Truth(world);
  return {
    invariant: 'I8',
    onFact: (fact) => {
      truth.note(fact);
      if (fact.kind !== 'lease' || fact.after.epoch <= fact.before.epoch || fact.after.drill === true || fact.after.failback === true) return;
      const { evacuated } = fact.after;
      if (evacuated === undefined) return;
      const survivor = survivorOf(world.plan, evacuated);
      const places = vantagePointsOf(world.plan);
      const both = places.filter((place) => truth.of(place, evacuated).run > 0 && truth.of(place, survivor).servedAt < fact.at - BOTH_DOWN_MS);
      if (both.length >= world.plan.detection.quorum) violate(`epoch ${fact.after.epoch} was granted although ${both.join(' and ')} see both regions down`);
      if (!places.some((place) => truth.of(place, evacuated).judgedDownAt >= fact.at - VERDICT_AGE_MS)) {
        violate(`epoch ${fact.after.epoch} was granted although no vantage point that can judge sees ${evacuated} down`);
      }
    },
  };
};

/** What may be written between the last probe that saw a write and the end of the last permit: seconds, by the plan. */
const detectionSeconds = ({ plan: { detection, permit } }: World): number =>
  detection.evidenceAgeSecondsMax + detection.evidenceWaitSeconds + detection.probeIntervalSeconds * (detection.failuresToSuspect + 1) + permit.ttlSeconds + permit.clockErrorSeconds;

/**
 * I4. What is known to be written after the newest commit of the replica is within the RPO when promotion is asked for; unknown is
 * too much. And the writer that is granted lacks no more than that and what was written until the fence.
 */
export const lossBudget: MakeCheck = (world, violate) => {
  const truth = new Truth(world);
  const acknowledged: { readonly database: string; readonly id: number; readonly committedAt: number }[] = [];
  const { rpoSeconds } = world.plan.budgets;
  const promoted = ({ database, region }: { readonly database: string; readonly region: Region }): void => {
    const pair = world.pair(database);
    pair.advance();
    const held = pair.in(region).log.at(-1)?.at ?? -Infinity;
    const exposedSeconds = (truth.wroteAt(survivorOf(world.plan, region)) - held) / 1000;
    const isWithin = exposedSeconds <= rpoSeconds + world.plan.permit.clockErrorSeconds;
    if (pair.in(region).inRecovery && !isWithin) violate(`${database} in ${region} is promoted although ${exposedSeconds.toFixed(1)} s of seen writes could be lost; ${rpoSeconds} s are allowed`);
  };
  const granted = ({ database, writer }: { readonly database: string; readonly writer: Region }): void => {
    const held = new Set(world.pair(database).in(writer).log.map((commit) => commit.id));
    const lacking = acknowledged.filter((entry) => entry.database === database && !held.has(entry.id)).map((entry) => entry.committedAt);
    const lackingSeconds = (Math.max(...lacking) - Math.min(...lacking)) / 1000;
    const limitSeconds = rpoSeconds + detectionSeconds(world);
    if (lackingSeconds > limitSeconds) violate(`${writer} is granted the writes of ${database} although it lacks ${lacking.length} acknowledged ones of ${lackingSeconds.toFixed(1)} s; ${limitSeconds} s would be the RPO and the detection`);
  };
  return {
    invariant: 'I4',
    onFact: (fact) => {
      truth.note(fact);
      if (fact.kind === 'acknowledged') acknowledged.push(fact);
      if (fact.kind === 'acted' && fact.port === 'database.promote') promoted(fact.detail as { readonly database: string; readonly region: Region });
      if (fact.kind === 'acted' && fact.port === 'permits.grant') granted(fact.detail as { readonly database: string; readonly writer: Region });
    },
  };
};
