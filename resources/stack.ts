// The CloudFormation stack of one region, as `serverless.yml` includes it: functions with a role each, the state machine, what
// starts them, and (in the first region) the global table. Plain CloudFormation, so that every permission is in sight.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Region } from '../domain/plan.ts';
import { permissionsOf } from './permissions.ts';
import { allRegions, type Plans } from './plans.ts';

const root = join(import.meta.dirname, '..');
type Json = Record<string, unknown>;
interface Rules {
  readonly rules: readonly { readonly name: string; readonly description: string; readonly pattern: Json; readonly target: { readonly stateMachine: string; readonly inputPath: string } }[];
  readonly schedules: readonly { readonly name: string; readonly description: string; readonly everySeconds: number; readonly places: readonly string[]; readonly target: { readonly function: string }; readonly runSeconds: number }[];
}

export const functionNames = (): readonly string[] =>
  readdirSync(join(root, 'functions')).filter((name) => existsSync(join(root, 'functions', name, 'handler.ts'))).sort();

const id = (name: string): string => name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
/** Agents run for most of a minute; steps end within the time that the state machine gives them. */
const AGENTS: ReadonlySet<string> = new Set(['observe', 'enforce']);
/** Seconds, below the TimeoutSeconds of the states that call them. */
const stepSeconds = (name: string): number => (AGENTS.has(name) ? 75 : name === 'warm' ? 55 : 14);

/** The `functions` section of serverless.yml. */
export function functionsOf(plans: Plans): Json {
  return Object.fromEntries(functionNames().map((name) => [name, {
    name: `hotshift-${name}`, handler: 'index.handler', role: { 'Fn::GetAtt': [`${id(name)}Role`, 'Arn'] },
    timeout: stepSeconds(name), memorySize: 512,
    package: { artifact: `dist/zips/${name}.zip` },
    environment: { HOTSHIFT_TABLE: plans.table },
  }]));
}

/** The `resources.Resources` section of serverless.yml. */
export function resourcesOf(region: Region, plans: Plans): Json {
  const rules = parse(readFileSync(join(root, 'events', 'rules.yml'), 'utf8')) as Rules;
  const witness = plans.applications.every((plan) => !plan.regions.includes(region));
  return {
    ...Object.fromEntries(functionNames().map((name) => [`${id(name)}Role`, functionRole(name, region, plans)])),
    ...machine(),
    ...deadLetters(),
    ...Object.assign({}, ...rules.rules.map(rule)),
    ...Object.assign({}, ...rules.schedules.filter(({ places }) => places.includes(witness ? 'witness' : 'region')).map((entry) => schedules(entry, plans))),
    ...(region === allRegions(plans)[0] ? table(plans) : {}),
  };
}

const assume = (service: string): Json => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }],
});
const lambdaAssume: Json = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };

