// The judges judged: our own checks must see faults that were put there, and an exception must excuse just what it says.
import { describe, expect, test } from '@jest/globals';
import { role } from '../../../resources/cloudformation.ts';
import { readPlans } from '../../../resources/plans.ts';
import { readNetworks } from '../../../resources/network.ts';
import { resourcesOf } from '../../../resources/stack.ts';
import { statementFindings } from '../../../scripts/judges/authorization.ts';
import { readExceptions, standing, type Finding, type TemplateBody } from '../../../scripts/judges/judge.ts';
import { propertyFindings } from '../../../scripts/judges/properties.ts';

const plans = readPlans('hotshift.example.yml');
const queue = (Properties: object): TemplateBody => ({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: Properties as Record<string, unknown> } } });
const rulesOf = (body: TemplateBody): readonly string[] => propertyFindings({ region: 'here', body }).map(({ rule, where }) => `${rule} ${where}`);

describe('resource schemas', () => {
  test.each([
    ['an unknown property', queue({ QueueNam: 'x' }), ['property here: Queue.QueueNam']],
    ['a wrong type', queue({ MessageRetentionPeriod: 'long' }), ['value here: Queue.MessageRetentionPeriod']],
    ['a list that is none', queue({ Tags: 'x' }), ['value here: Queue.Tags']],
    ['a Ref into nothing', queue({ QueueName: { Ref: 'Nobody' } }), ['reference here: Queue.QueueName']],
    ['a GetAtt of what is no attribute', queue({ QueueName: { 'Fn::GetAtt': ['Queue', 'Ar'] } }), ['reference here: Queue.QueueName']],
    ['a Sub into nothing', queue({ QueueName: { 'Fn::Sub': 'a-${Nobody}' } }), ['reference here: Queue.QueueName']],
    ['a missing property', { Resources: { Key: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/x' } } } }, ['required here: Key.TargetKeyId']],
    ['an unknown type', { Resources: { Thing: { Type: 'AWS::SQS::Thing' } } }, ['type here: Thing']],
  ])('%s is found', (_what, body, expected) => {
    expect(rulesOf(body)).toEqual(expected);
  });

  test('a queue as it should be has no finding', () => {
    expect(rulesOf(queue({ QueueName: 'x', MessageRetentionPeriod: 60, SqsManagedSseEnabled: true, Tags: [{ Key: 'a', Value: 'b' }] }))).toEqual([]);
  });

  test('our resources have none, apart from references to functions, which osls makes', () => {
    const body = { Resources: resourcesOf('eu-west-1', plans, readNetworks(plans, 'hotshift.network.example.yml')) } as unknown as TemplateBody;
    expect(propertyFindings({ region: 'here', body }).filter(({ what }) => !/LambdaFunction/.test(what))).toEqual([]);
  });
});

describe('service authorization', () => {
  const reference = {
    sqs: {
      privileges: { SendMessage: { resource_types: { queue: { condition_keys: [] } } }, ListQueues: { resource_types: { '': { condition_keys: [] } } } },
      resources: { queue: { arn: 'arn:${Partition}:sqs:${Region}:${Account}:${QueueName}' } },
    },
  };
  const rules = (statement: object) => statementFindings({ where: 'here', statement: { Sid: 'S', Effect: 'Allow', ...statement } as never }, reference).map(({ rule }) => rule);

  test.each([
    ['an action that does not exist', { Action: ['sqs:SendMesage'], Resource: '*' }, ['action']],
    ['"*" where a queue could be named', { Action: ['sqs:SendMessage'], Resource: '*' }, ['wide']],
    ['an ARN of another kind', { Action: ['sqs:SendMessage'], Resource: 'arn:aws:sns:eu-west-1:111122223333:q' }, ['resource']],
    ['a condition key that the action does not know', { Action: ['sqs:ListQueues'], Resource: '*', Condition: { StringEquals: { 'ec2:Region': 'x' } } }, ['condition']],
    ['none', { Action: ['sqs:SendMessage'], Resource: 'arn:aws:sqs:eu-west-1:111122223333:q', Condition: { StringEquals: { 'aws:SourceAccount': 'x' } } }, []],
  ])('%s', (_what, statement, expected) => {
    expect(rules(statement)).toEqual(expected);
  });

  test('a role names who may be the reason', () => {
    expect(JSON.stringify(role('events.amazonaws.com', 'p', [], 'arn:x'))).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}},"ArnLike":{"aws:SourceArn":"arn:x"}');
  });
});

describe('exceptions', () => {
  const finding: Finding = { rule: 'W1', where: 'eu-west-1: Queue', what: 'is odd' };
  const reason = 'A reason of forty characters at the very least.';

  test('excuse the finding that they name, and no other', () => {
    expect(standing([finding, { ...finding, where: 'eu-west-1: Queues' }], [{ rule: 'W1', where: '\\S+: Queue', reason }])).toEqual([{ ...finding, where: 'eu-west-1: Queues' }]);
    expect(standing([finding], [{ rule: 'W1', where: '\\S+: Queue', what: 'is even', reason }])).toHaveLength(2);
  });
  test('that excuse nothing are a finding, for the example', () => {
    expect(standing([], [{ rule: 'W1', where: 'x', reason }])).toHaveLength(1);
    expect(standing([], [{ rule: 'W1', where: 'x', reason }], false)).toEqual([]);
  });
  test('all have a reason', () => {
    expect(Object.values(readExceptions()).flat().length).toBeGreaterThan(0);
  });
});
