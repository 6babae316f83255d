// Rights as IAM sees them: what a role allows and, above all, what it does not.
import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../resources/cloudformation.ts';
import type { Call } from '../../twin/aws/calls.ts';
import { twinPlan } from '../../twin/plan.ts';
import { allows, usedRights } from '../../twin/rights.ts';
import { resourcesOf } from '../../twin/rights-resources.ts';
import { settingsSchema } from '../../twin/settings.ts';

const plan = twinPlan(settingsSchema.parse({}), { applicationPort: 1, controlPort: 2, databasePort: 3, slackUrl: 'http://127.0.0.1:4', hostedZoneId: 'ZONE', addresses: { 'us-east-1': '127.0.1.1', 'us-west-2': '127.0.2.1' } });
const call = (identity: string, service: string, operation: string, input: object, place = 'us-west-2', region = place): Call => ({ service, operation, region, caller: place, identity, at: 0, input, outcome: 'answered' });
const item = (pk: string) => ({ TableName: 'hotshift', Item: { pk: { S: pk }, sk: { S: 'lease' } } });
const records = (name: string, type: string, action = 'UPSERT') => ({ HostedZoneId: 'ZONE', ChangeBatch: { Changes: [{ Action: action, ResourceRecordSet: { Name: name, Type: type } }] } });

describe('a role', () => {
  test.each<[string, Call, boolean]>([
    ['promotes its own instance', call('hotshift-promote', 'rds', 'PromoteReadReplica', { DBInstanceIdentifier: 'orders-us-west-2' }), true],
    ['promotes no other', call('hotshift-promote', 'rds', 'PromoteReadReplica', { DBInstanceIdentifier: 'billing' }), false],
    ['promotes nothing in the other region', call('hotshift-promote', 'rds', 'PromoteReadReplica', { DBInstanceIdentifier: 'orders-us-east-1' }, 'us-west-2', 'us-east-1'), false],
    ['of another step promotes nothing', call('hotshift-fence', 'rds', 'PromoteReadReplica', { DBInstanceIdentifier: 'orders-us-west-2' }), false],
    ['writes items of its application', call('hotshift-claim', 'dynamodb', 'PutItem', item('app#shop')), true],
    ['writes none of another', call('hotshift-claim', 'dynamodb', 'PutItem', item('app#bank')), false],
    ['writes to no other table', call('hotshift-claim', 'dynamodb', 'PutItem', { ...item('app#shop'), TableName: 'bank' }), false],
    ['changes the records of the plan', call('hotshift-shift', 'route-53', 'ChangeResourceRecordSets', records('app.shop.test.', 'A')), true],
    ['deletes none', call('hotshift-shift', 'route-53', 'ChangeResourceRecordSets', records('app.shop.test.', 'A', 'DELETE')), false],
    ['changes no other name', call('hotshift-shift', 'route-53', 'ChangeResourceRecordSets', records('www.shop.test.', 'A')), false],
    ['reads its secret', call('hotshift-promote', 'secrets-manager', 'GetSecretValue', { SecretId: 'hotshift/orders/us-west-2' }), true],
    ['reads no secret whose name only begins like it', call('hotshift-promote', 'secrets-manager', 'GetSecretValue', { SecretId: 'hotshift/orders/us-west-2-root' }), false],
    ['raises suspicions under its own name', call('hotshift-observe', 'eventbridge', 'PutEvents', { Entries: [{ EventBusName: 'default', Source: 'hotshift' }] }), true],
    ['raises none in the name of AWS', call('hotshift-observe', 'eventbridge', 'PutEvents', { Entries: [{ EventBusName: 'default', Source: 'aws.rds' }] }), false],
    ['closes its own security group', call('hotshift-enforce', 'ec2', 'RevokeSecurityGroupIngress', { GroupId: 'sg-01aabbccddeeff001' }), true],
    ['closes no other', call('hotshift-enforce', 'ec2', 'RevokeSecurityGroupIngress', { GroupId: 'sg-09aabbccddeeff001' }), false],
  ])('%s', (_what, made, allowed) => {
    const used = usedRights([made], plan);
    expect(used.map((right) => right.allowed)).toEqual([allowed]);
  });
});

test('calls of nobody in particular are no rights of a function, and each right is told once', () => {
  const made = call('hotshift-claim', 'dynamodb', 'PutItem', item('app#shop'));
  expect(usedRights([made, made, { ...made, identity: 'AKIDTWIN' }], plan)).toHaveLength(1);
});

test('an empty set of keys does not pass as one that is all right', () => {
  const statement: Statement = { Sid: 'S', Effect: 'Allow', Action: ['dynamodb:Query'], Resource: '*', Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['app#shop'] }, Null: { 'dynamodb:LeadingKeys': 'false' } } };
  const [asked] = resourcesOf(call('hotshift-claim', 'dynamodb', 'Scan', { TableName: 'hotshift' }));
  expect(allows(statement, 'dynamodb:Query', asked!, 'us-west-2')).toBe(false);
});

test('an operator that is not understood is no permission', () => {
  const statement: Statement = { Sid: 'S', Effect: 'Allow', Action: ['a:B'], Resource: '*', Condition: { NumericLessThan: { 'a:b': '1' } } };
  expect(() => allows(statement, 'a:B', { resource: '*', keys: {} }, 'here')).toThrow(/NumericLessThan is not known/);
});
