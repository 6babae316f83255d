// The state machines of failovers, drills and failbacks: the definitions as they stand in statemachines/, their roles, their logs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { arn, attribute, functionArn, logicalId, ref, role, type Json, type Statement } from './cloudformation.ts';
import { functionNames, logGroup } from './functions.ts';

const root = join(import.meta.dirname, '..');

/** The definition as JSON, `${...}` still in it. */
export const definition = (name: string): Json => parse(readFileSync(join(root, 'statemachines', `${name}.asl.yaml`), 'utf8')) as Json;

/** The functions that a definition calls by name; CloudFormation takes no value that is used nowhere. */
const callsOf = (text: string): readonly string[] => functionNames().filter((name) => text.includes(`\${${logicalId(name)}FunctionArn}`));

const FAILOVER = '${FailoverStateMachineArn}';

/**
 * A distributed Map runs its children as executions of its own machine (Step Functions guide, "IAM policies for Distributed Map states").
 * It may not stop a failover.
 */
const startFailovers = (full: string): readonly Statement[] => [
  { Sid: 'StartFailovers', Effect: 'Allow', Action: ['states:StartExecution'], Resource: ref('FailoverStateMachine') },
  { Sid: 'StartChildren', Effect: 'Allow', Action: ['states:StartExecution'], Resource: arn('states', `stateMachine:${full}`) },
  { Sid: 'FollowChildren', Effect: 'Allow', Action: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'], Resource: arn('states', `execution:${full}/*:*`) },
];

/** `load`: functions of the application's owners, which a drill may call. */
export function machine(name: 'failover' | 'drill' | 'failback' | 'evacuate', load: readonly string[] = []): Json {
  const [id, full] = [logicalId(name), `hotshift-${name}`];
  const text = JSON.stringify(definition(name));
  const log = arn('logs', `log-group:/aws/vendedlogs/states/${full}:*`);
  return {
    [`${id}Logs`]: { ...logGroup(`/aws/vendedlogs/states/${full}`), DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
    [`${id}Role`]: role('states.amazonaws.com', name, [
      { Sid: 'Steps', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: callsOf(text).map(functionArn) },
      ...(load.length === 0 ? [] : [{ Sid: 'Load', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: load } as const]),
      ...(text.includes(FAILOVER) ? startFailovers(full) : []),
      // These know no resources (Service Authorization Reference; Step Functions guide, logging to CloudWatch Logs).
      { Sid: 'Logging', Effect: 'Allow', Action: ['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'], Resource: '*' },
      { Sid: 'Tracing', Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], Resource: '*' },
    ], arn('states', `stateMachine:${full}`)),
    [`${id}StateMachine`]: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: full, StateMachineType: 'STANDARD', RoleArn: attribute(`${id}Role`),
        DefinitionString: text,
        DefinitionSubstitutions: {
          ...Object.fromEntries(callsOf(text).map((called) => [`${logicalId(called)}FunctionArn`, functionArn(called)])),
          ...(text.includes(FAILOVER) ? { FailoverStateMachineArn: ref('FailoverStateMachine') } : {}),
        },
        // Execution data holds a task token while an approval waits: it stays out of the logs.
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false, Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: log } }] },
        TracingConfiguration: { Enabled: true },
      },
      DependsOn: [`${id}Logs`],
    },
  };
}
