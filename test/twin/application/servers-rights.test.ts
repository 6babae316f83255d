// The role that guard/README.md gives to application servers: all that the guard sends, as IAM sees it, and no write of what Hotshift decides.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { GetItemCommand, UpdateItemCommand, type GetItemCommandInput, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { dynamodbRenewal, dynamodbSurrender, type DynamodbPermitOptions } from '../../../guard/dynamodb.ts';
import type { Statement } from '../../../resources/cloudformation.ts';
import type { Call } from '../../../twin/aws/calls.ts';
import { allows } from '../../../twin/rights.ts';
import { resourcesOf } from '../../../twin/rights-resources.ts';

const [, json = ''] = /```json\n([\s\S]+?)```/.exec(readFileSync(new URL('../../../guard/README.md', import.meta.url), 'utf8')) ?? [];
const statements = (JSON.parse(json) as Statement[]).map((statement) => ({ ...statement, Action: [statement.Action].flat() }));

function isAllowed(operation: string, input: object): boolean {
  const call: Call = { service: 'dynamodb', operation, region: 'us-west-2', caller: 'us-west-2', identity: 'server', at: 0, input, outcome: 'answered' };
  return resourcesOf(call).every((asked) => statements.some((statement) => allows(statement, `dynamodb:${operation}`, asked, 'us-west-2')));
}

test('a server may send all that renewing and surrendering needs', async () => {
  const sent: string[] = [];
  const permit = { epoch: { N: '1' }, writer: { S: 'us-west-2' }, withdrawn: { BOOL: false } };
  const options: DynamodbPermitOptions = {
    send: async (command: GetItemCommand | UpdateItemCommand) => {
      const operation = command instanceof GetItemCommand ? 'GetItem' : 'UpdateItem';
      sent.push(`${operation} ${isAllowed(operation, command.input) ? 'allowed' : 'denied'}`);
      return { Item: permit };
    },
    GetItemCommand, UpdateItemCommand, tableName: 'hotshift', application: 'shop', database: 'orders',
  };
  await dynamodbRenewal(options)('server-1');
  permit.withdrawn.BOOL = true;
  await dynamodbSurrender(options)('server-1', 1);
  expect(sent).toEqual(['GetItem allowed', 'UpdateItem allowed', 'GetItem allowed', 'GetItem allowed', 'UpdateItem allowed']);
});

const key = (pk: string, sk: string) => ({ TableName: 'hotshift', Key: { pk: { S: pk }, sk: { S: sk } } }) satisfies GetItemCommandInput & UpdateItemCommandInput;
test.each<[string, string, object]>([
  ['the permit', 'UpdateItem', key('app#shop', 'permit#orders')],
  ['the permit as a whole', 'PutItem', { TableName: 'hotshift', Item: key('app#shop', 'permit#orders').Key }],
  ['the lease', 'UpdateItem', key('app#shop', 'lease')],
  ['observations', 'UpdateItem', key('obs#shop', 'us-east-1#us-west-2')],
  ['renewals of another application', 'UpdateItem', key('renewals#bank#orders', 'server-1')],
  ['another table', 'UpdateItem', { ...key('renewals#shop#orders', 'server-1'), TableName: 'bank' }],
])('it cannot write %s', (_what, operation, input) => expect(isAllowed(operation, input)).toBe(false));

test('it cannot forget a renewal, nor put one back', () => {
  expect(isAllowed('DeleteItem', key('renewals#shop#orders', 'server-1'))).toBe(false);
  expect(isAllowed('PutItem', { TableName: 'hotshift', Item: key('renewals#shop#orders', 'server-1').Key })).toBe(false);
});
