// DynamoDB: real conditional writes, expressions and pages, in memory, and global tables with strong consistency over regions.
// Wiring only. No secondary indexes, streams, expiry, capacity or legacy parameters; transactions are refused.
import * as client from '@aws-sdk/client-dynamodb';
import type { BatchWriteItemCommandInput, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../../domain/ports.ts';
import { AwsError, type CallContext, type Service } from '../service.ts';
import { itemHandlers } from './dynamodb/items.ts';
import { pageHandlers } from './dynamodb/pages.ts';
import type { ReplicaNetwork } from './dynamodb/replicas.ts';
import { Tables, type TableSeed } from './dynamodb/tables.ts';

export interface DynamoDbOptions {
  readonly clock: Clock;
  readonly network: ReplicaNetwork;
  readonly tables?: readonly TableSeed[];
  /** How long a table is CREATING and so on. */
  readonly tableChangeMs?: number;
  /** How long a replica that reaches no other tries before it answers InternalServerError. AWS documents no figure; below the SDK's usual request timeouts. */
  readonly isolatedAnswerMs?: number;
}

const BATCH_MAX = 25;

export function dynamodbService({ clock, network, tables: seeds = [], tableChangeMs = 0, isolatedAnswerMs = 2000 }: DynamoDbOptions): Service {
  const tables = new Tables({ clock, network, tableChangeMs, isolatedAnswerMs }, seeds);
  const items = itemHandlers(tables);
  const handlers = {
    ...tables.handlers(), ...items, ...pageHandlers(tables),
    BatchWriteItem: (input: BatchWriteItemCommandInput, context: CallContext) => batchWrite(items, input, context),
    TransactWriteItems: (input: TransactWriteItemsCommandInput, { region }: CallContext) => refuseTransaction(tables, input, region),
  };
  return { name: 'dynamodb', signingName: 'dynamodb', client, scope: 'regional', handlers };
}

async function batchWrite(items: ReturnType<typeof itemHandlers>, { RequestItems: requests = {} }: BatchWriteItemCommandInput, context: CallContext) {
  const writes = Object.entries(requests).flatMap(([TableName, list]) => list.map((request) => ({ TableName, ...request })));
  if (writes.length === 0 || writes.length > BATCH_MAX) throw new AwsError('ValidationException', `1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Member must have length between 1 and ${BATCH_MAX}`);
  const targets = writes.map(({ TableName, PutRequest, DeleteRequest }) => JSON.stringify([TableName, DeleteRequest?.Key ?? PutRequest?.Item]));
  if (new Set(targets).size !== targets.length) throw new AwsError('ValidationException', 'Provided list of item keys contains duplicates');
  for (const { TableName, PutRequest, DeleteRequest } of writes) {
    if (PutRequest !== undefined) await items.PutItem({ TableName, Item: PutRequest.Item }, context);
    else if (DeleteRequest !== undefined) await items.DeleteItem({ TableName, Key: DeleteRequest.Key }, context);
    else throw new AwsError('ValidationException', 'Supplied request has neither a PutRequest nor a DeleteRequest');
  }
  return { UnprocessedItems: {} };
}

function refuseTransaction(tables: Tables, { TransactItems: parts = [] }: TransactWriteItemsCommandInput, region: string): never {
  const names = parts.flatMap(({ ConditionCheck, Put, Update, Delete }) => [ConditionCheck, Put, Update, Delete].flatMap((part) => part?.TableName ?? []));
  for (const name of names) {
    // AWS does not support transactions on tables with multi-Region strong consistency.
    if (tables.usable(name, region).strong) throw new AwsError('ValidationException', 'Transactional operations are not supported on global tables with multi-Region strong consistency');
  }
  throw new AwsError('NotImplemented', 'The twin has no transactions', { status: 501 });
}
