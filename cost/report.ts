// The whole answer of `hotshift cost` as data: strategies, choice, break-even, Hotshift's own bill, peers, and what all of it rests on.
import type { ApplicationPlan } from '../domain/plan.ts';
import type { Plans } from '../events/config.ts';
import { assumptionList, type Assumption, type Assumptions } from './assumptions.ts';
import type { Bill } from './bill.ts';
import { breakEven, cheapest, totalPerYear, type BreakEven, type Candidate } from './choice.ts';
import { downtime, outageHours, type Downtime } from './downtime.ts';
import { drill, failover, idle } from './own.ts';
import type { Price, PriceName, Prices } from './prices.ts';
import { MONTH_HOURS, stacksOf } from './stack.ts';
import { monthly, strategyNames, tasksOf, type StrategyName, type Tasks } from './strategies.ts';
import { failoverUse, type FailoverUse } from './workflow.ts';

export interface StrategyCost extends Downtime {
  readonly name: StrategyName;
  readonly bill: Bill;
  readonly peopleDollars: number;
  /** This application's share of Hotshift; warm and cold are brought up by people, and their RTO says so. */
  readonly hotshiftDollars: number;
  readonly dollarsPerMonth: number;
  readonly downtimeDollarsPerYear?: number;
  readonly totalDollarsPerYear?: number;
}

/** The classic example: the same application for two companies. */
export const classicCompanies = [{ revenuePerHour: 100_000, availabilityPercent: 99.99 }, { revenuePerHour: 1000, availabilityPercent: 99.9 }] as const;

export interface CostReport {
  readonly application: string;
  readonly applications: number;
  readonly prices: { readonly read: string; readonly region: string };
  readonly revenuePerHour?: number;
  readonly outageHoursPerYear: number;
  readonly tasks: Tasks;
  readonly strategies: readonly StrategyCost[];
  readonly best?: StrategyName;
  /** Hot as planned: less capacity stands by, and the survivor is scaled up in the failover. */
  readonly plannedDollarsPerMonth: number;
  readonly breakEven: readonly { readonly quick: StrategyName; readonly slow: StrategyName; readonly result: BreakEven }[];
  readonly classic: readonly { readonly revenuePerHour: number; readonly availabilityPercent: number; readonly best: StrategyName; readonly totals: Readonly<Record<StrategyName, number>> }[];
  readonly own: { readonly idle: Bill; readonly failover: Bill; readonly drill: Bill; readonly failoverUse: FailoverUse };
  readonly peers: readonly { readonly name: string; readonly dollarsPerMonth: number; readonly remark: string }[];
  readonly assumptions: readonly Assumption[];
  readonly priceList: readonly (Price & { readonly name: PriceName })[];
}

export interface CostInput { readonly plans: Plans; readonly plan: ApplicationPlan; readonly prices: Prices; readonly assumptions: Assumptions; readonly given: unknown }

export async function costReport({ plans, plan, prices, assumptions, given }: CostInput): Promise<CostReport> {
  const stacks = stacksOf(plans);
  const use = await failoverUse(plan, assumptions.hotshift);
  const own = { idle: idle(plans, stacks, assumptions, prices), failover: failover(plan, plans, stacks, use, assumptions, prices), drill: drill(plan, plans, stacks, use, assumptions, prices), failoverUse: use };
  const share = own.idle.dollars / plans.applications.length;
  const { revenuePerHour } = assumptions.business;
  const strategies = strategyNames.map((name) => strategyCost(name, plan, prices, assumptions, share));
  const candidates = candidatesOf(strategies);
  const tasks = tasksOf(plan, assumptions);
  return {
    application: plan.application, applications: plans.applications.length, prices: { read: prices.read, region: prices.region },
    ...(revenuePerHour === undefined ? {} : { revenuePerHour, best: cheapest(candidates, revenuePerHour) }),
    outageHoursPerYear: outageHours(assumptions.business), tasks, strategies,
    plannedDollarsPerMonth: monthly('hot', plan, assumptions, prices, tasks.planned).dollars + share,
    breakEven: breakEvens(candidates), classic: classicOf(plan, assumptions, strategies), own,
    peers: peersOf(plans.applications.length, prices), assumptions: assumptionList(assumptions, given),
    priceList: Object.entries(prices.prices).map(([name, price]) => ({ name: name as PriceName, ...price })),
  };
}

function strategyCost(name: StrategyName, plan: ApplicationPlan, prices: Prices, assumptions: Assumptions, share: number): StrategyCost {
  const { bill, peopleDollars, dollars } = monthly(name, plan, assumptions, prices);
  const hotshiftDollars = name === 'hot' ? share : 0;
  const dollarsPerMonth = dollars + hotshiftDollars;
  const felt = downtime(name, plan, assumptions);
  const { revenuePerHour } = assumptions.business;
  const candidate: Candidate = { name, dollarsPerYear: 12 * dollarsPerMonth, downtimeHoursPerYear: felt.hoursPerYear };
  return {
    name, bill, peopleDollars, hotshiftDollars, dollarsPerMonth, ...felt,
    ...(revenuePerHour === undefined ? {} : { downtimeDollarsPerYear: felt.hoursPerYear * revenuePerHour, totalDollarsPerYear: totalPerYear(candidate, revenuePerHour) }),
  };
}

const candidatesOf = (strategies: readonly StrategyCost[]): readonly Candidate[] =>
  strategies.map(({ name, dollarsPerMonth, hoursPerYear }) => ({ name, dollarsPerYear: 12 * dollarsPerMonth, downtimeHoursPerYear: hoursPerYear }));

function breakEvens(candidates: readonly Candidate[]): CostReport['breakEven'] {
  return candidates.slice(0, -1).flatMap((quick, index) => {
    const slow = candidates[index + 1];
    return slow === undefined ? [] : [{ quick: quick.name, slow: slow.name, result: breakEven(quick, slow) }];
  });
}

function classicOf(plan: ApplicationPlan, assumptions: Assumptions, strategies: readonly StrategyCost[]): CostReport['classic'] {
  return classicCompanies.map(({ revenuePerHour, availabilityPercent }) => {
    const business = { outage: assumptions.business.outage, availabilityPercent };
    const candidates = strategies.map(({ name, dollarsPerMonth }): Candidate => ({ name, dollarsPerYear: 12 * dollarsPerMonth, downtimeHoursPerYear: downtime(name, plan, assumptions, business).hoursPerYear }));
    const totals = Object.fromEntries(candidates.map((candidate) => [candidate.name, totalPerYear(candidate, revenuePerHour)])) as Record<StrategyName, number>;
    return { revenuePerHour, availabilityPercent, best: cheapest(candidates, revenuePerHour), totals };
  });
}

const peersOf = (applications: number, { prices }: Prices): CostReport['peers'] => [
  { name: 'ARC Region switch', dollarsPerMonth: prices.regionSwitchMonth.dollars * applications, remark: `one plan for each of ${applications} application${applications === 1 ? '' : 's'}; it starts from alarms or by hand, and what verifies and fences is yours` },
  { name: 'ARC routing controls', dollarsPerMonth: prices.routingClusterHour.dollars * MONTH_HOURS, remark: 'one cluster for all applications; it moves traffic and nothing else' },
];
