// One page of CloudWatch per region: is anybody watching, has anything been started, how did it end.
import type { Json } from './cloudformation.ts';
import { AGENTS, functionNames } from './functions.ts';

type Series = readonly unknown[];

export const dashboard = (agents: readonly string[]): Json => ({
  Dashboard: {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: { DashboardName: { 'Fn::Sub': 'hotshift-${AWS::Region}' }, DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: widgets(agents) }) } },
  },
});

function widgets(agents: readonly string[]): readonly unknown[] {
  const machine = '${FailoverStateMachine}';
  const steps = functionNames().filter((name) => !AGENTS.has(name));
  const shown: readonly { readonly title: string; readonly stat: string; readonly metrics: readonly Series[] }[] = [
    { title: 'Failovers', stat: 'Sum', metrics: ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((metric) => ['AWS/States', metric, 'StateMachineArn', machine]) },
    { title: 'Time of a failover (ms)', stat: 'Maximum', metrics: [['AWS/States', 'ExecutionTime', 'StateMachineArn', machine]] },
    { title: 'Agents: runs and errors', stat: 'Sum', metrics: agents.flatMap((name) => ['Invocations', 'Errors'].map((metric) => ['AWS/Lambda', metric, 'FunctionName', `hotshift-${name}`])) },
    { title: 'Steps: errors', stat: 'Sum', metrics: steps.map((name) => ['AWS/Lambda', 'Errors', 'FunctionName', `hotshift-${name}`]) },
    { title: 'Steps: longest run (ms)', stat: 'Maximum', metrics: steps.map((name) => ['AWS/Lambda', 'Duration', 'FunctionName', `hotshift-${name}`]) },
    { title: 'Dead letters', stat: 'Maximum', metrics: [['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', 'hotshift-dead-letters']] },
  ];
  // Two columns of 12 units each: a page is 24 units wide.
  return shown.map(({ title, stat, metrics }, index) => ({
    type: 'metric', x: (index % 2) * 12, y: Math.floor(index / 2) * 6, width: 12, height: 6,
    properties: { title, stat, metrics, period: 60, region: '${AWS::Region}', view: 'timeSeries' },
  }));
}
