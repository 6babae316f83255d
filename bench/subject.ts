// What is measured of each subject: moments of every application, and what the whole run cost in calls, transitions and Lambda time.
import type { Fleet } from '../simulator/fleet.ts';
import { serviceOf } from '../simulator/budgets.ts';
import { EPOCH_MS } from '../simulator/world.ts';
import type { Cloud } from './cloud.ts';
import type { SubjectName } from './subjects.ts';

/** Seconds since the beginning of the run; undefined for what has not happened. */
export interface Moments {
  readonly application: string;
  /** The first suspicion of a vantage point: all subjects begin here. */
  triggerAt?: number;
  askedAt?: number;
  /** The database takes writes. */
  writableAt?: number;
  /** The subject knows it and goes on. */
  knownAt?: number;
  /** Application servers may write to the new writer. */
  letInAt?: number;
  doneAt?: number;
  /** `hung`: nobody will ever say how it ended. */
  /** Why it ended as it did. */
  reason?: string;
  end: 'done' | 'handed over' | 'hung' | 'running';
}

export interface Cost {
  /** Calls of APIs that have a quota, by service. */
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: Readonly<Record<string, number>>;
  readonly transitions: number;
  readonly transitionsPerSecondMax: number;
  readonly lambdaGigabyteSeconds: number;
  readonly invocations: number;
}

export interface Measured { readonly subject: SubjectName; readonly cloud: Cloud; readonly applications: readonly Moments[]; readonly cost: Cost; /** Whose two databases would have taken writes at once, had the region only been cut off. */ readonly unfenced: number }

export const since = (at: number): number => (at - EPOCH_MS) / 1000;

const COUNTED = new Set(['database', 'traffic', 'capacity']);

/** Listens to a fleet from its beginning. */
export class Meter {
  readonly moments: ReadonlyMap<string, Moments>;
  readonly calls: Record<string, number> = {};
  readonly #perSecond = new Map<number, number>();
  readonly #fleet: Fleet;
  fenced = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.moments = new Map([...fleet.members.keys()].map((application) => [application, { application, end: 'running' }]));
    for (const [application, { world }] of fleet.members) {
      const moments = this.of(application);
      world.facts.listen((fact) => {
        if (fact.kind === 'called' && COUNTED.has(serviceOf(fact.port))) this.calls[serviceOf(fact.port)] = (this.calls[serviceOf(fact.port)] ?? 0) + 1;
        if (fact.kind === 'acted' && fact.port === 'database.promote') moments.askedAt ??= since(fact.at);
        if (fact.kind === 'promoted') moments.writableAt ??= since(fact.at);
        if (fact.kind === 'permit' && fact.after.withdrawn) this.fenced += Number(fact.before?.withdrawn === false);
        if (fact.kind === 'permit' && fact.after.epoch > 0 && !fact.after.withdrawn) moments.letInAt ??= since(fact.at);
        if (fact.kind === 'state') this.entered(fact.at);
      });
    }
  }

  of(application: string): Moments {
    const found = this.moments.get(application);
    if (found === undefined) throw new RangeError(`there is no application ${application}`);
    return found;
  }

  entered(at: number): void {
    const second = Math.floor(at / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
  }

  get transitionsPerSecondMax(): number {
    return Math.max(0, ...this.#perSecond.values());
  }

  cost(own: { readonly transitions: number; readonly gigabyteMs: number; readonly invocations: number }): Cost {
    return {
      calls: this.calls, throttled: Object.fromEntries(this.#fleet.budgets.throttled), transitions: own.transitions,
      transitionsPerSecondMax: this.transitionsPerSecondMax, lambdaGigabyteSeconds: own.gigabyteMs / 1000, invocations: own.invocations,
    };
  }
}
