// Reads and writes of single items. A write waits for agreement first; then condition and write happen in one step that nothing
// can come between, which is what makes claims of a lease safe.
import type { AttributeValue, DeleteItemCommandInput, GetItemCommandInput, PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { AwsError, type CallContext, type Handler } from '../../service.ts';
import { parseCondition, type Condition } from './conditions.ts';
import { holds } from './evaluation.ts';
import { keyAttributes, keyOf, keyOfItem } from './keys.ts';
import { Placeholders } from './placeholders.ts';
import { parseProjection } from './projection.ts';
import type { Table, Tables } from './tables.ts';
import { parseUpdate, updated, type Update } from './updates.ts';
import { storedItem, type Item } from './values.ts';

type WriteInput = PutItemCommandInput | UpdateItemCommandInput | DeleteItemCommandInput;

interface Write {
  readonly table: Table;
  readonly key: string;
  readonly condition: Condition | undefined;
  /** From the item as it is to the item as it shall be; undefined is no item. */
  readonly change: (before: Item | undefined) => Item | undefined;
}

const LEGACY = ['Expected', 'AttributeUpdates', 'ConditionalOperator', 'AttributesToGet', 'KeyConditions', 'QueryFilter', 'ScanFilter'];

/** Refuses the parameters that expressions replaced, and values outside an enumeration. */
export function checkParameters(input: object, enums: Readonly<Record<string, readonly string[]>> = {}): void {
  const legacy = LEGACY.find((name) => (input as Record<string, unknown>)[name] !== undefined);
  if (legacy !== undefined) throw new AwsError('NotImplemented', `The twin knows expressions only, not the legacy parameter ${legacy}`, { status: 501 });
  for (const [name, allowed] of Object.entries(enums)) {
    const value = (input as Record<string, unknown>)[name];
    if (value !== undefined && !allowed.includes(value as string)) {
      throw new AwsError('ValidationException', `1 validation error detected: Value '${String(value)}' at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`);
    }
  }
}

export function itemHandlers(tables: Tables): Record<'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem', Handler> {
  return {
    GetItem: (input: GetItemCommandInput, context) => getItem(tables, input, context),
    PutItem: (input: PutItemCommandInput, context) => putItem(tables, input, context),
    UpdateItem: (input: UpdateItemCommandInput, context) => updateItem(tables, input, context),
    DeleteItem: (input: DeleteItemCommandInput, context) => deleteItem(tables, input, context),
  };
}

async function getItem(tables: Tables, input: GetItemCommandInput, { region }: CallContext) {
  checkParameters(input);
  const table = tables.usable(input.TableName ?? '', region);
  const placeholders = new Placeholders(input.ExpressionAttributeNames);
  const project = parseProjection(input.ProjectionExpression, placeholders);
  placeholders.checkAllUsed();
  const key = keyOf(table.keys, storedItem(input.Key ?? {}));
  const items = input.ConsistentRead === true ? await table.replicas.agree(region) : table.replicas.local(region);
  const item = items.get(key);
  return item === undefined ? {} : { Item: project(item) };
}

async function putItem(tables: Tables, input: PutItemCommandInput, { region }: CallContext) {
  checkParameters(input, { ReturnValues: ['NONE', 'ALL_OLD'], ReturnValuesOnConditionCheckFailure: ['NONE', 'ALL_OLD'] });
  const table = tables.usable(input.TableName ?? '', region);
  const item = storedItem(input.Item ?? {});
  const key = keyOfItem(table.keys, item);
  const { condition } = expressions(input);
  const { before } = await write(region, { table, key, condition, change: () => item }, input);
  return input.ReturnValues === 'ALL_OLD' && before !== undefined ? { Attributes: before } : {};
}

async function deleteItem(tables: Tables, input: DeleteItemCommandInput, { region }: CallContext) {
  checkParameters(input, { ReturnValues: ['NONE', 'ALL_OLD'], ReturnValuesOnConditionCheckFailure: ['NONE', 'ALL_OLD'] });
  const table = tables.usable(input.TableName ?? '', region);
  const key = keyOf(table.keys, storedItem(input.Key ?? {}));
  const { condition } = expressions(input);
  const { before } = await write(region, { table, key, condition, change: () => undefined }, input);
  return input.ReturnValues === 'ALL_OLD' && before !== undefined ? { Attributes: before } : {};
}

async function updateItem(tables: Tables, input: UpdateItemCommandInput, { region }: CallContext) {
  checkParameters(input, { ReturnValues: ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'], ReturnValuesOnConditionCheckFailure: ['NONE', 'ALL_OLD'] });
  const table = tables.usable(input.TableName ?? '', region);
  const keyItem = storedItem(input.Key ?? {});
  const key = keyOf(table.keys, keyItem);
  const { condition, update } = expressions(input, input.UpdateExpression);
  for (const { name } of keyAttributes(table.keys)) {
    if (update?.paths.some(([attribute]) => attribute === name)) throw new AwsError('ValidationException', `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`);
  }
  const change = (before: Item | undefined): Item => {
    const next = update === undefined ? (before ?? keyItem) : updated(before ?? keyItem, update);
    keyOfItem(table.keys, next);
    return next;
  };
  const { before, after } = await write(region, { table, key, condition, change }, input);
  return updateAnswer(input.ReturnValues, before, after ?? {}, update);
}

/** Condition and update of a write, with every placeholder defined and used. */
function expressions(input: WriteInput, updateText?: string): { condition: Condition | undefined; update: Update | undefined } {
  const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const update = updateText === undefined ? undefined : parseUpdate(updateText, placeholders);
  const condition = input.ConditionExpression === undefined ? undefined : parseCondition(input.ConditionExpression, placeholders);
  placeholders.checkAllUsed();
  return { condition, update };
}

/** The one place where items change. Between agreement and commit there is no await. */
async function write(region: string, { table, key, condition, change }: Write, input: WriteInput): Promise<{ before: Item | undefined; after: Item | undefined }> {
  const items = await table.replicas.agree(region);
  const before = items.get(key);
  if (condition !== undefined && !holds(condition, before ?? {})) {
    const shown = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined ? { Item: before } : {};
    throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', { fields: shown });
  }
  const after = change(before);
  table.replicas.commit(region, key, after);
  return { before, after };
}

function updateAnswer(wanted: string | undefined, before: Item | undefined, after: Item, update: Update | undefined): { Attributes?: Record<string, AttributeValue> } {
  const names = new Set(update?.paths.map(([name]) => name) ?? []);
  // DynamoDB answers the touched parts of documents; the twin answers the whole attribute that holds them.
  const touched = (item: Item): Item => Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
  switch (wanted) {
    case 'ALL_OLD': return before === undefined ? {} : { Attributes: before };
    case 'UPDATED_OLD': return before === undefined ? {} : { Attributes: touched(before) };
    case 'ALL_NEW': return { Attributes: after };
    case 'UPDATED_NEW': return { Attributes: touched(after) };
    default: return {};
  }
}
