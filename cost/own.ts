// What Hotshift itself costs: standing by for a month, for one failover, for one drill. From the templates, the workflow and the plan.
import type { ApplicationPlan } from '../domain/plan.ts';
import { vantagePointsOf } from '../domain/plan.ts';
import type { Plans } from '../events/config.ts';
import { RETENTION_DAYS } from '../resources/functions.ts';
import { allRegions } from '../resources/plans.ts';
import type { Assumptions } from './assumptions.ts';
import { billOf, type Bill, type Use } from './bill.ts';
import type { Prices } from './prices.ts';
import { MONTH_HOURS, type Stacks } from './stack.ts';
import type { FailoverUse } from './workflow.ts';

const MONTH_SECONDS = MONTH_HOURS * 3600;
const MILLION = 1e6;
const KB_PER_GB = 1e6;
// CloudWatch keeps logs compressed; a sixth is usual for JSON, and the line is cents either way.
const KEPT_SHARE = 1 / 6;

/** One month of standing by, for all applications of the configuration. */
export function idle(plans: Plans, stacks: Stacks, assumptions: Assumptions, prices: Prices): Bill {
  return billOf([...functionUses(stacks, assumptions), ...tableUses(plans, stacks, assumptions), ...standingUses(plans, stacks, assumptions)], prices);
}

function functionUses({ starts, standing }: Stacks, { hotshift }: Assumptions): readonly Use[] {
  const agents = starts.filter(({ keepsWarm }) => !keepsWarm);
  const warmers = starts.filter(({ keepsWarm }) => keepsWarm);
  const sum = (of: typeof starts, each: (start: (typeof starts)[number]) => number): number => of.reduce((total, start) => total + start.perMonth * each(start), 0);
  const logGb = (sum(agents, () => hotshift.agentLogKb) + sum(warmers, () => hotshift.keepWarmLogKb)) / KB_PER_GB;
  const names = [...new Set(agents.map((start) => start.function))];
  return [
    ...names.map((name): Use => {
      const own = agents.filter((start) => start.function === name);
      const memoryMb = Math.round((own[0]?.memoryGb ?? 0) * 1024);
      return [`agent ${name}, ${own.length} of them at ${memoryMb} MB, GB-seconds`, sum(own, ({ runSeconds, memoryGb }) => (runSeconds ?? hotshift.stepSeconds) * memoryGb), 'lambdaGbSecond'];
    }),
    ['steps kept warm, GB-seconds', sum(warmers, ({ memoryGb }) => hotshift.keepWarmSeconds * memoryGb), 'lambdaGbSecond'],
    ['calls of functions, millions', sum(starts, () => 1) / MILLION, 'lambdaMillionRequests'],
    ['starts by the scheduler, millions', sum(starts, () => 1) / MILLION, 'scheduledMillion'],
    ['traces, millions', sum(starts, () => 1) / MILLION, 'tracesMillion'],
    ['logs taken in, GB', logGb, 'logsGb'],
    [`logs kept ${RETENTION_DAYS} days, GB`, logGb * KEPT_SHARE * (RETENTION_DAYS / (365 / 12)), 'logsGbMonth'],
    // One StepDuration for each agent and place, beside those that alarms look at; metrics of the steps last an hour and only when they run.
    ['metrics of our own', agents.length + standing.metrics, 'metricMonth'],
  ];
}

function tableUses(plans: Plans, { starts }: Stacks, { hotshift }: Assumptions): readonly Use[] {
  const replicas = allRegions(plans).length;
  const rounds = (plan: ApplicationPlan): number => MONTH_SECONDS / plan.detection.probeIntervalSeconds;
  const each = (of: (plan: ApplicationPlan) => number): number => plans.applications.reduce((sum, plan) => sum + of(plan), 0);
  const loops = starts.filter((start) => !start.keepsWarm && start.function !== 'observe' && start.perMonth >= MONTH_SECONDS / 60).length / Math.max(1, plans.applications.length);
  return [
    ['observations written, millions', each((plan) => rounds(plan) * vantagePointsOf(plan).length * plan.regions.length) * replicas / MILLION, 'dynamodbMillionWrites'],
    ['rounds of other agents read, millions', each((plan) => rounds(plan) * loops) / MILLION, 'dynamodbMillionReads'],
    [`write permits renewed by ${each(serversOf)} servers, millions`, each((plan) => renewals(plan, hotshift)) * replicas / MILLION, 'dynamodbMillionWrites'],
    // A strongly consistent read of up to 4 KB is one unit, in one region.
    ['permits read at each renewal, millions', each((plan) => renewals(plan, hotshift)) / MILLION, 'dynamodbMillionReads'],
    ['renewals listed by the agents, millions', each((plan) => rounds(plan) * plan.regions.length * listing(plan, hotshift)) / MILLION, 'dynamodbMillionReads'],
    ['table, GB in all regions', hotshift.tableGb * replicas, 'dynamodbGbMonth'],
  ];
}

/** One server for each task of the plan's baseline. */
export const serversOf = (plan: ApplicationPlan): number => tasksOf(plan).reduce((sum, { services }) => sum + Object.values(services).reduce((own, { baseline }) => own + baseline, 0), 0);

