// The RPO gate, as far as a record can say: by the newest lag that stands in it, and by the production rule of what could be lost.
import { exposureSeconds } from '../domain/exposure.ts';
import type { Observation } from '../domain/observation.ts';
import { survivorOf, type ApplicationPlan, type Instant, type Region } from '../domain/plan.ts';
import type { Evidence } from './record.ts';

// CloudWatch publishes ReplicaLag once a minute; after five of them nobody knows the lag any more.
const KNOWN_MS = 300_000;

export class Lags {
  readonly #plan: ApplicationPlan;
  readonly #newest = new Map<Region, { readonly at: Instant; readonly lagSeconds: number }>();

  constructor(plan: ApplicationPlan) {
    this.#plan = plan;
  }

  take({ target, at, lagSeconds }: Extract<Evidence, { kind: 'lag' }>): void {
    this.#newest.set(target, { at, lagSeconds });
  }

  /** Why a person would have to decide; undefined when nothing speaks against it, or when the record has no lags at all. */
  refusal(evacuated: Region, observations: readonly Observation[], now: Instant): string | undefined {
    if (this.#newest.size === 0) return undefined;
    const last = this.#newest.get(survivorOf(this.#plan, evacuated));
    const known = last !== undefined && now - last.at <= KNOWN_MS;
    // The lag that was measured last is taken to be the lag now: the production step reads the replica itself.
    const facts = known ? { inRecovery: true, readAt: now, replayedAt: now - last.lagSeconds * 1000 } : undefined;
    const exposed = exposureSeconds(facts, observations, evacuated);
    if (exposed <= this.#plan.budgets.rpoSeconds) return undefined;
    return `${Number.isFinite(exposed) ? `${exposed.toFixed(1)} s of writes` : 'an unknown amount of writes'} could be lost, the RPO is ${this.#plan.budgets.rpoSeconds} s`;
  }
}
