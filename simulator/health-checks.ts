// What Route 53's health checkers make of a region, where records carry a health check: its own answer, the switch (functions/answer in
// the OTHER region, asked through the internet, inverted) and its routing control. They look every two seconds, in turn: with checkers all
// over the world and ten seconds between two looks of each, that is how late the status follows.
import { survivorOf, type ApplicationPlan, type Region } from '../domain/plan.ts';
import type { VirtualClock } from './clock.ts';
import { INTERNET, type Places } from './places.ts';
import type { Random } from './random.ts';
import type { Table } from './table.ts';

const LOOK_EVERY_MS = 2000;

export interface HealthCheckWorld { readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly table: Table }

export class HealthChecks {
  readonly #world: HealthCheckWorld;
  readonly #plan: ApplicationPlan;
  readonly #left = new Set<Region>();
  #open: Readonly<Record<Region, boolean>>;

  constructor(plan: ApplicationPlan, world: HealthCheckWorld) {
    [this.#plan, this.#world] = [plan, world];
    this.#open = Object.fromEntries(plan.regions.map((region) => [region, true]));
    if (!plan.traffic.some(({ strategies }) => strategies.includes('health-check-switch'))) return;
    for (const region of plan.regions) world.clock.after(world.random.between(0, LOOK_EVERY_MS), () => this.#look(region));
  }

  /** Is a region neither switched off nor behind a control that is off, as the checkers last saw it? */
  letsIn(region: Region): boolean {
    return !this.#left.has(region) && this.#open[region] !== false;
  }

  controls(): Readonly<Record<Region, boolean>> {
    return this.#open;
  }

  setControls(open: Readonly<Record<Region, boolean>>): void {
    this.#open = { ...this.#open, ...open };
  }

  #look(region: Region): void {
    const { clock, places, table } = this.#world;
    clock.after(LOOK_EVERY_MS, () => this.#look(region));
    const asked = survivorOf(this.#plan, region);
    // Silence is "not left": the check is inverted.
    if (!places.connected(INTERNET, asked)) this.#left.delete(region);
    // A function whose replica does not answer keeps to what it last knew.
    else if (table.glancesIn(asked)) this.#left[table.trafficSwitch.evacuated === region ? 'add' : 'delete'](region);
  }
}
