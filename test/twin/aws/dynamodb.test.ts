// DynamoDB through the SDK client: conditional writes under contention, and a strongly consistent global table while regions are cut.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BatchWriteItemCommand, CreateTableCommand, DeleteItemCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient, GetItemCommand, ListTablesCommand,
  PutItemCommand, QueryCommand, ScanCommand, TransactWriteItemsCommand, UpdateItemCommand, UpdateTableCommand,
  type PutItemCommandInput, type QueryCommandInput, type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { dynamodbService } from '../../../twin/aws/services/dynamodb.ts';
import { EAST, openWorld, rejection, until, WEST, WITNESS, type World } from './world.ts';

const REGIONS = [EAST, WEST, WITNESS];
let world: World;
let east: DynamoDBClient;
let west: DynamoDBClient;

beforeEach(async () => {
  world = await openWorld(({ clock, network }) => [dynamodbService({
    clock, network, isolatedAnswerMs: 50,
    tables: [{ name: 'lease', partitionKey: 'pk', sortKey: 'sk', regions: REGIONS }, { name: 'local', partitionKey: 'pk', regions: [EAST] }],
  })]);
  [east, west] = [EAST, WEST].map((region) => new DynamoDBClient({ ...world.client(region), maxAttempts: 1 })) as [DynamoDBClient, DynamoDBClient];
});
afterEach(() => world.close());

const key = { pk: { S: 'app' }, sk: { S: 'lease' } };
const put = (extra: Partial<PutItemCommandInput> = {}) => new PutItemCommand({ TableName: 'lease', Item: { ...key, epoch: { N: '1' } }, ...extra });
const get = (ConsistentRead = true) => new GetItemCommand({ TableName: 'lease', Key: key, ConsistentRead });
const update = (extra: Partial<UpdateItemCommandInput>) => new UpdateItemCommand({ TableName: 'lease', Key: key, ...extra });
const query = (extra: Partial<QueryCommandInput> = {}) => new QueryCommand({
  TableName: 'lease', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'app' } }, ConsistentRead: true, ...extra,
});

