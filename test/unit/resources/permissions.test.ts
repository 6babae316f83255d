// Least privilege, held against the source: a role allows what its function can send, and nothing else.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { functionNames } from '../../../resources/functions.ts';
import { permissionsOf } from '../../../resources/permissions.ts';
import { allRegions, isWitness } from '../../../resources/plans.ts';
import { readRules } from '../../../resources/rules.ts';
import { actionsOf, SourceCalls } from './sdk-calls.ts';
import { wholePlans } from './whole-plans.ts';

const plans = wholePlans;
const names = functionNames();

const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort();

describe('the calls in the source', () => {
  let calls: SourceCalls;
  beforeAll(() => { calls = new SourceCalls(names); });

  test('are found at all: promotion promotes, and nobody else does', () => {
    const promoting = names.filter((name) => calls.of(name).some(({ command }) => command === 'PromoteReadReplica'));
    expect(promoting).toEqual(['promote']);
    expect(calls.of('promote').flatMap(actionsOf)).toContain('rds:DescribeDBInstances');
  });

  test.each(names)('%s: its role in a region of the pair allows just what it can send', (name) => {
    const allowed = permissionsOf(name, 'eu-west-1', plans).flatMap(({ Action }) => Action);
    expect(sorted(allowed)).toEqual(sorted(calls.of(name).flatMap(actionsOf)));
  });

  test.each(names)('%s: its role in the witness allows nothing that it cannot send', (name) => {
    if (readRules().schedules.some(({ target, places }) => target.function === name && !places.includes('witness'))) return;
    const sent = new Set(calls.of(name).flatMap(actionsOf));
    const allowed = permissionsOf(name, plans.applications[0]?.witness ?? '', plans).flatMap(({ Action }) => Action);
    expect(allowed.filter((one) => !sent.has(one))).toEqual([]);
  });
});

describe('changes are bound', () => {
  const CHANGING = ['rds:PromoteReadReplica', 'rds:FailoverGlobalCluster', 'rds:SwitchoverGlobalCluster', 'rds:CopyDBClusterSnapshot', 'ec2:RevokeSecurityGroupIngress', 'route53:ChangeResourceRecordSets', 'ecs:UpdateService', 'autoscaling:SetDesiredCapacity', 'lambda:PutProvisionedConcurrencyConfig', 'application-autoscaling:RegisterScalableTarget', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'sns:Publish', 'ssm:PutParameter', 'lambda:InvokeFunction', 'events:PutEvents'];
  const statements = allRegions(plans).flatMap((region) => names.flatMap((name) => permissionsOf(name, region, plans).map((statement) => ({ region, name, statement }))));

  test('every changing action names its resources', () => {
    const wide = statements.filter(({ statement }) => statement.Action.some((one) => CHANGING.includes(one)) && [statement.Resource].flat().some((resource) => JSON.stringify(resource).includes('"*"')));
    expect(wide).toEqual([]);
    expect(sorted(statements.flatMap(({ statement }) => statement.Action)).filter((one) => CHANGING.includes(one))).toEqual(sorted(CHANGING));
  });

  test('a region of the pair promotes its own instance, the witness either', () => {
    const promotes = (region: string) => statements.filter((entry) => entry.region === region && entry.statement.Sid === 'Promote').flatMap(({ statement }) => statement.Resource);
    expect(promotes('eu-west-1')).toEqual(['arn:aws:rds:eu-west-1:111122223333:db:orders-ireland']);
    expect(promotes('eu-central-1')).toEqual(['arn:aws:rds:eu-central-1:111122223333:db:orders-frankfurt']);
    expect(promotes(allRegions(plans).find((region) => isWitness(region, plans)) ?? '')).toHaveLength(2);
  });

  test('capacity: each count by its name; a target of Application Auto Scaling has none, so by what it scales', () => {
    const bound = (one: string) => statements.filter(({ region, name, statement }) => region === 'eu-west-1' && name === 'scale' && statement.Action.includes(one)).map(({ statement }) => JSON.stringify([statement.Resource, statement.Condition]));
    expect(bound('autoscaling:SetDesiredCapacity').join()).toMatch(/autoscaling:eu-west-1:.*autoScalingGroupName\/shop-web/);
    expect(bound('lambda:PutProvisionedConcurrencyConfig').join()).toMatch(/lambda:eu-west-1:.*function:shop-api:live/);
    expect(bound('application-autoscaling:RegisterScalableTarget').join()).toMatch(/"application-autoscaling:service-namespace":\["ecs"\].*"ecs:service:DesiredCount"/);
    expect(bound('autoscaling:SetDesiredCapacity').join()).not.toContain('eu-central-1');
  });

  test('hooks: just the configured functions, of the region that takes over', () => {
    expect(statements.filter(({ region, statement }) => region === 'eu-west-1' && statement.Sid === 'CallHooks').flatMap(({ statement }) => statement.Resource)).toEqual(['arn:aws:lambda:eu-west-1:111122223333:function:tell']);
  });

  test('a global database: a failover for its own clusters in the own region, a switchover for both', () => {
    const targets = (sid: string): readonly string[] => statements.filter((entry) => entry.region === 'eu-west-1' && entry.statement.Sid === sid).flatMap(({ statement }) => [statement.Resource].flat() as string[]);
    expect(targets('FailOverGlobal')).toEqual([
      'arn:aws:rds::111122223333:global-cluster:users-west-global', 'arn:aws:rds::111122223333:global-cluster:users-central-global',
      'arn:aws:rds:eu-west-1:111122223333:cluster:users-west-ireland', 'arn:aws:rds:eu-west-1:111122223333:cluster:users-central-ireland',
    ]);
    expect(targets('SwitchOverGlobal')).toHaveLength(6);
  });

  test('records: only upserts, only the configured names, with the types that are written', () => {
    const conditions = statements.filter(({ region, statement }) => region === 'eu-west-1' && statement.Action.includes('route53:ChangeResourceRecordSets')).map(({ statement }) => statement.Condition?.['ForAllValues:StringEquals']);
    expect(conditions).toEqual([
      { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['shop.example.com'], 'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA'], 'route53:ChangeResourceRecordSetsActions': ['UPSERT'] },
      { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['orders-writer.shop.internal', 'users-west-writer.shop.internal', 'users-central-writer.shop.internal'], 'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'], 'route53:ChangeResourceRecordSetsActions': ['UPSERT'] },
    ]);
  });

  test('a function without statements cannot be packaged', () => {
    expect(() => permissionsOf('unheard-of', 'eu-west-1', plans)).toThrow('has no statements');
  });
});
