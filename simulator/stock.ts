// How much AWS has to give in a region: what is wanted beyond it does not run, and the answer says why. Orders are taken all the same.
import type { CapacityFacts } from '../domain/capacity.ts';
import type { Region } from '../domain/plan.ts';

export class Stock {
  readonly #most = new Map<Region, number>();

  limit(region: Region, most: number): void {
    this.#most.set(region, most);
  }

  lift(region: Region): void {
    this.#most.delete(region);
  }

  of(region: Region, desired: number): Pick<CapacityFacts, 'running' | 'shortage'> {
    const most = this.#most.get(region) ?? desired;
    return most >= desired ? { running: desired } : { running: most, shortage: 'InsufficientInstanceCapacity' };
  }
}
