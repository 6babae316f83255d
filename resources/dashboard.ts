// One page of CloudWatch per region: what do we see from here, is anybody watching, has anything been started, how did it end.
import { NAMESPACE, SERVICE } from '../adapters/figures.ts';
import type { Region } from '../domain/plan.ts';
import type { Json } from './cloudformation.ts';
import { stepNames } from './functions.ts';
import { isWitness, type Plans } from './plans.ts';
import { agentsAt } from './rules.ts';

type Series = readonly unknown[];
interface Widget { readonly title: string; readonly stat: string; readonly period?: number; readonly metrics: readonly Series[] }

export const dashboard = (region: Region, plans: Plans): Json => ({
  Dashboard: {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: { DashboardName: { 'Fn::Sub': 'hotshift-${AWS::Region}' }, DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: widgets(region, plans) }) } },
  },
});

function widgets(region: Region, plans: Plans): readonly unknown[] {
  // Two columns of 12 units each: a page is 24 units wide.
  return [...seen(region, plans), ...machinery(region, plans)].filter(({ metrics }) => metrics.length > 0).map(({ title, stat, period = 60, metrics }, index) => ({
    type: 'metric', x: (index % 2) * 12, y: Math.floor(index / 2) * 6, width: 12, height: 6,
    properties: { title, stat, metrics, period, region: '${AWS::Region}', view: 'timeSeries' },
  }));
}

/** What the vantage point of this place sees of each application. */
function seen(region: Region, plans: Plans): readonly Widget[] {
  return plans.applications.filter((plan) => [...plan.regions, plan.witness].includes(region)).flatMap(({ application, regions, databases }): readonly Widget[] => {
    const of = (name: string, dimensions: Readonly<Record<string, string>>): Series => [NAMESPACE, name, ...Object.entries({ service: SERVICE, application, ...dimensions }).flat()];
    const each = (name: string): readonly Series[] => regions.map((target) => of(name, { vantagePoint: region, region: target }));
    return [
      { title: `${application}: healthy, and control endpoint within reach`, stat: 'Minimum', period: 10, metrics: [...each('Healthy'), of('ControlReachable', { vantagePoint: region })] },
      { title: `${application}: latency (ms)`, stat: 'p90', period: 10, metrics: each('Latency') },
      { title: `${application}: slow rounds, refused writes`, stat: 'Sum', metrics: [...each('Slow'), ...each('RefusedWrites')] },
      { title: `${application}: replication lag (s)`, stat: 'Maximum', period: 10, metrics: isWitness(region, plans) ? [] : databases.map(({ name }) => of('Lag', { region, database: name })) },
    ];
  });
}

/** Is Hotshift itself at work, and how did what it started end? */
function machinery(region: Region, plans: Plans): readonly Widget[] {
  const [agents, table, machine] = [agentsAt(region, plans), plans.table, '${FailoverStateMachine}'];
  const planned = ['Failback', 'Evacuate', ...(isWitness(region, plans) ? [] : ['Drill'])];
  const steps = stepNames();
  const ofFunctions = (metric: string, names: readonly string[]): readonly Series[] => names.map((name) => ['AWS/Lambda', metric, 'FunctionName', `hotshift-${name}`]);
  return [
    { title: 'Failovers', stat: 'Sum', metrics: ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((metric) => ['AWS/States', metric, 'StateMachineArn', machine]) },
    { title: 'Time of a failover (ms)', stat: 'Maximum', metrics: [['AWS/States', 'ExecutionTime', 'StateMachineArn', machine]] },
    { title: 'Failbacks, evacuations and drills', stat: 'Sum', metrics: planned.flatMap((name) => ['ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((metric): Series => ['AWS/States', metric, 'StateMachineArn', `\${${name}StateMachine}`])) },
    // As adapters/lambda.ts writes what a step counts.
    { title: 'Rehearsal: findings, and checks that could not be made', stat: 'Maximum', period: 1800, metrics: ['FindingsCritical', 'FindingsWarning', 'NotChecked'].map((metric) => [NAMESPACE, metric, 'service', SERVICE, 'step', 'Rehearse']) },
    { title: 'Agents: runs and errors', stat: 'Sum', metrics: [...ofFunctions('Invocations', agents), ...ofFunctions('Errors', agents)] },
    { title: 'Steps: errors', stat: 'Sum', metrics: ofFunctions('Errors', steps) },
    { title: 'Steps: longest run (ms)', stat: 'Maximum', metrics: ofFunctions('Duration', steps) },
    { title: 'Table: latency of writes (ms), errors', stat: 'Maximum', metrics: [['AWS/DynamoDB', 'SuccessfulRequestLatency', 'TableName', table, 'Operation', 'PutItem'], ...['GetItem', 'Query', 'PutItem', 'UpdateItem'].map((operation) => ['AWS/DynamoDB', 'SystemErrors', 'TableName', table, 'Operation', operation])] },
    { title: 'Dead letters', stat: 'Maximum', metrics: [['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', 'hotshift-dead-letters']] },
  ];
}
