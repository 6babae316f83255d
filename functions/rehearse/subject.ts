// What is rehearsed: one application, in which places, held against which package.
import type { ApplicationValues, Inventory, Packaged } from '../../domain/inventory.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';

export interface Subject {
  readonly plan: ApplicationPlan;
  readonly table: string;
  /** Undefined when nobody packaged anything here: then it is said that the deployment was not held against it. */
  readonly packaged: Packaged | undefined;
}

export interface Asked extends Subject {
  readonly place: Region;
  /** Is this the place that also looks at what belongs to no region? One of several is enough. */
  readonly isFirst: boolean;
  readonly inventory: Inventory;
  readonly values: ApplicationValues | undefined;
  readonly now: Instant;
}
