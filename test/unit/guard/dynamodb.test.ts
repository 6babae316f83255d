// The store protocol on DynamoDB: exactly what is sent and in which order, and what each answer means.
import { expect, test } from '@jest/globals';
import { dynamodbRenewal, dynamodbSurrender } from '../../../guard/dynamodb.ts';

class Command {
  readonly input: unknown;
  constructor(input: unknown) {
    this.input = input;
  }
}
class GetItemCommand extends Command {}
class UpdateItemCommand extends Command {}

const conditionFailed = (): Error => Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException' });
const standing = { Item: { epoch: { N: '7' }, writer: { S: 'us-west-2' }, withdrawn: { BOOL: false } } };
const withdrawn = { Item: { ...standing.Item, withdrawn: { BOOL: true } } };
const granted = { granted: true, epoch: 7, writer: 'us-west-2' };
const refused = { granted: false, epoch: 7, reason: 'the permit of epoch 7 for orders was withdrawn' };

/** Answers to the reads and the writes, first to last; the last one of each goes on. */
function store(reads: readonly (object | Error)[], writes: readonly Error[] = []) {
  const sent: (readonly [string, unknown])[] = [];
  const wall = { now: 1_700_000_000_123.9 };
  const next = <T>(answers: readonly T[], kind: string): T | undefined => answers[Math.min(sent.filter(([done]) => done === kind).length, answers.length) - 1];
  const options = {
    send: async (command: Command) => {
      const kind = command instanceof GetItemCommand ? 'read' : 'write';
      sent.push([kind, command.input]);
      const answer = kind === 'read' ? next(reads, kind) : next(writes, kind);
      if (answer instanceof Error) throw answer;
      return answer ?? {};
    },
    GetItemCommand, UpdateItemCommand, tableName: 'hotshift', application: 'shop', database: 'orders', wallClock: () => wall.now,
  };
  return { sent, wall, steps: () => sent.map(([kind]) => kind).join(' '), options: options as unknown as Parameters<typeof dynamodbRenewal>[0] };
}

const READ = ['read', { TableName: 'hotshift', Key: { pk: { S: 'app#shop' }, sk: { S: 'permit#orders' } }, ConsistentRead: true }];
const WRITE = ['write', {
  TableName: 'hotshift', Key: { pk: { S: 'renewals#shop#orders' }, sk: { S: 'i-1' } },
  UpdateExpression: 'SET #renewedAt = :now', ConditionExpression: 'attribute_not_exists(#renewedAt) OR #renewedAt < :now',
  ExpressionAttributeNames: { '#renewedAt': 'renewedAt' }, ExpressionAttributeValues: { ':now': { N: '1700000000123' } },
}];

test('a renewal is written, and the permit is read after that; before the first one it is looked whether there is a permit at all', async () => {
  const { sent, options } = store([standing]);
  const renew = dynamodbRenewal(options);
  expect(await renew('i-1')).toEqual(granted);
  expect(sent).toEqual([READ, WRITE, READ]);
  expect(await renew('i-1')).toEqual(granted);
  expect(sent.slice(3)).toEqual([WRITE, READ]);
});

test('the time of a renewal is taken before anything is asked', async () => {
  const { sent, wall, options } = store([standing]);
  const { send } = options as unknown as { send: (command: unknown) => Promise<unknown> };
  Object.assign(options, { send: (command: unknown) => { wall.now += 5000; return send(command); } });
  await dynamodbRenewal(options)('i-1');
  expect(sent[1]).toEqual(WRITE);
});

test('withdrawn between the write and the read, it is refused; from then on nothing is written until it stands again', async () => {
  const { steps, options } = store([standing, withdrawn, withdrawn, standing, standing]);
  const renew = dynamodbRenewal(options);
  expect(await renew('i-1')).toEqual(refused);
  expect(steps()).toBe('read write read');
  expect(await renew('i-1')).toEqual(refused);
  expect(steps()).toBe('read write read read');
  expect(await renew('i-1')).toEqual(granted);
  expect(steps()).toBe('read write read read read write read');
});

test('a permit that nobody granted is a refusal without an epoch', async () => {
  const { steps, options } = store([{}]);
  expect(await dynamodbRenewal(options)('i-1')).toEqual({ granted: false, reason: 'no permit for orders of shop was ever granted' });
  expect(steps()).toBe('read');
});

test('an item that does not say that it stands is a refusal', async () => {
  const { withdrawn: _, ...silent } = standing.Item;
  expect(await dynamodbRenewal(store([{ Item: silent }]).options)('i-1')).toEqual(refused);
  expect(await dynamodbRenewal(store([{ Item: {} }]).options)('i-1')).toEqual({ granted: false, reason: 'the permit of epoch undefined for orders was withdrawn' });
});

test('a renewal that was overtaken is covered by the later time that stands', async () => {
  const { steps, options } = store([standing], [conditionFailed()]);
  expect(await dynamodbRenewal(options)('i-1')).toEqual(granted);
  expect(steps()).toBe('read write read');
});

test('a write that failed is no renewal: the permit is not read, whatever became of the write', async () => {
  const { steps, options } = store([standing], [Object.assign(new Error('slow down'), { name: 'ThrottlingException' })]);
  await expect(dynamodbRenewal(options)('i-1')).rejects.toThrow('slow down');
  expect(steps()).toBe('read write');
});

test('a read that failed is no answer', async () => {
  const { options } = store([new Error('no route')]);
  await expect(dynamodbRenewal(options)('i-1')).rejects.toThrow('no route');
  await expect(dynamodbSurrender(options)('i-1', 7)).rejects.toThrow('no route');
});

test('an answer without epoch grants nothing that the guard would believe', async () => {
  expect(await dynamodbRenewal(store([{ Item: { withdrawn: { BOOL: false } } }]).options)('i-1')).toEqual({ granted: true, epoch: Number.NaN, writer: '' });
});

test('a surrender is recorded in the own item, and never put back', async () => {
  const { sent, options } = store([withdrawn], [conditionFailed()]);
  await dynamodbSurrender(options)('i-1', 7);
  expect(sent).toEqual([READ, ['write', {
    TableName: 'hotshift', Key: { pk: { S: 'renewals#shop#orders' }, sk: { S: 'i-1' } },
    UpdateExpression: 'SET #surrendered = :epoch', ConditionExpression: 'attribute_exists(#renewedAt) AND (attribute_not_exists(#surrendered) OR #surrendered < :epoch)',
    ExpressionAttributeNames: { '#surrendered': 'surrendered', '#renewedAt': 'renewedAt' }, ExpressionAttributeValues: { ':epoch': { N: '7' } },
  }]]);
});

test.each([['still stands', standing, 7], ['is another one by now', withdrawn, 6]])('a permit that %s is not surrendered', async (_what, permit, epoch) => {
  const { steps, options } = store([permit]);
  await dynamodbSurrender(options)('i-1', epoch);
  expect(steps()).toBe('read');
});

test('a surrender that could not be written is told', async () => {
  await expect(dynamodbSurrender(store([withdrawn], [new Error('slow down')]).options)('i-1', 7)).rejects.toThrow('slow down');
});
