// What drills need: their state machine in both regions of the pair, and schedules for each application that asks for them. Both regions'
// schedules of traffic fire; the region that would take the users works, and the other one leaves it to that. A switchover is the workflow
// of failbacks, so that its schedule stands in the witness alone.
import type { Region } from '../domain/plan.ts';
import { arn, attribute, logicalId, ref, role, type Json } from './cloudformation.ts';
import { machine } from './machine.ts';
import { isWitness, type Plans } from './plans.ts';

/** A schedule of drills in a place: whose, when, and what it starts. */
interface Started { readonly application: string; readonly name: string; readonly cron: string; readonly timeZone: string; readonly machine: 'DrillStateMachine' | 'FailbackStateMachine'; readonly input: Json; readonly description: string }

export function drillResources(region: Region, plans: Plans): Json {
  return { ...(isWitness(region, plans) ? {} : machine('drill', plans.applications.filter(({ regions }) => regions.includes(region)).flatMap(({ drills }) => drills.load?.functionArns[region] ?? []))), ...scheduleResources(startedAt(region, plans)) };
}

/** Names of the schedules, for who looks whether they are there. */
export const drillSchedules = (region: Region, plans: Plans): readonly string[] => startedAt(region, plans).map(({ name, application }) => `hotshift-${name}/${application}`);

function startedAt(region: Region, plans: Plans): readonly Started[] {
  return plans.applications.flatMap(({ application, regions, witness, drills: { schedule } }): readonly Started[] => {
    if (schedule === undefined) return [];
    const { cron, switchover, timeZone } = schedule;
    const base = { application, timeZone };
    return [
      ...(regions.includes(region) ? [{ ...base, name: 'drill', cron, machine: 'DrillStateMachine' as const, input: { application, mode: 'traffic', requestedBy: 'schedule' }, description: 'Starts a drill; the regions take turns.' }] : []),
      ...(region === witness && switchover !== undefined ? [{ ...base, name: 'switchover', cron: switchover, machine: 'FailbackStateMachine' as const, input: { application, drill: true, requestedBy: 'schedule' }, description: 'Starts a drill of the switchover; the writer goes to where it is not.' }] : []),
    ];
  });
}

function scheduleResources(started: readonly Started[]): Json {
  if (started.length === 0) return {};
  const machines = [...new Set(started.map((entry) => entry.machine))];
  return {
    DrillScheduleRole: role('scheduler.amazonaws.com', 'start', [
      { Sid: 'Start', Effect: 'Allow', Action: ['states:StartExecution'], Resource: machines.length === 1 && machines[0] !== undefined ? ref(machines[0]) : machines.map((id) => ref(id)) },
      { Sid: 'DeadLetter', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: attribute('DeadLetters') },
    ], arn('scheduler', 'schedule-group/hotshift')),
    ...Object.fromEntries(started.map(({ application, name, cron, timeZone, machine: id, input, description }) => [`${logicalId(name)}${logicalId(application)}Schedule`, {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: `hotshift-${name}-${application}`, GroupName: ref('Schedules'), Description: description, State: 'ENABLED',
        ScheduleExpression: cron, ScheduleExpressionTimezone: timeZone, FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: ref(id), RoleArn: attribute('DrillScheduleRole'), Input: JSON.stringify(input),
          // An hour late is another hour than people were told: then it is left to the next time.
          DeadLetterConfig: { Arn: attribute('DeadLetters') }, RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 600 },
        },
      },
    }])),
  };
}

export const drillOutputs = (region: Region, plans: Plans): Json =>
  (isWitness(region, plans) ? {} : { DrillStateMachineArn: { Description: 'Start a drill by hand here (hotshift drill does)', Value: ref('DrillStateMachine') } });
