// Alarms on what the vantage point of this place sees, from the figures that the agents write (functions/observe/figures.ts and
// functions/watch/lag.ts). They wake people and make the agent look; none of them is evidence, and none starts a failover.
import { NAMESPACE, SERVICE } from '../adapters/figures.ts';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import { alarmId, composite, inAlarm, type Metric, type Silence, type Watch } from './alarm.ts';
import type { Json } from './cloudformation.ts';
import { isWitness, type Plans } from './plans.ts';

/** Neither health nor an outage follows from silence: the alarm keeps the state that it has, and `unwatched` tells of the silence. */
const NO_EVIDENCE: Silence = { means: 'ignore', because: 'silence is no evidence in either direction; that nobody looks has an alarm of its own' };

/** The periods that CloudWatch has for metrics of high resolution. */
const PERIODS = [10, 20, 30, 60];

/** The shortest period in which two rounds fit: with one, a round that is late would leave a hole. */
export const periodSeconds = ({ detection: { probeIntervalSeconds } }: ApplicationPlan): number =>
  PERIODS.find((period) => period >= 2 * probeIntervalSeconds) ?? 60 * Math.ceil(2 * probeIntervalSeconds / 60);

const metric = (name: string, of: Readonly<Record<string, string>>): readonly [Metric] => [{ namespace: NAMESPACE, name, dimensions: { service: SERVICE, ...of } }];
const observedBy = (plan: ApplicationPlan, place: Region): boolean => [...plan.regions, plan.witness].includes(place);

/** The metric alarms of a place. */
export const watchesOf = (place: Region, plans: Plans): readonly Watch[] => plans.applications.filter((plan) => observedBy(plan, place)).flatMap((plan) => [
  ...plan.regions.flatMap((target) => regionWatches(plan, place, target)), ...placeWatches(plan, place), ...(isWitness(place, plans) || !plan.regions.includes(place) ? [] : [...lagWatches(plan, place), drillWatch(plan, place)]),
]);

function regionWatches(plan: ApplicationPlan, place: Region, target: Region): readonly Watch[] {
  const { application } = plan;
  const of = (name: string) => metric(name, { application, vantagePoint: place, region: target });
  const period = periodSeconds(plan);
  return [
    // Not one healthy answer in two periods in a row. The agent itself suspects sooner; this wakes people even when its event is lost.
    { name: `${application}-down-${target}`, metrics: of('Healthy'), statistic: 'Maximum', below: 1, periodSeconds: period, periods: [2, 2], silence: NO_EVIDENCE, tells: false, description: `${target} of ${application} does not serve, as seen from ${place}.` },
    // A minute and more of slow answers only: a grey failure pages and moves nothing.
    { name: `${application}-slow-${target}`, metrics: of('Slow'), statistic: 'Minimum', above: 0, periodSeconds: period, periods: [6, 6], silence: NO_EVIDENCE, description: `${target} of ${application} answers late only, as seen from ${place}: a grey failure, which moves nothing by itself.` },
    // Five minutes: longer than a fence lasts in a failover that goes well.
    { name: `${application}-refused-${target}`, metrics: of('RefusedWrites'), statistic: 'Minimum', above: 0, periods: [5, 5], silence: NO_EVIDENCE, description: `${target} of ${application} refuses all writes, as seen from ${place}: no server there holds a write permit.` },
  ];
}

function placeWatches(plan: ApplicationPlan, place: Region): readonly Watch[] {
  const { application } = plan;
  const of = metric('ControlReachable', { application, vantagePoint: place });
  return [
    { name: `${application}-sick-monitor`, metrics: of, statistic: 'Maximum', below: 1, periodSeconds: periodSeconds(plan), periods: [2, 2], silence: NO_EVIDENCE, tells: false, description: `${place} cannot reach the control endpoint of ${application}: it abstains.` },
    // In whole minutes, as the scheduler starts the agent at any second of one. It sees what the function's own alarms cannot: an
    // agent that runs for other applications, or that hangs before its first round.
    { name: `${application}-unwatched`, metrics: of, statistic: 'SampleCount', below: 1, periods: [3, 3], silence: { means: 'breaching', because: 'an agent that is stuck publishes nothing' }, tells: false, description: `Nobody in ${place} looks at ${application}.` },
  ];
}

function lagWatches(plan: ApplicationPlan, place: Region): readonly Watch[] {
  const { application, budgets: { rpoSeconds } } = plan;
  const silence: Silence = { means: 'notBreaching', because: 'a writer has no lag; that nobody measures is told by the alarms of hotshift-watch' };
  const shared = { periodSeconds: periodSeconds(plan), periods: [3, 3], silence } as const;
  return plan.databases.flatMap(({ name: database }): readonly Watch[] => {
    const of = (name: string) => metric(name, { application, region: place, database });
    return [
      { ...shared, name: `${application}-lag-${database}`, metrics: of('Lag'), statistic: 'Minimum', above: rpoSeconds, description: `The replica of ${database} in ${place} is behind by more than the RPO of ${rpoSeconds} s: a failover to it would be handed to a human.` },
      { ...shared, name: `${application}-lag-unknown-${database}`, metrics: of('LagUnknown'), statistic: 'Minimum', above: 0, description: `Nobody knows how far the replica of ${database} in ${place} is behind, which counts as infinite.` },
    ];
  });
}

/** Looked at by the hour: a runbook that nobody has tried for 90 days is no emergency, and no runbook either. */
const drillWatch = ({ application }: ApplicationPlan, place: Region): Watch => ({
  name: `${application}-drill-old`, metrics: metric('StaleDrills', { application, region: place }), statistic: 'Minimum', above: 0, periodSeconds: 3600, periods: [1, 1],
  silence: { means: 'ignore', because: 'age does not end by silence; that nobody measures is told by the alarms of hotshift-watch' }, description: `No good drill of ${application} has left ${place} for 90 days.`,
});

/** What the metric alarms mean together, for each application that this place looks at. */
export const compositesOf = (place: Region, plans: Plans, topics: readonly unknown[]): Json =>
  Object.assign({}, ...plans.applications.filter((plan) => observedBy(plan, place)).map((plan) => composites(plan, place, topics))) as Json;

function composites({ application, regions }: ApplicationPlan, place: Region, topics: readonly unknown[]): Json {
  const [first, second] = regions;
  const down = (target: Region): string => `${application}-down-${target}`;
  const [sick, unwatched] = [`${application}-sick-monitor`, `${application}-unwatched`];
  const made = (name: string, description: string, rule: string, children: readonly string[]) => [alarmId(`${application}-${name}`), composite(`${application}-${name}`, description, rule, children, topics)] as const;
  const outage = (target: Region, other: Region) => made(`outage-${target}`, `From ${place}, ${target} of ${application} looks down and ${other} serves. Whether that is so is decided by the quorum of all places.`,
    `${inAlarm(down(target))} AND NOT ${inAlarm(down(other))} AND NOT ${inAlarm(sick)} AND NOT ${inAlarm(unwatched)}`, [down(target), down(other), sick, unwatched]);
  return Object.fromEntries([
    outage(first, second), outage(second, first),
    made('both-down', `From ${place}, both regions of ${application} look down: this place or the world is sick, and nothing is moved.`, `${inAlarm(down(first))} AND ${inAlarm(down(second))}`, [down(first), down(second)]),
    made('blind', `${place} has no vote on ${application}: its monitor is sick, or nobody looks.`, `${inAlarm(sick)} OR ${inAlarm(unwatched)}`, [sick, unwatched]),
  ]);
}