/** Tasks of ECS are what is priced; instances and provisioned concurrency cost as many different sums as there are kinds of them. */
const tasksOf = (plan: ApplicationPlan) => plan.capacity.filter((capacity) => capacity.kind === 'ecs');

/** Renewals of a month: each is one write of a server's own item, far below the KB that one unit is, and one read of the permit. */
function renewals(plan: ApplicationPlan, { renewEvery }: Assumptions['hotshift']): number {
  return plan.permit.enforced ? plan.databases.length * serversOf(plan) * (MONTH_SECONDS / renewEvery) : 0;
}

/** Read units of one look at all permits: `watch` reads each with its renewals, which are charged together by 4 KB. */
function listing(plan: ApplicationPlan, { renewalBytes }: Assumptions['hotshift']): number {
  return plan.databases.length * (1 + Math.max(1, Math.ceil(serversOf(plan) * renewalBytes / 4096)));
}

function standingUses(plans: Plans, { standing }: Stacks, { hotshift }: Assumptions): readonly Use[] {
  const places = allRegions(plans).length;
  const each = (of: (plan: ApplicationPlan) => number): number => plans.applications.reduce((sum, plan) => sum + of(plan), 0);
  const secrets = new Set(plans.applications.flatMap((plan) => plan.databases.flatMap(({ instances }) => Object.entries(instances).map(([region, { secretId }]) => `${region} ${secretId}`))));
  const slack = new Set(plans.applications.flatMap(({ notifications }) => notifications.slack?.tokenSecretId ?? [])).size * places;
  const probeGb = each((plan) => (MONTH_SECONDS / plan.detection.probeIntervalSeconds) * vantagePointsOf(plan).length * plan.regions.length) * hotshift.probeKb / KB_PER_GB;
  const checks = new Set(plans.applications.flatMap(({ traffic }) => traffic.flatMap(({ endpoints }) => Object.values(endpoints).flatMap(({ healthCheckId }) => healthCheckId ?? [])))).size;
  return [
    ['alarms', standing.alarms, 'alarmMonth'], ['high-resolution alarms', standing.fastAlarms, 'fastAlarmMonth'], ['composite alarms', standing.compositeAlarms, 'compositeAlarmMonth'],
    ['dashboards', standing.dashboards, 'dashboardMonth'], ['keys', standing.keys, 'keyMonth'], ['secrets and their replicas', secrets.size + slack, 'secretMonth'],
    ['health checks of the records', checks, 'healthCheckMonth'], ['answers to probes, GB', probeGb, 'internetGb'],
  ];
}

/** The workflow and its calls, without the servers that a failover adds. */
function actUses(plans: Plans, use: FailoverUse, times: number, { stepMemoryGb }: Stacks, { hotshift }: Assumptions): readonly Use[] {
  const calls = Object.values(use.calls).reduce((sum, count) => sum + count, 0) * times;
  return [
    ['state transitions, thousands', use.transitions * times / 1000, 'stepFunctionsThousandTransitions'],
    [`${calls} calls of steps, GB-seconds`, calls * hotshift.stepSeconds * stepMemoryGb, 'lambdaGbSecond'],
    ['calls of steps, millions', calls / MILLION, 'lambdaMillionRequests'],
    ['table writes, millions', calls * hotshift.callWrites * allRegions(plans).length / MILLION, 'dynamodbMillionWrites'],
    ['table reads, millions', calls * hotshift.callReads / MILLION, 'dynamodbMillionReads'],
    ['traces, millions', times / MILLION, 'tracesMillion'],
  ];
}

/** Tasks that the survivor runs beyond its baseline, for so many hours. */
function addedTasks(plan: ApplicationPlan, hours: number, { application }: Assumptions): readonly Use[] {
  const tasks = tasksOf(plan).reduce((sum, { services, factor, desiredMax }) => {
    const most = Math.max(...Object.values(services).map(({ baseline }) => Math.min(desiredMax, Math.ceil(baseline * factor)) - baseline));
    return sum + Math.max(0, most);
  }, 0);
  return [[`${tasks} more tasks, vCPU-hours`, tasks * hours * application.taskVcpu, 'vcpuHour'], [`${tasks} more tasks, GB-hours`, tasks * hours * application.taskMemoryGb, 'memoryGbHour']];
}

export function failover(plan: ApplicationPlan, plans: Plans, stacks: Stacks, use: FailoverUse, assumptions: Assumptions, prices: Prices): Bill {
  return billOf([...actUses(plans, use, 1, stacks, assumptions), ...addedTasks(plan, assumptions.business.outage / 3600, assumptions)], prices);
}

/** There and back: twice the workflow of a failover at most, and one region that carries all users for the hold. */
export function drill(plan: ApplicationPlan, plans: Plans, stacks: Stacks, use: FailoverUse, assumptions: Assumptions, prices: Prices): Bill {
  return billOf([...actUses(plans, use, 2, stacks, assumptions), ...addedTasks(plan, assumptions.hotshift.drillHold / 3600, assumptions)], prices);
}