function functionRole(name: string, region: Region, plans: Plans): Json {
  const logs = { Sid: 'Log', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:logs:${region}:\${AWS::AccountId}:log-group:/aws/lambda/hotshift-${name}:*` } };
  const traces = { Sid: 'Trace', Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' };
  return {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: lambdaAssume, Policies: [{ PolicyName: 'step', PolicyDocument: { Version: '2012-10-17', Statement: [logs, traces, ...permissionsOf(name, region, plans)] } }] },
  };
}

function machine(): Json {
  const definition = parse(readFileSync(join(root, 'statemachines', 'failover.asl.yaml'), 'utf8')) as Json;
  const steps = functionNames().filter((name) => !AGENTS.has(name));
  return {
    FailoverLogs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/vendedlogs/states/hotshift-failover', RetentionInDays: 400 } },
    FailoverRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: assume('states.amazonaws.com'),
        Policies: [{
          PolicyName: 'failover',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Sid: 'Steps', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: steps.map((name) => ({ 'Fn::GetAtt': [`${id(name)}LambdaFunction`, 'Arn'] })) },
              // Step Functions asks for these on "*" only (its guide on logging to CloudWatch Logs).
              { Sid: 'Logging', Effect: 'Allow', Action: ['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'], Resource: '*' },
              { Sid: 'Tracing', Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], Resource: '*' },
            ],
          },
        }],
      },
    },
    FailoverStateMachine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'hotshift-failover', StateMachineType: 'STANDARD', RoleArn: { 'Fn::GetAtt': ['FailoverRole', 'Arn'] },
        DefinitionString: JSON.stringify(definition),
        DefinitionSubstitutions: Object.fromEntries(steps.map((name) => [`${id(name)}FunctionArn`, { 'Fn::GetAtt': [`${id(name)}LambdaFunction`, 'Arn'] }])),
        // Execution data holds a task token while an approval waits: it stays out of the logs.
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false, Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': ['FailoverLogs', 'Arn'] } } }] },
        TracingConfiguration: { Enabled: true },
      },
    },
  };
}

function deadLetters(): Json {
  return {
    DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'hotshift-dead-letters', MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true } },
    DeadLettersPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'DeadLetters' }],
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Sid: 'Rules', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:SourceArn': { 'Fn::Sub': 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/hotshift-*' } } } }] },
      },
    },
    DeadLettersAlarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'hotshift-dead-letters', AlarmDescription: 'An event that should have started something did not. See docs/runbook.md.',
        Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetters', 'QueueName'] } }],
        Statistic: 'Maximum', Period: 60, EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching',
      },
    },
  };
}

function rule({ name, description, pattern, target }: Rules['rules'][number]): Json {
  const role = `${id(name)}Role`;
  return {
    [role]: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: assume('events.amazonaws.com'), Policies: [{ PolicyName: 'start', PolicyDocument: { Version: '2012-10-17', Statement: [{ Sid: 'Start', Effect: 'Allow', Action: ['states:StartExecution'], Resource: { Ref: `${id(target.stateMachine)}StateMachine` } }] } }] } },
    [`${id(name)}Rule`]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `hotshift-${name}`, Description: description, EventPattern: pattern, State: 'ENABLED',
        Targets: [{ Id: target.stateMachine, Arn: { Ref: `${id(target.stateMachine)}StateMachine` }, RoleArn: { 'Fn::GetAtt': [role, 'Arn'] }, InputPath: target.inputPath, DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } }, RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 900 } }],
      },
    },
  };
}

function schedules({ name, description, everySeconds, target, runSeconds }: Rules['schedules'][number], plans: Plans): Json {
  const role = `${id(name)}ScheduleRole`;
  const functionArn = { 'Fn::GetAtt': [`${id(target.function)}LambdaFunction`, 'Arn'] };
  return {
    [role]: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: assume('scheduler.amazonaws.com'), Policies: [{ PolicyName: 'invoke', PolicyDocument: { Version: '2012-10-17', Statement: [{ Sid: 'Invoke', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: functionArn }, { Sid: 'DeadLetter', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } }] } }] } },
    ...Object.fromEntries(plans.applications.map(({ application }) => [`${id(name)}${id(application)}Schedule`, {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: `hotshift-${name}-${application}`, Description: description, State: 'ENABLED', ScheduleExpression: `rate(${everySeconds / 60} minute${everySeconds === 60 ? '' : 's'})`, FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: functionArn, RoleArn: { 'Fn::GetAtt': [role, 'Arn'] }, Input: JSON.stringify({ application, runSeconds }), DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } }, RetryPolicy: { MaximumRetryAttempts: 0 } },
      },
    }])),
  };
}

/** The one table that decides who may act: strong consistency over three regions, or it would be no lock. */
function table(plans: Plans): Json {
  return {
    Table: {
      Type: 'AWS::DynamoDB::GlobalTable', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: plans.table, BillingMode: 'PAY_PER_REQUEST', MultiRegionConsistency: 'STRONG',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
        SSESpecification: { SSEEnabled: true },
        Replicas: allRegions(plans).map((region) => ({ Region: region, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, DeletionProtectionEnabled: true })),
      },
    },
  };
}
