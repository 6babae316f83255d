// The part of the global table that detection uses: newest observations and open incidents, with the conditions of
// adapters/observation-store.ts and adapters/incident-store.ts. It answers at once unless the weather says that it stalls.
import { TryAgainError } from '../../domain/errors.ts';
import type { Observation } from '../../domain/observation.ts';
import type { Instant, Region } from '../../domain/plan.ts';
import type { IncidentStore, ObservationStore } from '../../domain/ports.ts';
import type { VirtualClock } from '../clock.ts';
import type { Weather } from './weather.ts';

/** Three attempts of 2 s each: adapters/clients.ts, use `state`. */
const GIVES_UP_MS = 6000;

/** Who calls: the process of an agent may stand still, a step of the workflow does not. */
export interface Calling { readonly clock: VirtualClock; readonly weather: Weather; readonly place: Region; readonly agent: boolean }

export class Table {
  readonly #observations = new Map<Region, Map<Region, Observation>>();
  readonly #incidents = new Map<Region, { readonly incident: string; open: boolean }>();

  /** Forgets what a place saw: its next round says it anew. */
  forget(place: Region): void {
    this.#observations.delete(place);
  }

  list(): readonly Observation[] {
    return [...this.#observations.values()].flatMap((seen) => [...seen.values()]);
  }

  /** An older view never replaces a newer one. */
  put(observation: Observation): void {
    const seen = this.#observations.get(observation.vantagePoint) ?? new Map<Region, Observation>();
    const before = seen.get(observation.target);
    if (before === undefined || before.at <= observation.at) seen.set(observation.target, observation);
    this.#observations.set(observation.vantagePoint, seen);
  }

  openIncident(application: string, region: Region, at: Instant): string {
    const found = this.#incidents.get(region);
    if (found?.open === true) return found.incident;
    const incident = `${application}-${region}-${at}`;
    this.#incidents.set(region, { incident, open: true });
    return incident;
  }

  closeIncident(region: Region, incident: string): void {
    const found = this.#incidents.get(region);
    if (found?.incident === incident) found.open = false;
  }

  /** One call from a place: it takes effect when it is answered, or not at all. `what` tells calls of one instant apart. */
  call<Answer>(from: Calling, what: string, act: () => Answer): Promise<Answer> {
    const { clock, weather, place, agent } = from;
    const now = clock.now();
    const { delayMs, fails } = weather.table(place, now, what);
    if (!fails && delayMs === 0) return Promise.resolve(act());
    return new Promise((resolve, reject) => {
      const due = now + (fails ? GIVES_UP_MS : delayMs);
      clock.at(agent ? weather.thaw(place, due) : due, () => {
        clock.touched();
        if (fails) reject(new TryAgainError('the table did not answer'));
        else resolve(act());
      });
    });
  }

  storesFor(from: Calling): { readonly observations: ObservationStore; readonly incidents: IncidentStore } {
    return {
      observations: {
        put: (observation) => this.call(from, `put ${observation.target}`, () => this.put(observation)),
        // What was there when it was asked, however late the answer comes: the worst that a consistent read may do.
        list: () => { const seen = this.list(); return this.call(from, 'list', () => seen); },
      },
      incidents: {
        open: (application, region, at) => this.call(from, `open ${region}`, () => this.openIncident(application, region, at)),
        close: (_application, region, incident) => this.call(from, `close ${region}`, () => this.closeIncident(region, incident)),
      },
    };
  }
}
