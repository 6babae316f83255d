// What pages on-call when Hotshift itself is unwell: a failover that did not end well, a blind vantage point, a lost event, a table
// that fails. Each alarm says what silence means. What the vantage points see of an application is in alarms-seen.ts.
import type { Region } from '../domain/plan.ts';
import { alarm, alarmId, composite, inAlarm, onCallTopics, ONLY_WHEN_IT_HAPPENS, ownTopic, type Metric, type Watch } from './alarm.ts';
import { compositesOf, watchesOf } from './alarms-seen.ts';
import { attribute, logicalId, ref, type Json } from './cloudformation.ts';
import { AFTERWARDS, afterwardsAt, AGENTS, functionsAt } from './functions.ts';
import { isWitness, type Plans } from './plans.ts';
import { rulesAt, schedulesAt, type Schedule } from './rules.ts';

export function alarms(region: Region, plans: Plans): Json {
  const topics = onCallTopics(region, plans);
  const schedules = schedulesAt(region, plans);
  const watches = [
    ...failovers(), ...failbacks(), ...evacuations(), ...drills(region, plans), ...deliveries(), ...rulesAt(region, plans).map(({ name }) => undelivered(name)), ...table(plans.table),
    ...schedules.flatMap(blindness), ...functionsAt(region, plans).map(throttles), ...afterwardsAt(region, plans).map(lost), ...watchesOf(region, plans),
  ];
  return {
    ...(topics.some((topic) => typeof topic !== 'string') ? ownTopic() : {}),
    ...Object.fromEntries(watches.map((watch) => [alarmId(watch.name), alarm(watch, topics)])),
    ...Object.fromEntries(schedules.map(({ target }) => [`${logicalId(target.function)}IdleAlarm`, idle(target.function, topics)])),
    ...compositesOf(region, plans, topics),
  };
}

function failovers(): readonly Watch[] {
  const of = (name: string): readonly [Metric] => [{ namespace: 'AWS/States', name, dimensions: { StateMachineArn: ref('FailoverStateMachine') } }];
  const silence = ONLY_WHEN_IT_HAPPENS;
  return [
    { silence, name: 'failover-handed-over', metrics: of('ExecutionsFailed'), description: 'A failover was handed to a human, or failed. Its journal says at which step and why.' },
    { silence, name: 'failover-timed-out', metrics: of('ExecutionsTimedOut'), description: 'A failover did not end within its two hours.' },
    { silence, name: 'failover-aborted', metrics: of('ExecutionsAborted'), description: 'Somebody stopped a failover half-way.' },
    { silence, name: 'failover-throttled', metrics: of('ExecutionThrottled'), description: 'Step Functions held a failover back.' },
  ];
}

/** A failback may stand between two writers' permits when it stops: nobody may be able to write then. */
function failbacks(): readonly Watch[] {
  const of = (name: string): Metric => ({ namespace: 'AWS/States', name, dimensions: { StateMachineArn: ref('FailbackStateMachine') } });
  return [{ silence: ONLY_WHEN_IT_HAPPENS, name: 'failback-handed-over', metrics: [of('ExecutionsFailed'), of('ExecutionsTimedOut'), of('ExecutionsAborted')], description: 'A failback was handed to a human, did not end in time, or was stopped half-way.' }];
}

/** What it started goes on by itself; what it had not started yet stays where it is. */
function evacuations(): readonly Watch[] {
  const of = (name: string): Metric => ({ namespace: 'AWS/States', name, dimensions: { StateMachineArn: ref('EvacuateStateMachine') } });
  return [{ silence: ONLY_WHEN_IT_HAPPENS, name: 'evacuation-incomplete', metrics: [of('ExecutionsFailed'), of('ExecutionsTimedOut'), of('ExecutionsAborted')], description: 'An evacuation did not lead every application out of its region, did not end in time, or was stopped half-way.' }];
}

/** A drill that was handed over leaves users or capacity where they were moved to. */
function drills(region: Region, plans: Plans): readonly Watch[] {
  if (isWitness(region, plans)) return [];
  const of = (name: string): Metric => ({ namespace: 'AWS/States', name, dimensions: { StateMachineArn: ref('DrillStateMachine') } });
  return [{ silence: ONLY_WHEN_IT_HAPPENS, name: 'drill-handed-over', metrics: [of('ExecutionsFailed'), of('ExecutionsTimedOut'), of('ExecutionsAborted')], description: 'A drill did not bring users or capacity back, or somebody stopped it half-way.' }];
}

function deliveries(): readonly Watch[] {
  const scheduler = (name: string): readonly [Metric] => [{ namespace: 'AWS/Scheduler', name, dimensions: { ScheduleGroup: ref('Schedules') } }];
  const often = { silence: ONLY_WHEN_IT_HAPPENS, periods: [3, 5] } as const;
  return [
    {
      name: 'dead-letters', description: 'An event that should have started something did not.', statistic: 'Maximum',
      metrics: [{ namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: attribute('DeadLetters', 'QueueName') } }],
      silence: { means: 'notBreaching', because: 'SQS stops publishing for a queue that nobody used for hours' },
    },
    { ...often, name: 'schedule-errors', metrics: scheduler('TargetErrorCount'), description: 'The scheduler could not start an agent.' },
    { ...often, name: 'schedule-throttled', metrics: scheduler('InvocationThrottleCount'), description: 'The scheduler was held back.' },
    { ...often, name: 'schedule-dropped', metrics: scheduler('InvocationDroppedCount'), description: 'The scheduler gave up starting an agent.' },
  ];
}

