// The one DynamoDB table, by plain items: strongly consistent reads, conditional single-item writes, queries. No transactions and
// no reliance on expiry (a global table with strong consistency has neither). A lost condition is an answer, not an error.
import {
  ConditionalCheckFailedException, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand,
  type AttributeValue, type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type * as z from 'zod';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import { clientSettings } from './clients.ts';
import { asking } from './failures.ts';

export interface Key { readonly pk: string; readonly sk: string }
export type Item = Readonly<Record<string, unknown>>;

/** A condition or an update. Attributes are written `#name` (so that none is taken for one of DynamoDB's 573 reserved words). */
export interface Expression {
  readonly text: string;
  /** What its `:value` placeholders stand for. */
  readonly values?: Item;
}

/** `stored`: what stood in the way when the condition did not hold; undefined when there is no such item. */
export type Written = { readonly written: true } | { readonly written: false; readonly stored: Item | undefined };

export interface Table {
  get(key: Key): Promise<Item | undefined>;
  /** As the nearest replica has it: perhaps a moment old, but answered while the other replicas are not there. Never decide an action on it. */
  glance(key: Key): Promise<Item | undefined>;
  put(item: Key & Item, condition?: Expression): Promise<Written>;
  update(key: Key, change: Expression, condition: Expression): Promise<Written>;
  /** Removes an item for good if the condition holds; that it does not hold, or that there is no item, is as good. */
  remove(key: Key, condition: Expression): Promise<void>;
  /** All items of a partition whose sort key begins with `prefix`, in order; as many pages as there are. */
  list(pk: string, prefix: string): Promise<readonly Item[]>;
}

type Attributes = Record<string, AttributeValue>;

/** The table through one client. */
export function table(client: DynamoDBClient, name: string): Table {
  const read = async (key: Key, ConsistentRead: boolean): Promise<Item | undefined> => {
    const answer = await asking({ action: 'dynamodb:GetItem', resource: `${name}/${key.pk}/${key.sk}` },
      () => client.send(new GetItemCommand({ TableName: name, Key: attributes(key), ConsistentRead })));
    return answer.Item === undefined ? undefined : plain(answer.Item);
  };
  const get = (key: Key): Promise<Item | undefined> => read(key, true);
  return {
    get,
    glance: (key) => read(key, false),
    put: (item, condition) => conditionally('dynamodb:PutItem', name, item, get,
      () => client.send(new PutItemCommand({ TableName: name, Item: attributes(item), ...(condition === undefined ? {} : conditionOf(condition)) }))),
    update: (key, change, condition) => conditionally('dynamodb:UpdateItem', name, key, get,
      () => client.send(new UpdateItemCommand({
        TableName: name, Key: attributes(key), UpdateExpression: change.text,
        ...conditionOf({ text: condition.text, values: { ...change.values, ...condition.values } }, change.text),
      }))),
    remove: async (key, condition) => {
      await conditionally('dynamodb:DeleteItem', name, key, get, () => client.send(new DeleteItemCommand({ TableName: name, Key: attributes(key), ...conditionOf(condition) })));
    },
    list: (pk, prefix) => pages(client, name, pk, prefix),
  };
}

/** The table of the environment. */
export const tableIn = (region: string, name: string): Table => table(new DynamoDBClient(clientSettings(region, 'state')), name);

/** An item in the form that `schema` wants, or UnexpectedAnswerError: a half-read lease or permit would be a guess. */
export function parsed<T>(schema: z.ZodType<T>, item: Item, what: string): T {
  const found = schema.safeParse(item);
  if (found.success) return found.data;
  const issue = found.error.issues[0];
  throw new UnexpectedAnswerError(`${what}: stored item is malformed at ${issue?.path.join('.') || 'its root'}: ${issue?.message ?? 'unknown'}`);
}

/** `#a = :a` for a value, or that the attribute is absent for undefined: one part of a compare-and-set. */
export function equal(seen: Item): Expression {
  const entries = Object.entries(seen);
  return {
    text: entries.map(([name, value]) => (value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :seen_${name}`)).join(' AND '),
    values: Object.fromEntries(entries.filter(([, value]) => value !== undefined).map(([name, value]) => [`:seen_${name}`, value])),
  };
}

async function conditionally(action: string, name: string, key: Key, get: Table['get'], write: () => Promise<unknown>): Promise<Written> {
  const lost = await asking({ action, resource: `${name}/${key.pk}/${key.sk}` }, async () => {
    try {
      await write();
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return error;
      throw error;
    }
  });
  if (lost === undefined) return { written: true };
  // No item in the answer means that none is stored, or that the endpoint does not say: only a read can tell these apart.
  return { written: false, stored: lost.Item === undefined ? await get(key) : plain(lost.Item) };
}

async function pages(client: DynamoDBClient, name: string, pk: string, prefix: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: Attributes | undefined;
  do {
    const page: QueryCommandOutput = await asking({ action: 'dynamodb:Query', resource: `${name}/${pk}/${prefix}` },
      () => client.send(new QueryCommand({
        TableName: name, ConsistentRead: true,
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: marshall({ ':pk': pk, ...(prefix === '' ? {} : { ':prefix': prefix }) }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      })));
    items.push(...(page.Items ?? []).map(plain));
    from = page.LastEvaluatedKey;
  } while (from !== undefined && Object.keys(from).length > 0);
  return items;
}

function conditionOf({ text, values }: Expression, changeText = '') {
  const names = [...`${text} ${changeText}`.matchAll(/#(\w+)/g)].map(([placeholder, name]) => [placeholder, name]);
  return {
    ConditionExpression: text, ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...(names.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(names) as Record<string, string> }),
    ...(values === undefined || Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: attributes(values) }),
  } as const;
}

const attributes = (item: Key | Item): Attributes => marshall(item, { removeUndefinedValues: true });
const plain = (item: Attributes): Item => unmarshall(item);