describe('conditional writes', () => {
  it('of a hundred claims at once, from two regions, one wins', async () => {
    const claims = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? east : west).send(put({
      Item: { ...key, holder: { S: `h${index}` } }, ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })));
    const outcomes = await Promise.allSettled(claims);
    const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const losers = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as { name: string; Item: unknown }] : []));
    expect(new Set(losers.map(({ name }) => name))).toEqual(new Set(['ConditionalCheckFailedException']));
    // Every loser is told who holds it.
    for (const { Item } of losers) expect(Item).toEqual({ ...key, holder: { S: `h${won}` } });
    expect((await west.send(get())).Item?.['holder']).toEqual({ S: `h${won}` });
  });
  it('a counter that a hundred callers raise loses none', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? east : west).send(update({ UpdateExpression: 'ADD epoch :one', ExpressionAttributeValues: { ':one': { N: '1' } } }))));
    expect((await east.send(get())).Item?.['epoch']).toEqual({ N: '100' });
  });
  it('a lost condition tells the item only when asked to, and changes nothing', async () => {
    await east.send(put());
    const silent = await rejection(east.send(put({ Item: { ...key, epoch: { N: '9' } }, ConditionExpression: 'epoch > :one', ExpressionAttributeValues: { ':one': { N: '1' } } })));
    expect([silent.name, silent['Item'], silent.$metadata?.httpStatusCode]).toEqual(['ConditionalCheckFailedException', undefined, 400]);
    expect((await east.send(get())).Item?.['epoch']).toEqual({ N: '1' });
  });
  it('a condition on an absent item tells no item', async () => {
    const error = await rejection(east.send(new DeleteItemCommand({ TableName: 'lease', Key: key, ConditionExpression: 'attribute_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })));
    expect([error.name, error['Item']]).toEqual(['ConditionalCheckFailedException', undefined]);
  });
  it('returns what was asked for', async () => {
    expect((await east.send(put({ ReturnValues: 'ALL_OLD' }))).Attributes).toBeUndefined();
    const raise = { UpdateExpression: 'SET epoch = epoch + :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
    expect((await east.send(update({ ...raise, ReturnValues: 'UPDATED_OLD' }))).Attributes).toEqual({ epoch: { N: '1' } });
    expect((await east.send(update({ ...raise, ReturnValues: 'UPDATED_NEW' }))).Attributes).toEqual({ epoch: { N: '3' } });
    expect((await east.send(update({ ...raise, ReturnValues: 'ALL_NEW' }))).Attributes).toEqual({ ...key, epoch: { N: '4' } });
    expect((await east.send(new DeleteItemCommand({ TableName: 'lease', Key: key, ReturnValues: 'ALL_OLD' }))).Attributes).toEqual({ ...key, epoch: { N: '4' } });
    expect((await east.send(get())).Item).toBeUndefined();
  });
});

describe('a strongly consistent global table', () => {
  it('describes its replicas', async () => {
    const { Table } = await east.send(new DescribeTableCommand({ TableName: 'lease' }));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', MultiRegionConsistency: 'STRONG', GlobalTableVersion: '2019.11.21', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }] });
    expect(Table?.Replicas?.map(({ RegionName, ReplicaStatus }) => [RegionName, ReplicaStatus])).toEqual(REGIONS.map((region) => [region, 'ACTIVE']));
  });
  it('a region that reaches no other answers nothing strong, and old data otherwise', async () => {
    await east.send(put());
    world.network.cutPlace(EAST, [WEST, WITNESS], 'refuse');
    for (const command of [put(), get(), query(), update({ UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': { N: '1' } } })]) {
      const error = await rejection(east.send(command as never));
      expect([error.name, error.$metadata?.httpStatusCode]).toEqual(['InternalServerError', 500]);
    }
    // The others go on; the isolated copy grows old and says so to nobody.
    await west.send(put({ Item: { ...key, epoch: { N: '2' } } }));
    expect((await east.send(get(false))).Item?.['epoch']).toEqual({ N: '1' });
    world.network.cutPlace(EAST, [WEST, WITNESS], 'open');
    expect((await east.send(get())).Item?.['epoch']).toEqual({ N: '2' });
    expect((await east.send(get(false))).Item?.['epoch']).toEqual({ N: '2' });
  });
  it('one other replica is enough', async () => {
    world.network.cutPlace(WEST, [EAST, WITNESS], 'refuse');
    await east.send(put());
    expect((await east.send(get())).Item?.['epoch']).toEqual({ N: '1' });
    expect((await rejection(west.send(get()))).name).toBe('InternalServerError');
  });
  it('a write that waits in a black hole ends in an error and never acts later', async () => {
    world.network.cutPlace(EAST, [WEST, WITNESS], 'black-hole');
    expect((await rejection(east.send(put()))).name).toBe('InternalServerError');
    world.network.cutPlace(EAST, [WEST, WITNESS], 'open');
    await until(() => true);
    expect((await east.send(get())).Item).toBeUndefined();
  });
  it('refuses transactions', async () => {
    const error = await rejection(east.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'lease', Item: key } }] })));
    expect([error.name, error.message]).toEqual(['ValidationException', expect.stringContaining('strong consistency')]);
  });
  it('is made of an empty table, with all three replicas at once', async () => {
    await east.send(new CreateTableCommand({ TableName: 'made', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }));
    await until(async () => (await east.send(new DescribeTableCommand({ TableName: 'made' }))).Table?.TableStatus === 'ACTIVE');
    const strong = (regions: string[]) => new UpdateTableCommand({ TableName: 'made', MultiRegionConsistency: 'STRONG', ReplicaUpdates: regions.map((RegionName) => ({ Create: { RegionName } })) });
    expect((await rejection(east.send(strong([WEST])))).name).toBe('ValidationException');
    await east.send(strong([WEST, WITNESS]));
    await until(async () => (await west.send(new DescribeTableCommand({ TableName: 'made' }))).Table?.TableStatus === 'ACTIVE');
    await west.send(new PutItemCommand({ TableName: 'made', Item: { id: { N: '1.0' } } }));
    expect((await east.send(new GetItemCommand({ TableName: 'made', Key: { id: { N: '1' } }, ConsistentRead: true }))).Item).toEqual({ id: { N: '1' } });
  });
});

