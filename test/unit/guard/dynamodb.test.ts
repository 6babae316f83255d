// The store protocol on DynamoDB: exactly what is sent, and what each answer means.
import { expect, test } from '@jest/globals';
import { dynamodbRenewal, dynamodbSurrender } from '../../../guard/dynamodb.ts';

class UpdateItemCommand {
  readonly input: unknown;
  constructor(input: unknown) {
    this.input = input;
  }
}
const conditionFailed = (Item?: object): Error => Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException', Item });

function store(answer: () => Promise<unknown>) {
  const sent: unknown[] = [];
  const options = {
    send: (command: UpdateItemCommand) => { sent.push(command.input); return answer(); },
    UpdateItemCommand, tableName: 'hotshift', application: 'shop', database: 'orders', wallClock: () => 1_700_000_000_123.9,
  };
  return { sent, options: options as unknown as Parameters<typeof dynamodbRenewal>[0] };
}

test('a renewal records its time if the permit is not withdrawn', async () => {
  const { sent, options } = store(async () => ({ Attributes: { epoch: { N: '7' }, writer: { S: 'us-west-2' } } }));
  expect(await dynamodbRenewal(options)('i-1')).toEqual({ granted: true, epoch: 7, writer: 'us-west-2' });
  expect(sent).toEqual([{
    TableName: 'hotshift', Key: { pk: { S: 'app#shop' }, sk: { S: 'permit#orders' } },
    UpdateExpression: 'SET #renewals.#instance = :now', ConditionExpression: '#withdrawn = :false AND (attribute_not_exists(#renewals.#instance) OR #renewals.#instance < :now)',
    ExpressionAttributeNames: { '#renewals': 'renewals', '#instance': 'i-1', '#withdrawn': 'withdrawn' },
    ExpressionAttributeValues: { ':now': { N: '1700000000123' }, ':false': { BOOL: false } },
    ReturnValues: 'ALL_NEW', ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }]);
});

test('a withdrawn permit is a refusal with its epoch; no permit is one without', async () => {
  const withdrawn = store(() => Promise.reject(conditionFailed({ epoch: { N: '7' }, withdrawn: { BOOL: true } })));
  expect(await dynamodbRenewal(withdrawn.options)('i-1')).toEqual({ granted: false, epoch: 7, reason: 'the permit of epoch 7 for orders was withdrawn' });
  const missing = store(() => Promise.reject(conditionFailed()));
  expect(await dynamodbRenewal(missing.options)('i-1')).toEqual({ granted: false, reason: 'no permit for orders of shop was ever granted' });
});

test('a renewal that was overtaken is granted by the later time that stands', async () => {
  const { options } = store(() => Promise.reject(conditionFailed({ epoch: { N: '7' }, writer: { S: 'us-west-2' }, withdrawn: { BOOL: false } })));
  expect(await dynamodbRenewal(options)('i-1')).toEqual({ granted: true, epoch: 7, writer: 'us-west-2' });
});

test('any other failure is no answer', async () => {
  const { options } = store(() => Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' })));
  await expect(dynamodbRenewal(options)('i-1')).rejects.toThrow('slow down');
  await expect(dynamodbSurrender(options)('i-1', 7)).rejects.toThrow('slow down');
});

test('an answer without epoch grants nothing that the guard would believe', async () => {
  const { options } = store(async () => ({}));
  expect(await dynamodbRenewal(options)('i-1')).toEqual({ granted: true, epoch: Number.NaN, writer: '' });
});

test('a surrender is recorded only for the withdrawn permit that was seen', async () => {
  const { sent, options } = store(() => Promise.reject(conditionFailed({ epoch: { N: '8' } })));
  await dynamodbSurrender(options)('i-1', 7);
  expect(sent).toEqual([{
    TableName: 'hotshift', Key: { pk: { S: 'app#shop' }, sk: { S: 'permit#orders' } },
    UpdateExpression: 'SET #surrenders.#instance = :epoch', ConditionExpression: '#withdrawn = :true AND #epoch = :epoch',
    ExpressionAttributeNames: { '#surrenders': 'surrenders', '#instance': 'i-1', '#withdrawn': 'withdrawn', '#epoch': 'epoch' },
    ExpressionAttributeValues: { ':epoch': { N: '7' }, ':true': { BOOL: true } }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }]);
});
