// What starts things: the rules and schedules of events/rules.yml, each with the right to start that one target only, and a queue for
// what could not be delivered.
import type { Region } from '../domain/plan.ts';
import { arn, attribute, functionArn, logicalId, policy, ref, role, type Json } from './cloudformation.ts';
import type { Plans } from './plans.ts';
import { stepNames } from './functions.ts';
import { readRules, rulesAt, scheduledInput, schedulesAt, type Rule, type Schedule } from './rules.ts';

export function starts(region: Region, plans: Plans): Json {
  return {
    ...deadLetters(),
    Schedules: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'hotshift' } },
    ...Object.assign({}, ...rulesAt(region, plans).map(rule)) as Json,
    ...Object.assign({}, ...schedulesAt(region, plans).map((entry) => schedule(entry, plans))) as Json,
    ...keepWarm(stepNames()),
  };
}

/** One schedule per step, all with one role: it may call the steps and nothing else, and the event makes them do nothing. */
function keepWarm(steps: readonly string[]): Json {
  const { everySeconds, event } = readRules().keepWarm;
  return {
    KeepWarmScheduleRole: role('scheduler.amazonaws.com', 'invoke', [
      { Sid: 'Invoke', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: steps.map((name) => functionArn(name)) },
      { Sid: 'DeadLetter', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: attribute('DeadLetters') },
    ], arn('scheduler', 'schedule-group/hotshift')),
    ...Object.fromEntries(steps.map((name) => [`KeepWarm${logicalId(name)}Schedule`, {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: `hotshift-keep-warm-${name}`, GroupName: ref('Schedules'), Description: 'Keeps this step from starting cold; the event makes it do nothing.', State: 'ENABLED',
        // Some minutes of slack spread the calls; a call that is lost is made up for by the next one.
        ScheduleExpression: `rate(${everySeconds / 60} minutes)`, FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 2 },
        Target: { Arn: functionArn(name), RoleArn: attribute('KeepWarmScheduleRole'), Input: JSON.stringify(event), DeadLetterConfig: { Arn: attribute('DeadLetters') }, RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
      },
    }])),
  };
}

function deadLetters(): Json {
  const send = (sid: string, condition: Json): Json => ({ Sid: sid, Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: attribute('DeadLetters'), Condition: condition });
  return {
    // 14 days, the most that SQS keeps: a person who comes back from a holiday still finds what was lost.
    DeadLetters: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain', Properties: { QueueName: 'hotshift-dead-letters', MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true } },
    DeadLettersPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [ref('DeadLetters')],
        PolicyDocument: policy([
          send('Rules', { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') }, ArnLike: { 'aws:SourceArn': arn('events', 'rule/hotshift-*') } }),
          { Sid: 'OnlyTls', Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: attribute('DeadLetters'), Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ]),
      },
    },
  };
}

const ruleOf = (name: string, description: string, pattern: Json, target: Json): Json => ({
  Type: 'AWS::Events::Rule',
  Properties: { Name: `hotshift-${name}`, Description: description, EventPattern: pattern, State: 'ENABLED', Targets: [{ ...target, DeadLetterConfig: { Arn: attribute('DeadLetters') } }] },
});

function rule({ name, description, pattern, target }: Rule): Json {
  const id = `${logicalId(name)}Rule`;
  if ('function' in target) {
    return {
      // For functions EventBridge asks the function's own policy (EventBridge guide, resource-based policies).
      [`${logicalId(name)}Permission`]: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: ref(`${logicalId(target.function)}LambdaFunction`), Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com', SourceAccount: ref('AWS::AccountId'), SourceArn: attribute(id) } },
      [id]: ruleOf(name, description, pattern, {
        Id: target.function, Arn: functionArn(target.function),
        // Five minutes: an older event is no reason to look. What has ended is kept whenever it is heard of: a day, the most that there is.
        ...('inputPath' in target ? { InputPath: target.inputPath, RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 } } : { Input: JSON.stringify(target.input), RetryPolicy: { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: 300 } }),
      }),
    };
  }
  const roleId = `${logicalId(name)}Role`;
  const machine = ref(`${logicalId(target.stateMachine)}StateMachine`);
  return {
    [roleId]: role('events.amazonaws.com', 'start', [{ Sid: 'Start', Effect: 'Allow', Action: ['states:StartExecution'], Resource: machine }], arn('events', `rule/hotshift-${name}`)),
    // 15 minutes: an older suspicion is no evidence, and a newer one has been raised since.
    [id]: ruleOf(name, description, pattern, { Id: target.stateMachine, Arn: machine, RoleArn: attribute(roleId), InputPath: target.inputPath, RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 900 } }),
  };
}

function schedule(entry: Schedule, plans: Plans): Json {
  const { name, description, everySeconds, target } = entry;
  const roleId = `${logicalId(name)}ScheduleRole`;
  const minutes = everySeconds / 60;
  return {
    [roleId]: role('scheduler.amazonaws.com', 'invoke', [
      { Sid: 'Invoke', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: functionArn(target.function) },
      { Sid: 'DeadLetter', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: attribute('DeadLetters') },
    ], arn('scheduler', 'schedule-group/hotshift')),
    ...Object.fromEntries(plans.applications.map(({ application }) => [`${logicalId(name)}${logicalId(application)}Schedule`, {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: `hotshift-${name}-${application}`, GroupName: ref('Schedules'), Description: description, State: 'ENABLED',
        ScheduleExpression: `rate(${minutes} minute${minutes === 1 ? '' : 's'})`, FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: functionArn(target.function), RoleArn: attribute(roleId), Input: JSON.stringify(scheduledInput(entry, application)),
          DeadLetterConfig: { Arn: attribute('DeadLetters') }, RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        },
      },
    }])),
  };
}
