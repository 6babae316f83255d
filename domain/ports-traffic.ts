// The ports by which users are moved: weighted records, the switch in the table, routing controls.
import type { DatabasePlan, Region, RoutingControlPlan, TrafficPlan } from './plan.ts';

export interface TrafficFacts {
  /** Region -> weight of its record, as stored. */
  readonly weights: Readonly<Record<Region, number>>;
}

export interface WeightChange { readonly traffic: TrafficPlan; readonly weights: Readonly<Record<Region, number>> }

export interface Traffic {
  read(traffic: TrafficPlan): Promise<TrafficFacts>;
  /** Sets all regions' weights of these records: never half of a record, as few batches as Route 53 takes. Returns the changes' ids. */
  setWeights(changes: readonly WeightChange[]): Promise<readonly string[]>;
  /** Points the writer's record at the region's database. Returns the change's id, undefined when it already does. */
  pointWriter(database: DatabasePlan, region: Region): Promise<string | undefined>;
  /** What the authoritative servers answer now. */
  resolve(name: string): Promise<readonly string[]>;
}

/** Which region users are led away from by the switch; one word per application, so that it can never be both. */
export interface TrafficSwitch {
  readonly application: string;
  /** Whoever wrote it last; 0 before anybody did. */
  readonly epoch: number;
  readonly evacuated?: Region;
}

/** The switch that health checkers read (functions/answer). Turned in the table: no control plane is asked. */
export interface SwitchStore {
  /** Strongly consistent. */
  read(application: string): Promise<TrafficSwitch>;
  /** False if a newer epoch has written. */
  set(next: TrafficSwitch): Promise<boolean>;
  /** What the nearest replica holds: perhaps a moment old, but there while the other replicas are not. */
  glance(application: string): Promise<TrafficSwitch>;
}

/** Routing controls that let users into a region or not. */
export interface RoutingControls {
  /** Region -> does its control let users in? `last`: the region whose endpoint is asked after all others. */
  read(plan: RoutingControlPlan, last: Region): Promise<Readonly<Record<Region, boolean>>>;
  /** Sets all of them in one request, under the safety rules that people made. */
  set(plan: RoutingControlPlan, open: Readonly<Record<Region, boolean>>, last: Region): Promise<void>;
}
