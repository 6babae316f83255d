// Hot, warm and cold for one application: what stands in the two regions, and what that costs in a month. Users' own traffic is
// left out, since it is the same in all of them.
import { roomFor, type ServiceCapacity } from '../domain/capacity.ts';
import type { ApplicationPlan } from '../domain/plan.ts';
import type { Assumptions } from './assumptions.ts';
import { billOf, type Bill, type Use } from './bill.ts';
import type { Prices } from './prices.ts';
import { MONTH_HOURS } from './stack.ts';

export type StrategyName = 'hot' | 'warm' | 'cold';
export const strategyNames: readonly StrategyName[] = ['hot', 'warm', 'cold'];

/** Tasks in both regions together. `planned`: hot as the plan has it, where the survivor is scaled up only when it must carry all. */
export interface Tasks extends Readonly<Record<StrategyName, number>> { readonly full: number; readonly planned: number }

export function tasksOf(plan: ApplicationPlan, { application }: Assumptions): Tasks {
  const sum = (of: (capacity: ServiceCapacity) => number): number => plan.capacity.filter((capacity) => capacity.kind === 'ecs').reduce((total, capacity) => total + of(capacity), 0);
  // What one region needs to carry all users: what the plan scales the survivor to.
  const full = sum((capacity) => Math.max(...Object.values(capacity.services).map(({ baseline }) => roomFor(capacity, baseline))));
  const planned = sum(({ services }) => Object.values(services).reduce((own, { baseline }) => own + baseline, 0));
  return { full, planned, hot: 2 * full, warm: full + Math.ceil(full * application.warmShare), cold: full };
}

export interface Monthly { readonly bill: Bill; readonly peopleDollars: number; readonly dollars: number }

/** The month of a strategy, without Hotshift itself. */
export function monthly(name: StrategyName, plan: ApplicationPlan, assumptions: Assumptions, prices: Prices, tasks = tasksOf(plan, assumptions)[name]): Monthly {
  const bill = billOf([...computeUses(tasks, assumptions), ...entranceUses(name, assumptions), ...databaseUses(name, plan, assumptions)], prices);
  const { people } = assumptions;
  const peopleDollars = people.dollarsPerHour * people[`${name}HoursPerMonth`];
  return { bill, peopleDollars, dollars: bill.dollars + peopleDollars };
}

const computeUses = (tasks: number, { application }: Assumptions): readonly Use[] => [
  [`${tasks} tasks, vCPU-hours`, tasks * application.taskVcpu * MONTH_HOURS, 'vcpuHour'],
  [`${tasks} tasks, GB-hours`, tasks * application.taskMemoryGb * MONTH_HOURS, 'memoryGbHour'],
];

function entranceUses(name: StrategyName, { application }: Assumptions): readonly Use[] {
  const places = name === 'cold' ? 1 : 2;
  return [
    ['load balancers, hours', places * MONTH_HOURS, 'loadBalancerHour'],
    // Users come once, wherever they come in.
    ['load balancer units, hours', application.loadUnits * MONTH_HOURS, 'loadUnitHour'],
    ['NAT gateways, hours', places * application.natGateways * MONTH_HOURS, 'natGatewayHour'],
  ];
}

/** Writer in two zones everywhere; the other region's instance in two zones (hot), in one (warm), or only as snapshots (cold). */
function databaseUses(name: StrategyName, { databases }: ApplicationPlan, { application }: Assumptions): readonly Use[] {
  const zones = { hot: 4, warm: 3, cold: 2 }[name];
  const count = databases.length;
  return [
    ['database instances, hours in a zone', count * zones * MONTH_HOURS, 'databaseHour'],
    ['database storage, GB', count * zones * application.databaseStorageGb, 'databaseGbMonth'],
    ['snapshots in the other region, GB', name === 'cold' ? count * application.databaseStorageGb : 0, 'backupGbMonth'],
    [name === 'cold' ? 'snapshots copied, GB' : 'replication, GB', count * application.databaseChangeGb, 'interRegionGb'],
  ];
}