/** One for each rule, so that the page names the rule; the queue's own alarm cannot. */
const undelivered = (name: string): Watch => {
  const of = (metric: string): Metric => ({ namespace: 'AWS/Events', name: metric, dimensions: { RuleName: ref(`${logicalId(name)}Rule`) } });
  return {
    name: `rule-${name}-failed`, description: `What the rule hotshift-${name} should have started was not started.`, silence: ONLY_WHEN_IT_HAPPENS,
    metrics: [of('FailedInvocations'), of('InvocationsSentToDlq'), of('InvocationsFailedToBeSentToDlq')],
  };
};

/** The operations of every minute; DynamoDB counts errors by operation. `DeleteItem`, which forgets a server after an hour, fails in `watch`'s own alarm. */
const OPERATIONS = ['GetItem', 'Query', 'PutItem', 'UpdateItem'] as const;

/** The table of leases, permits and the journal, as this region's replica answers. Without two of three replicas nobody can act. */
function table(name: string): readonly Watch[] {
  const of = (metric: string, operations: readonly string[]): readonly Metric[] => operations.map((Operation) => ({ namespace: 'AWS/DynamoDB', name: metric, dimensions: { TableName: name, Operation } }));
  const all = (metric: string): Watch['metrics'] => of(metric, OPERATIONS) as Watch['metrics'];
  return [
    // One error is retried by the client within its second; two minutes with errors are a replica in trouble.
    { name: 'table-errors', metrics: all('SystemErrors'), periods: [2, 5], description: 'The table of leases and permits fails here.', silence: ONLY_WHEN_IT_HAPPENS },
    { name: 'table-throttled', metrics: all('ThrottledRequests'), description: 'The table of leases and permits holds requests back here.', silence: ONLY_WHEN_IT_HAPPENS },
    {
      // Half a second: a strong write waits for one more region, some tens of milliseconds away; permits of 5 s are renewed through it.
      name: 'table-slow', metrics: of('SuccessfulRequestLatency', ['PutItem']) as Watch['metrics'], statistic: 'Average', above: 500, periods: [3, 5], description: 'Writes to the table of leases and permits take more than half a second here.',
      silence: { means: 'notBreaching', because: 'without a write there is no latency; that nobody writes is told by the agents\' own alarms' },
    },
  ];
}

/** An agent that fails, or that does not run at all: one lost minute is nothing, three of five are a blind spot. Counted in its own turns. */
const blindness = ({ target: { function: name }, everySeconds }: Schedule): readonly Watch[] => {
  const of = (metric: string): Watch['metrics'] => [{ namespace: 'AWS/Lambda', name: metric, dimensions: { FunctionName: ref(`${logicalId(name)}LambdaFunction`) } }];
  const shared = { periodSeconds: everySeconds, tells: false } as const;
  return [
    { ...shared, name: `${name}-errors`, metrics: of('Errors'), description: `hotshift-${name} fails.`, periods: [3, 5], silence: { means: 'notBreaching', because: 'runs that are not there have no errors; the alarm beside this one tells of them' } },
    { ...shared, name: `${name}-silent`, metrics: of('Invocations'), description: `hotshift-${name} does not run.`, periods: [3, 3], below: 1, silence: { means: 'breaching', because: 'Lambda publishes nothing for a function that does not run' } },
  ];
};

const throttles = (name: string): Watch => ({
  name: `${name}-throttled`, metrics: [{ namespace: 'AWS/Lambda', name: 'Throttles', dimensions: { FunctionName: ref(`${logicalId(name)}LambdaFunction`) } }],
  description: `hotshift-${name} was refused a place to run${AGENTS.has(name) || AFTERWARDS.has(name) ? '' : ' during a failover'}: look at the account's concurrency.`, silence: ONLY_WHEN_IT_HAPPENS,
});

/** Neither done nor in the queue: beside the alarm of the queue itself. */
const lost = (name: string): Watch => {
  const of = (metric: string): Metric => ({ namespace: 'AWS/Lambda', name: metric, dimensions: { FunctionName: ref(`${logicalId(name)}LambdaFunction`) } });
  return { name: `${name}-lost`, description: `What hotshift-${name} should have done after an end is not even in the queue of what failed.`, metrics: [of('AsyncEventsDropped'), of('DestinationDeliveryFailures')], silence: ONLY_WHEN_IT_HAPPENS };
};

/** One page for an agent that is of no use, whatever the reason. */
const idle = (name: string, topics: readonly unknown[]): Json => composite(
  `${name}-idle`, `hotshift-${name} fails or does not run: this place ${name === 'observe' ? 'sees nothing' : name === 'enforce' ? 'would not fence' : 'does not measure'}.`,
  `${inAlarm(`${name}-errors`)} OR ${inAlarm(`${name}-silent`)}`, [`${name}-errors`, `${name}-silent`], topics,
);
