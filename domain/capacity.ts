// What is given more room when one region takes the load of both: four kinds of things that count something. Each kind names its thing per
// region, with the steady count; how far it is raised is the same arithmetic for all. Nothing here ever lowers a count below what runs.
import type { Region } from './plan.ts';

/** `baseline` is the steady count with both regions serving: the target is counted from it, so that scaling twice is scaling once. */
interface Counted { readonly baseline: number }
interface Named { readonly name: string; readonly factor: number; readonly desiredMax: number }

/** Tasks of an ECS service. */
export interface ServiceCapacity extends Named {
  readonly kind: 'ecs';
  readonly services: Readonly<Record<Region, Counted & { readonly cluster: string; readonly service: string }>>;
}
/** Instances of an EC2 Auto Scaling group; its own bounds are obeyed and never moved. */
export interface GroupCapacity extends Named {
  readonly kind: 'auto-scaling-group';
  readonly groups: Readonly<Record<Region, Counted & { readonly group: string }>>;
}
/** Provisioned concurrency of an alias or a version of a Lambda function. */
export interface ConcurrencyCapacity extends Named {
  readonly kind: 'lambda-concurrency';
  readonly functions: Readonly<Record<Region, Counted & { readonly function: string; readonly qualifier: string }>>;
}
/** The minimum of a target of Application Auto Scaling, which then keeps scaling above it by its own policies. */
export interface MinimumCapacity extends Named {
  readonly kind: 'scaling-minimum';
  readonly targets: Readonly<Record<Region, Counted & { readonly namespace: string; readonly resource: string; readonly dimension: string }>>;
}
export type CapacityPlan = ServiceCapacity | GroupCapacity | ConcurrencyCapacity | MinimumCapacity;
export type CapacityKind = CapacityPlan['kind'];

/** What a thing counts now. */
export interface CapacityFacts {
  readonly desired: number;
  readonly running: number;
  /** A bound of its own that no wish may pass: the group's maximum size, the target's maximum capacity. */
  readonly most?: number;
  /** Why what is wanted does not run, in AWS's words: no instances of the type, a quota, a container that ends. */
  readonly shortage?: string;
}

/** Region -> the thing there, whatever its kind. */
export function countedIn(capacity: CapacityPlan): Readonly<Record<Region, Counted>> {
  switch (capacity.kind) {
    case 'ecs': return capacity.services;
    case 'auto-scaling-group': return capacity.groups;
    case 'lambda-concurrency': return capacity.functions;
    case 'scaling-minimum': return capacity.targets;
  }
}

/** Where a kind lists its places in a plan and in `hotshift.yml`. */
export const PLACES_OF = { ecs: 'services', 'auto-scaling-group': 'groups', 'lambda-concurrency': 'functions', 'scaling-minimum': 'targets' } as const satisfies Readonly<Record<CapacityKind, string>>;

/** What one region needs for the load of both, within the plan's own bound; never below the steady count. */
export const roomFor = ({ factor, desiredMax }: Pick<CapacityPlan, 'factor' | 'desiredMax'>, baseline: number): number =>
  Math.max(baseline, Math.min(Math.ceil(baseline * factor), desiredMax));
