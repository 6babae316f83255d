// Rules about the schedules of drills: each names dates, no drill begins before the one before it must have ended, and both directions stay
// fresh. A schedule of the switchover is refused where such a drill could only be refused.
import { DRILL_DAYS_MAX } from '../domain/drill.ts';
import type { ApplicationPlan } from '../domain/plan.ts';
import { error, warning, type RuleIssue } from './config-rule.ts';
import { momentsOf } from './cron.ts';

/** Two years with a leap day in them: what comes by the calendar has come by then. No clock decides what a configuration is worth. */
const FROM = '2027-03-01';
const DAYS = 731;
/** TimeoutSeconds of statemachines/failback.asl.yaml, by which a switchover has ended; a drill of traffic needs half of it. */
const APART_MINUTES = 1440;

export function scheduleRules(plan: ApplicationPlan): readonly RuleIssue[] {
  const { schedule } = plan.drills;
  if (schedule === undefined) return [];
  const { cron, switchover } = schedule;
  const traffic = momentsOf(cron, FROM, DAYS);
  const writer = switchover === undefined ? [] : momentsOf(switchover, FROM, DAYS);
  return [...dateRules('cron', cron, traffic), ...(switchover === undefined ? [] : [...dateRules('switchover', switchover, writer), ...switchoverRules(plan), ...overlap(traffic ?? [], writer ?? [])])];
}

function dateRules(name: 'cron' | 'switchover', text: string, moments: readonly number[] | undefined): readonly RuleIssue[] {
  const path = ['drills', 'schedule', name] as const;
  if (moments === undefined) return [error(path, `${text} names no dates that come again and again`, 'write minutes, hours, day of the month, month, day of the week and *, as EventBridge Scheduler documents them; ? in one of the days')];
  if (moments.length === 0) return [error(path, `${text} never comes: no day of a year is meant`, 'name days that there are')];
  const near = gapsOf(moments, 1).find(({ minutes }) => minutes < APART_MINUTES);
  if (near !== undefined) return [error(path, `a drill would begin at ${shown(near.at)}, before the one before it must have ended`, 'leave at least a day between two drills')];
  const widest = Math.max(...gapsOf(moments, 2).map(({ minutes }) => minutes)) / 1440;
  return moments.length > 2 && widest <= DRILL_DAYS_MAX ? [] : [warning(path, `the regions take turns, so that each is left every ${moments.length > 2 ? Math.round(widest) : 'year or more'}${moments.length > 2 ? ' days' : ''} only; a good drill counts for ${DRILL_DAYS_MAX} days, and the alarm about old drills will ring`, 'let it come more often, or expect to drill by hand between')];
}

/** What the workflow would refuse each time, and what people may not expect. */
function switchoverRules({ databases, policy, regions: [first] }: ApplicationPlan): readonly RuleIssue[] {
  const path = ['drills', 'schedule', 'switchover'] as const;
  const shards = databases.filter(({ shardOf }) => shardOf !== undefined).map(({ name }) => name);
  return [
    ...(databases.length > 0 ? [] : [error(path, 'there is no database whose writer could move', 'remove it')]),
    ...(shards.length === 0 ? [] : [error(path, `${shards.join(', ')} hold${shards.length === 1 ? 's' : ''} the users of one region: both regions have writers, which a switchover cannot take from one side to the other and back (${first} first)`, 'remove it; start a failback by hand where a shard is away from home')]),
    ...(policy.approval === 'none' ? [] : [warning(path, 'the writer is moved without asking anybody, although policy.approval asks people before a failover', 'leave it to people (hotshift drill --mode switchover), or know it')]),
  ];
}

/** Whichever comes second finds the lease taken, or users away. */
function overlap(traffic: readonly number[], writer: readonly number[]): readonly RuleIssue[] {
  const clash = writer.find((moment) => traffic.some((other) => Math.abs(other - moment) < APART_MINUTES));
  return clash === undefined ? [] : [error(['drills', 'schedule', 'switchover'], `comes at ${shown(clash)}, within a day of a drill of traffic: one of them would be refused`, 'choose other days, such as the third Tuesday: cron(0 10 ? * 3#3 *)', [['drills', 'schedule', 'cron']])];
}

/** The minutes from each moment to the one that comes `turns` later. */
const gapsOf = (moments: readonly number[], turns: number): readonly { readonly at: number; readonly minutes: number }[] =>
  moments.slice(turns).map((at, index) => ({ at, minutes: at - (moments[index] ?? at) }));

const shown = (moment: number): string => new Date(moment * 60_000).toISOString().slice(0, 16).replace('T', ' ');
