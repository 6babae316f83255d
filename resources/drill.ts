// What drills need: their state machine in both regions of the pair, and a schedule for each application that asks for one. Both regions'
// schedules fire; the region that would take the users works, and the other one leaves it to that.
import type { Region } from '../domain/plan.ts';
import { arn, attribute, logicalId, ref, role, type Json } from './cloudformation.ts';
import { machine } from './machine.ts';
import { isWitness, type Plans } from './plans.ts';

/** Nothing in the witness: it serves nobody, so that no drill ends there. */
export function drillResources(region: Region, plans: Plans): Json {
  if (isWitness(region, plans)) return {};
  const mine = plans.applications.filter(({ regions }) => regions.includes(region));
  const scheduled = mine.filter(({ drills }) => drills.schedule !== undefined);
  return {
    ...machine('drill', mine.flatMap(({ drills }) => drills.load?.functionArns[region] ?? [])),
    ...(scheduled.length === 0 ? {} : {
      DrillScheduleRole: role('scheduler.amazonaws.com', 'start', [
        { Sid: 'Start', Effect: 'Allow', Action: ['states:StartExecution'], Resource: ref('DrillStateMachine') },
        { Sid: 'DeadLetter', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: attribute('DeadLetters') },
      ], arn('scheduler', 'schedule-group/hotshift')),
    }),
    ...Object.fromEntries(scheduled.map(({ application, drills }) => [`Drill${logicalId(application)}Schedule`, {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: `hotshift-drill-${application}`, GroupName: ref('Schedules'), Description: 'Starts a drill; the regions take turns.', State: 'ENABLED',
        ScheduleExpression: drills.schedule?.cron, ScheduleExpressionTimezone: drills.schedule?.timeZone, FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: ref('DrillStateMachine'), RoleArn: attribute('DrillScheduleRole'), Input: JSON.stringify({ application, mode: 'traffic', requestedBy: 'schedule' }),
          // An hour late is another hour than people were told: then it is left to the next month.
          DeadLetterConfig: { Arn: attribute('DeadLetters') }, RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 600 },
        },
      },
    }])),
  };
}

export const drillOutputs = (region: Region, plans: Plans): Json =>
  (isWitness(region, plans) ? {} : { DrillStateMachineArn: { Description: 'Start a drill by hand here (hotshift drill does)', Value: ref('DrillStateMachine') } });
