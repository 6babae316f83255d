// Runs a record through the production policy: what each vantage point makes of it, when it suspects, what the verification says, and
// whether the lease would be given. The judgement is the steps' own; this file only lets time pass. It moves nothing.
import type { Failover, Outcome } from '../domain/journal.ts';
import type { Lease } from '../domain/lease.ts';
import type { Observation, ProbeOutcome } from '../domain/observation.ts';
import type { ApplicationPlan, Instant, Region } from '../domain/plan.ts';
import { recovered } from '../domain/recovery.ts';
import { claimable } from '../functions/claim/claimable.ts';
import { released } from '../functions/conclude/conclusion.ts';
import { observation } from '../functions/observe/observation.ts';
import { concern } from '../functions/observe/suspicion.ts';
import { verify } from '../functions/verify/verify.ts';
import { Episodes, type Episode, type Decision } from './episodes.ts';
import { Held } from './held.ts';
import { Lags } from './lag.ts';
import type { Evidence } from './record.ts';

interface Check { readonly at: Instant; readonly failover: Failover }
interface View { observation?: Observation; abstainedRounds: number; raisedAt?: Instant }

export interface EngineOptions {
  readonly plan: ApplicationPlan;
  /** A person acknowledges a failover this long after it. */
  readonly acknowledgeSeconds: number;
  readonly onEpisode: (episode: Episode) => void;
}

export class Engine {
  readonly #plan: ApplicationPlan;
  readonly #acknowledgeMs: number;
  readonly #held: Held;
  readonly #lags: Lags;
  readonly #episodes: Episodes;
  readonly #views = new Map<string, View>();
  readonly #verify: ReturnType<typeof verify>;
  #checks: Check[] = [];
  #now: Instant = 0;
  #lease: Lease;
  #acknowledgedAt: Instant = 0;
  #executions = 0;

  constructor({ plan, acknowledgeSeconds, onEpisode }: EngineOptions) {
    this.#plan = plan;
    this.#acknowledgeMs = acknowledgeSeconds * 1000;
    this.#held = new Held(plan.detection.probeIntervalSeconds);
    this.#lags = new Lags(plan);
    this.#episodes = new Episodes(onEpisode);
    this.#lease = { application: plan.application, epoch: 0, expiresAt: 0, acknowledgementDue: false };
    this.#verify = verify({
      observations: { list: async () => this.#seen(), put: async () => {} },
      journal: { record: async () => {}, list: async () => [] },
      clock: { now: () => this.#now, sleep: async () => {} },
    }, plan);
  }

