// The state machines of failovers, drills and failbacks: the definitions as they stand in statemachines/, their roles, their logs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { arn, attribute, functionArn, logicalId, role, type Json } from './cloudformation.ts';
import { functionNames, logGroup } from './functions.ts';

const root = join(import.meta.dirname, '..');

/** The definition as JSON, `${...}` still in it. */
export const definition = (name: string): Json => parse(readFileSync(join(root, 'statemachines', `${name}.asl.yaml`), 'utf8')) as Json;

/** The functions that a definition calls by name; CloudFormation takes no value that is used nowhere. */
const callsOf = (text: string): readonly string[] => functionNames().filter((name) => text.includes(`\${${logicalId(name)}FunctionArn}`));

/** `load`: functions of the application's owners, which a drill may call. */
export function machine(name: 'failover' | 'drill' | 'failback', load: readonly string[] = []): Json {
  const [id, full] = [logicalId(name), `hotshift-${name}`];
  const text = JSON.stringify(definition(name));
  const log = arn('logs', `log-group:/aws/vendedlogs/states/${full}:*`);
  return {
    [`${id}Logs`]: { ...logGroup(`/aws/vendedlogs/states/${full}`), DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
    [`${id}Role`]: role('states.amazonaws.com', name, [
      { Sid: 'Steps', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: callsOf(text).map(functionArn) },
      ...(load.length === 0 ? [] : [{ Sid: 'Load', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: load } as const]),
      // These know no resources (Service Authorization Reference; Step Functions guide, logging to CloudWatch Logs).
      { Sid: 'Logging', Effect: 'Allow', Action: ['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'], Resource: '*' },
      { Sid: 'Tracing', Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], Resource: '*' },
    ], arn('states', `stateMachine:${full}`)),
    [`${id}StateMachine`]: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: full, StateMachineType: 'STANDARD', RoleArn: attribute(`${id}Role`),
        DefinitionString: text,
        DefinitionSubstitutions: Object.fromEntries(callsOf(text).map((called) => [`${logicalId(called)}FunctionArn`, functionArn(called)])),
        // Execution data holds a task token while an approval waits: it stays out of the logs.
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false, Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: log } }] },
        TracingConfiguration: { Enabled: true },
      },
      DependsOn: [`${id}Logs`],
    },
  };
}
