// Rules about drills: whether guards can trip, the lease lasts from one look to the next, and a drill ends before its time is over.
import type { ApplicationPlan } from '../domain/plan.ts';
import { error, warning, type RuleIssue } from './config-rule.ts';
import { scheduleRules } from './config-rules-schedule.ts';

/** TimeoutSeconds of statemachines/drill.asl.yaml. */
export const DRILL_SECONDS_MAX = 43_200;
/** Between two looks lie the step's own retries: some 30 s at worst (Retry in statemachines/drill.asl.yaml). */
const RETRIES_SECONDS = 30;

export const drillRules = (plan: ApplicationPlan): readonly RuleIssue[] => [...timeRules(plan), ...loadRules(plan), ...calendarRules(plan), ...scheduleRules(plan)];

function timeRules({ drills, lease, detection, traffic }: ApplicationPlan): readonly RuleIssue[] {
  const steps = 2 * Math.max(0, ...traffic.map(({ ramp }) => ramp.length)) * Math.max(drills.stepSeconds, ...traffic.map(({ ttlSeconds }) => ttlSeconds));
  const mostSeconds = drills.holdSeconds + steps + 3 * drills.patienceSeconds;
  const keptSeconds = lease.ttlSeconds - lease.marginSeconds - RETRIES_SECONDS;
  return [
    ...(drills.guardIntervalSeconds < keptSeconds ? [] : [error(['drills', 'guardIntervalSeconds'], `${drills.guardIntervalSeconds} s between two looks: the lease would run out between them`, `set it below ${keptSeconds} s, or raise lease.ttl`, [['lease', 'ttlSeconds']])]),
    ...(drills.guardIntervalSeconds <= drills.holdSeconds ? [] : [error(['drills', 'guardIntervalSeconds'], 'is longer than the hold: the guards would be asked once', 'set it to a part of drills.hold')]),
    ...(drills.latencySeconds < detection.probeTimeoutSeconds ? [] : [error(['drills', 'latencySeconds'], `${drills.latencySeconds} s is no shorter than detection.probeTimeout: this guard could never trip`, `set it below ${detection.probeTimeoutSeconds} s`, [['detection', 'probeTimeoutSeconds']])]),
    ...(mostSeconds < DRILL_SECONDS_MAX ? [] : [error(['drills', 'holdSeconds'], `a drill may last ${Math.round(mostSeconds / 60)} minutes with its steps and waits; ${DRILL_SECONDS_MAX / 60} are allowed`, 'shorten hold, step or patience')]),
  ];
}

function loadRules({ drills: { load }, regions }: ApplicationPlan): readonly RuleIssue[] {
  if (load === undefined) return [];
  return [
    ...regions.filter((region) => load.functionArns[region] === undefined).map((region) => error(['drills', 'load', 'functionArns'], `there is no function for ${region}: a drill that moves users there would have no more load`, `name one in ${region}`)),
    ...Object.entries(load.functionArns).filter(([region, arn]) => arn.split(':')[3] !== region).map(([region, arn]) => error(['drills', 'load', 'functionArns', region], `is a function of ${arn.split(':')[3] ?? 'nowhere'}: a workflow can call those of its own region only`, `name one in ${region}`)),
    ...Object.keys(load.functionArns).filter((region) => !regions.includes(region)).map((region) => error(['drills', 'load', 'functionArns', region], 'is no region of the pair', `remove it; the pair is ${regions.join(' and ')}`)),
  ];
}

function calendarRules({ drills: { freeze, schedule }, capacity }: ApplicationPlan): readonly RuleIssue[] {
  return [
    ...freeze.flatMap(({ from, to }, index) => (from <= to ? [] : [error(['drills', 'freeze', index, 'to'], `${to} is before ${from}: it freezes nothing`, 'give the last day of the freeze')])),
    ...(schedule !== undefined && capacity.length === 0 ? [warning(['drills', 'schedule'], 'drills move all users to one region, and no capacity is configured that would grow first', 'add capacity, or see that each region has room for all')] : []),
  ];
}