describe('pages', () => {
  beforeEach(async () => {
    for (const [index, sk] of ['a#1', 'a#2', 'a#3', 'b#1', 'é'].entries()) await east.send(put({ Item: { pk: { S: 'app' }, sk: { S: sk }, n: { N: String(index) } } }));
    await east.send(put({ Item: { pk: { S: 'other' }, sk: { S: 'a#9' } } }));
  });
  const sorts = (items: readonly Record<string, { S?: string }>[] | undefined) => items?.map(({ sk }) => sk?.S);

  it('query by prefix, in both orders, in bytes of UTF-8', async () => {
    const prefix = { KeyConditionExpression: 'pk = :pk AND begins_with(sk, :p)', ExpressionAttributeValues: { ':pk': { S: 'app' }, ':p': { S: 'a#' } } };
    expect(sorts((await west.send(query(prefix))).Items as never)).toEqual(['a#1', 'a#2', 'a#3']);
    expect(sorts((await west.send(query({ ScanIndexForward: false }))).Items as never)).toEqual(['é', 'b#1', 'a#3', 'a#2', 'a#1']);
    const between = { KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to', ExpressionAttributeValues: { ':pk': { S: 'app' }, ':from': { S: 'a#2' }, ':to': { S: 'b' } } };
    expect(sorts((await west.send(query(between))).Items as never)).toEqual(['a#2', 'a#3']);
  });
  it('a limit counts before the filter, and pages join up', async () => {
    const found: unknown[] = [];
    let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
    let pages = 0;
    do {
      const filter = { FilterExpression: 'n >= :n', ExpressionAttributeValues: { ':pk': { S: 'app' }, ':n': { N: '2' } }, Limit: 2, ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) };
      const page = await east.send(query(filter));
      found.push(...(sorts(page.Items as never) ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
      pages += 1;
    } while (ExclusiveStartKey !== undefined);
    expect(found).toEqual(['a#3', 'b#1', 'é']);
    expect(pages).toBe(3);
  });
  it('count and projection', async () => {
    expect(await east.send(query({ Select: 'COUNT' }))).toMatchObject({ Count: 5, ScannedCount: 5 });
    const { Items } = await east.send(query({ ProjectionExpression: 'n', Limit: 1 }));
    expect(Items).toEqual([{ n: { N: '0' } }]);
  });
  it('scan sees all partitions', async () => {
    const first = await east.send(new ScanCommand({ TableName: 'lease', Limit: 4 }));
    const rest = await east.send(new ScanCommand({ TableName: 'lease', ...(first.LastEvaluatedKey === undefined ? {} : { ExclusiveStartKey: first.LastEvaluatedKey }) }));
    expect(new Set([...sorts(first.Items as never) ?? [], ...sorts(rest.Items as never) ?? []]).size).toBe(6);
    expect(first.Items).toHaveLength(4);
  });
  it('batches write and delete', async () => {
    await east.send(new BatchWriteItemCommand({ RequestItems: { lease: [{ PutRequest: { Item: { pk: { S: 'batch' }, sk: { S: '1' } } } }, { DeleteRequest: { Key: { pk: { S: 'app' }, sk: { S: 'a#1' } } } }] } }));
    expect((await east.send(query({ Select: 'COUNT' }))).Count).toBe(4);
    const twice = { PutRequest: { Item: { pk: { S: 'batch' }, sk: { S: '1' } } } };
    expect((await rejection(east.send(new BatchWriteItemCommand({ RequestItems: { lease: [twice, twice] } })))).name).toBe('ValidationException');
  });
});

describe('errors', () => {
  const cases: readonly (readonly [string, () => Promise<unknown>, string, string])[] = [
    ['an unknown table', () => east.send(new GetItemCommand({ TableName: 'absent', Key: key })), 'ResourceNotFoundException', 'Requested resource not found'],
    ['a table of another region', () => west.send(new GetItemCommand({ TableName: 'local', Key: { pk: { S: 'a' } } })), 'ResourceNotFoundException', ''],
    ['a key that lacks a part', () => east.send(new GetItemCommand({ TableName: 'lease', Key: { pk: { S: 'a' } } })), 'ValidationException', 'does not match the schema'],
    ['a key of another type', () => east.send(put({ Item: { pk: { N: '1' }, sk: { S: 'a' } } })), 'ValidationException', 'Type mismatch for key pk expected: S actual: N'],
    ['an empty key', () => east.send(put({ Item: { pk: { S: '' }, sk: { S: 'a' } } })), 'ValidationException', 'empty string value'],
    ['an item without its key', () => east.send(put({ Item: { pk: { S: 'a' } } })), 'ValidationException', 'Missing the key sk'],
    ['an item that is too large', () => east.send(put({ Item: { ...key, big: { S: 'x'.repeat(410 * 1024) } } })), 'ValidationException', 'Item size'],
    ['a change of the key', () => east.send(update({ UpdateExpression: 'SET pk = :a', ExpressionAttributeValues: { ':a': { S: 'b' } } })), 'ValidationException', 'part of the key'],
    ['an unused value', () => east.send(put({ ConditionExpression: 'attribute_exists(pk)', ExpressionAttributeValues: { ':a': { S: 'b' } } })), 'ValidationException', 'unused in expressions: keys: {:a}'],
    ['an undefined value', () => east.send(put({ ConditionExpression: 'epoch = :a' })), 'ValidationException', 'attribute value: :a'],
    ['an undefined name', () => east.send(put({ ConditionExpression: 'attribute_exists(#a)' })), 'ValidationException', 'attribute name: #a'],
    ['a reserved word', () => east.send(put({ ConditionExpression: 'attribute_exists(owner) AND attribute_exists(status)' })), 'ValidationException', 'reserved keyword'],
    ['a malformed expression', () => east.send(put({ ConditionExpression: 'epoch = = :a', ExpressionAttributeValues: { ':a': { N: '1' } } })), 'ValidationException', 'Syntax error; token: "="'],
    ['a query without the partition', () => east.send(query({ KeyConditionExpression: 'sk = :pk' })), 'ValidationException', 'missed key schema element: pk'],
    ['a query by <>', () => east.send(query({ KeyConditionExpression: 'pk <> :pk' })), 'ValidationException', 'not supported'],
    ['a value outside an enumeration', () => east.send(put({ ReturnValues: 'ALL_NEW' })), 'ValidationException', 'enum value set'],
    ['an index that is not there', () => east.send(query({ IndexName: 'by-epoch' })), 'ValidationException', 'does not have the specified index'],
    ['a table that exists', () => east.send(new CreateTableCommand({ TableName: 'lease', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] })), 'ResourceInUseException', 'already exists'],
    ['to delete a global table', () => east.send(new DeleteTableCommand({ TableName: 'lease' })), 'ResourceInUseException', ''],
    ['legacy parameters', () => east.send(put({ Expected: { a: { Exists: false } } })), 'NotImplemented', 'Expected'],
    ['transactions at all', () => east.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'local', Item: { pk: { S: 'a' } } } }] })), 'NotImplemented', ''],
  ];
  it.each(cases)('%s', async (_name, send, name, message) => {
    const error = await rejection(send());
    expect([error.name, error.message]).toEqual([name, expect.stringContaining(message)]);
  });
  it('lists and deletes tables of a region', async () => {
    expect((await west.send(new ListTablesCommand({}))).TableNames).toEqual(['lease']);
    await east.send(new DeleteTableCommand({ TableName: 'local' }));
    await until(async () => !(await east.send(new ListTablesCommand({}))).TableNames?.includes('local'));
  });
});
