// EventBridge: at least once, usually at once, sometimes late, twice or never. A rule starts the workflow under a name made of the
// event's id, so that one event starts one execution however often it is delivered.
import type { Suspicion } from '../domain/ports.ts';
import type { VirtualClock } from './clock.ts';
import type { Place, Places } from './places.ts';
import type { Random } from './random.ts';

export class Bus {
  readonly #world: { readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly start: (place: Place, name: string, input: Suspicion) => void };
  #events = 0;
  /** How many events came in so far. */
  get accepted(): number {
    return this.#events;
  }
  lostChance = 0;
  duplicateChance = 0;
  lateMs: readonly [number, number] = [50, 600];

  constructor(world: { readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly start: (place: Place, name: string, input: Suspicion) => void }) {
    this.#world = world;
  }

  accept(suspicion: Suspicion, region: Place): void {
    const { random } = this.#world;
    this.#events += 1;
    const name = `event-${this.#events}`;
    if (random.chance(this.lostChance)) return;
    this.#deliver(name, suspicion, region);
    if (random.chance(this.duplicateChance)) this.#deliver(name, suspicion, region);
  }

  #deliver(name: string, suspicion: Suspicion, region: Place): void {
    const { places, random, start } = this.#world;
    places.after(region, random.between(...this.lateMs), () => start(region, name, suspicion));
  }
}
