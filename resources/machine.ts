// The state machine of a failover: the definition as it stands in statemachines/, its role, its log.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { arn, attribute, functionArn, logicalId, role, type Json } from './cloudformation.ts';
import { logGroup, stepNames as steps } from './functions.ts';

const root = join(import.meta.dirname, '..');

/** The definition as JSON, `${...}` still in it. */
export const definition = (name: string): Json => parse(readFileSync(join(root, 'statemachines', `${name}.asl.yaml`), 'utf8')) as Json;

export function machine(): Json {
  const log = arn('logs', 'log-group:/aws/vendedlogs/states/hotshift-failover:*');
  return {
    FailoverLogs: { ...logGroup('/aws/vendedlogs/states/hotshift-failover'), DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
    FailoverRole: role('states.amazonaws.com', 'failover', [
      { Sid: 'Steps', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: steps().map(functionArn) },
      // These know no resources (Service Authorization Reference; Step Functions guide, logging to CloudWatch Logs).
      { Sid: 'Logging', Effect: 'Allow', Action: ['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'], Resource: '*' },
      { Sid: 'Tracing', Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], Resource: '*' },
    ], arn('states', 'stateMachine:hotshift-failover')),
    FailoverStateMachine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'hotshift-failover', StateMachineType: 'STANDARD', RoleArn: attribute('FailoverRole'),
        DefinitionString: JSON.stringify(definition('failover')),
        DefinitionSubstitutions: Object.fromEntries(steps().map((name) => [`${logicalId(name)}FunctionArn`, functionArn(name)])),
        // Execution data holds a task token while an approval waits: it stays out of the logs.
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false, Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: log } }] },
        TracingConfiguration: { Enabled: true },
      },
      DependsOn: ['FailoverLogs'],
    },
  };
}