  async take(evidence: Evidence): Promise<void> {
    if (this.#quiet()) this.#held.skipTo(evidence.at);
    // What is known at the same moment is known before anybody decides.
    await this.#pass(evidence.at - 1);
    this.#now = evidence.at;
    if (evidence.kind === 'held') this.#held.take(evidence);
    else if (evidence.kind === 'lag') this.#lags.take(evidence);
    else await this.#see(evidence.vantagePoint, evidence.target, evidence.outcome, evidence.control);
  }

  /** The record has ended: what was begun is decided, then nothing more is known. */
  async end(): Promise<void> {
    await this.#pass(this.#now + this.#plan.detection.evidenceWaitSeconds * 1000 + 1);
    this.#episodes.end(this.#now);
  }

  async #pass(limit: Instant): Promise<void> {
    for (;;) {
      const check = this.#checks.reduce<Check | undefined>((first, next) => (next.at <= limit && (first === undefined || next.at < first.at) ? next : first), undefined);
      const roundAt = this.#held.nextAt(limit);
      if (check === undefined && roundAt === undefined) return;
      if (check !== undefined && (roundAt === undefined || check.at < roundAt)) {
        this.#checks = this.#checks.filter((other) => other !== check);
        this.#now = check.at;
        await this.#check(check.failover);
      } else if (roundAt !== undefined) {
        this.#now = roundAt;
        for (const { vantagePoint, target, outcome } of this.#held.due(roundAt)) await this.#see(vantagePoint, target, outcome, true);
      }
    }
  }

  /** As the agent `observe` does it, gaps included: after one nobody knows whether a run of failures went on. */
  async #see(vantagePoint: Region, target: Region, outcome: ProbeOutcome, control: boolean): Promise<void> {
    const key = `${vantagePoint} ${target}`;
    const view = this.#views.get(key) ?? { abstainedRounds: 0 };
    this.#views.set(key, view);
    const last = view.observation;
    const stale = last !== undefined && this.#now - last.at > this.#plan.detection.evidenceAgeSecondsMax * 1000;
    const before = stale ? { ...last, result: 'abstained' as const, consecutiveFailures: 0 } : last;
    const seen = observation(before, { vantagePoint, target, outcome, control, at: this.#now }, this.#plan);
    view.abstainedRounds = seen.result === 'abstained' ? view.abstainedRounds + 1 : 0;
    view.observation = seen;
    const found = concern(seen, view.abstainedRounds, view.raisedAt, this.#plan, this.#now);
    if (found.kind === 'suspect') {
      view.raisedAt = this.#now;
      await this.#suspect(seen, found.reason);
    } else if (seen.result === 'up') {
      delete view.raisedAt;
      this.#episodes.well(target, vantagePoint, this.#now);
    }
  }

  async #suspect(seen: Observation, reason: string): Promise<void> {
    const episode = this.#episodes.suspected(seen.target, seen.vantagePoint, seen.failingSince ?? this.#now, this.#now, reason);
    if (episode.decision !== undefined || this.#checks.some(({ failover }) => failover.evacuated === seen.target)) return;
    this.#executions += 1;
    await this.#check({ application: this.#plan.application, execution: `replay-${this.#executions}`, evacuated: seen.target, incident: episode.name, mode: 'automatic', startedAt: this.#now });
  }

  async #check(failover: Failover): Promise<void> {
    const { verdict, nextCheckAt } = await this.#verify({ failover });
    if (nextCheckAt !== undefined && verdict.kind !== 'down') {
      this.#checks.push({ at: Date.parse(nextCheckAt), failover });
      return;
    }
    if (verdict.kind === 'down') this.#decide(failover, verdict.reason);
    else this.#episodes.stoodDown(failover.evacuated, this.#now, `${verdict.kind}: ${verdict.reason}`);
  }

  #decide(failover: Failover, reason: string): void {
    if (this.#lease.acknowledgementDue && this.#now >= this.#acknowledgedAt) this.#lease = { ...this.#lease, acknowledgementDue: false };
    const claim = claimable(this.#lease, failover, this.#plan, this.#now);
    if (claim.kind === 'refuse') {
      this.#episodes.stoodDown(failover.evacuated, this.#now, `refused: ${claim.reason}`);
      return;
    }
    this.#lease = claim.next;
    const decision = this.#assess(failover, reason);
    const outcome: Outcome = decision === undefined ? 'Stood down' : decision.kind === 'asks a person' ? 'Handed to a human' : decision.kind;
    this.#lease = released(this.#lease, failover.execution, outcome, this.#plan, this.#now) ?? this.#lease;
    if (decision === undefined) return;
    this.#acknowledgedAt = this.#now + this.#acknowledgeMs;
    this.#episodes.decided(failover.evacuated, decision);
  }

  /** What the assessment can say of a record: is the region well again, may so much be lost, must a person be asked? */
  #assess({ evacuated }: Failover, verdict: string): Decision | undefined {
    const well = recovered(this.#seen(), this.#plan, evacuated, this.#now);
    if (well !== undefined) {
      this.#episodes.stoodDown(evacuated, this.#now, `${verdict}; but ${well.join(' and ')} see ${evacuated} write`);
      return undefined;
    }
    const loss = this.#lags.refusal(evacuated, this.#seen(), this.#now);
    if (loss !== undefined) return { at: this.#now, kind: 'Handed to a human', reason: `${verdict}; ${loss}` };
    if (this.#plan.policy.approval === 'required') return { at: this.#now, kind: 'asks a person', reason: `${verdict}; policy.approval is required` };
    return { at: this.#now, kind: 'Failed over', reason: verdict };
  }

  #seen(): readonly Observation[] {
    return [...this.#views.values()].flatMap((view) => view.observation ?? []);
  }

  #quiet(): boolean {
    return this.#checks.length === 0 && this.#episodes.none && [...this.#views.values()].every(({ observation: last }) => last === undefined || last.result === 'up');
  }
}
