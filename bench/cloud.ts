// The simulated AWS that all subjects meet: how long each database takes to promote and to look well again, how slow Step Functions is,
// which events are lost. Drawn by the name of the application, so that every subject meets the very same cloud.
import type { ApplicationPlan } from '../domain/plan.ts';
import { Fleet, seedOf, type Member } from '../simulator/fleet.ts';
import { simulatedPlan, type PlanChanges } from '../simulator/plan.ts';
import { Random } from '../simulator/random.ts';
import type { World } from '../simulator/world.ts';
import type { Quota } from './quotas.ts';

export interface Cloud {
  readonly seed: number;
  readonly applications: number;
  /** Median of the time from an accepted promotion to the first write that the database takes. */
  readonly promotionSeconds: number;
  /** Median of the time from that write to the status `available`. */
  readonly statusLagSeconds: number;
  /** From one state of Step Functions to the next. */
  readonly transitionMs: number;
  /** The share of EventBridge's events that never arrive. */
  readonly eventLoss: number;
  readonly quotas: readonly Quota[];
  readonly plan?: PlanChanges;
  /** Of the application at a place in the row; all alike when absent. */
  readonly priorities?: (index: number) => number;
}

/** One figure in three is more than 30 % off the median: no published measurement says how much they really differ. */
const SPREAD = 0.3;
const spread = (random: Random): number => {
  // Box and Muller: a normal draw from two even ones.
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Math.exp(SPREAD * normal);
};

/** The Orchestrator sleeps for 60 s so that it is not misled by a replica that still looks `available`: here that guess is always right. */
const IDLE_MS_MAX = 50_000;

export interface Draws { readonly promotionMs: number; readonly statusLagMs: number }

/** What the cloud has in store for one application. */
export function drawsFor(cloud: Cloud, application: string): Draws {
  const random = new Random(seedOf(`${cloud.seed}/${application}/draws`));
  const [promotion, lag] = [spread(random), spread(random)];
  return { promotionMs: cloud.promotionSeconds * 1000 * promotion, statusLagMs: cloud.statusLagSeconds * 1000 * lag };
}

/** Does the event of one vantage point get lost? */
export const isLost = (cloud: Cloud, application: string, event: string): boolean =>
  new Random(seedOf(`${cloud.seed}/${application}/${event}`)).chance(cloud.eventLoss);

export const nameOf = (index: number): string => `app-${String(index).padStart(4, '0')}`;

export function plansOf(cloud: Cloud): readonly ApplicationPlan[] {
  const plan = simulatedPlan({ promoteTimeoutSeconds: 3600, ...cloud.plan });
  return Array.from({ length: cloud.applications }, (_, index) => ({ ...plan, application: nameOf(index), ...(cloud.priorities === undefined ? {} : { priority: cloud.priorities(index) }) }));
}

/** A fleet before its outage. `raised` is told of each suspicion. */
export function fleetOf(cloud: Cloud, raised: (member: Member, event: number) => void): Fleet {
  const prepare = (world: World): void => {
    const { promotionMs, statusLagMs } = drawsFor(cloud, world.plan.application);
    world.rds.promotionMs = [promotionMs, promotionMs];
    world.rds.backingUpMs = [statusLagMs, statusLagMs];
    world.rds.idleMsMax = IDLE_MS_MAX;
    world.executions.transitionMs = () => cloud.transitionMs;
  };
  const fleet = new Fleet({ seed: cloud.seed, plans: plansOf(cloud), prepare, raised });
  for (const { service, burst, perSecond } of cloud.quotas) fleet.budgets.limit(service, burst, perSecond);
  return fleet;
}
