// Query and Scan: items in key order, a page at a time. Limit and the 1 MB bound count what was looked at, before the filter.
import type { QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { AwsError, type CallContext, type Handler } from '../../service.ts';
import { parseCondition, type Condition } from './conditions.ts';
import { holds } from './evaluation.ts';
import { checkParameters } from './items.ts';
import { keyOf, keyPart, type KeySchema } from './keys.ts';
import { Placeholders } from './placeholders.ts';
import { parseProjection, type Projection } from './projection.ts';
import type { Table, Tables } from './tables.ts';
import { bytesOf, compare, storedItem, type Item } from './values.ts';

const PAGE_BYTES_MAX = 1024 * 1024;

interface Parsed { readonly keyCondition?: Condition; readonly filter?: Condition; readonly project: Projection }

export function pageHandlers(tables: Tables): Record<'Query' | 'Scan', Handler> {
  return {
    Query: (input: QueryCommandInput, context) => query(tables, input, context),
    Scan: (input: ScanCommandInput, context) => scan(tables, input, context),
  };
}

async function query(tables: Tables, input: QueryCommandInput, { region }: CallContext) {
  const { table, parsed } = prepare(tables, input, region, input.KeyConditionExpression);
  if (parsed.keyCondition === undefined) throw new AwsError('ValidationException', 'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  checkKeyCondition(table.keys, parsed.keyCondition);
  const keyCondition = parsed.keyCondition;
  const items = [...(await view(table, input, region)).values()].filter((item) => holds(keyCondition, item));
  const forward = input.ScanIndexForward !== false;
  items.sort((left, right) => (forward ? 1 : -1) * bySortKey(table.keys, left, right));
  return page(table, items, input, parsed, (item, start) => (forward ? 1 : -1) * bySortKey(table.keys, item, start) > 0);
}

async function scan(tables: Tables, input: ScanCommandInput, { region }: CallContext) {
  const { table, parsed } = prepare(tables, input, region, undefined);
  if (input.TotalSegments !== undefined) throw new AwsError('NotImplemented', 'The twin has no parallel scans', { status: 501 });
  // Any fixed order will do: DynamoDB's is by a hash that it does not tell.
  const entries = [...(await view(table, input, region))].sort(([left], [right]) => (left < right ? -1 : 1));
  return page(table, entries.map(([, item]) => item), input, parsed, (item, start) => keyOf(table.keys, keyPart(table.keys, item)) > keyOf(table.keys, start));
}

function prepare(tables: Tables, input: QueryCommandInput | ScanCommandInput, region: string, keyText: string | undefined): { table: Table; parsed: Parsed } {
  checkParameters(input, { Select: ['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT'] });
  const table = tables.usable(input.TableName ?? '', region);
  if (input.IndexName !== undefined) throw new AwsError('ValidationException', `The table does not have the specified index: ${input.IndexName}`);
  if (input.Limit !== undefined && input.Limit < 1) throw new AwsError('ValidationException', `1 validation error detected: Value '${input.Limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`);
  const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const keyCondition = keyText === undefined ? {} : { keyCondition: parseCondition(keyText, placeholders, 'KeyConditionExpression') };
  const filter = input.FilterExpression === undefined ? {} : { filter: parseCondition(input.FilterExpression, placeholders, 'FilterExpression') };
  const project = parseProjection(input.ProjectionExpression, placeholders);
  placeholders.checkAllUsed();
  return { table, parsed: { ...keyCondition, ...filter, project } };
}

const view = async (table: Table, input: QueryCommandInput | ScanCommandInput, region: string): Promise<ReadonlyMap<string, Item>> =>
  (input.ConsistentRead === true ? table.replicas.agree(region) : table.replicas.local(region));

function page(table: Table, items: readonly Item[], input: QueryCommandInput | ScanCommandInput, parsed: Parsed, isAfter: (item: Item, start: Item) => boolean) {
  const start = input.ExclusiveStartKey === undefined ? undefined : storedItem(input.ExclusiveStartKey);
  if (start !== undefined) keyOf(table.keys, start);
  const rest = start === undefined ? items : items.filter((item) => isAfter(item, start));
  const seen: Item[] = [];
  let bytes = 0;
  for (const item of rest) {
    if (seen.length === input.Limit || bytes >= PAGE_BYTES_MAX) break;
    seen.push(item);
    bytes += bytesOf(item);
  }
  const { filter, project } = parsed;
  const found = filter === undefined ? seen : seen.filter((item) => holds(filter, item));
  const last = seen.at(-1);
  // A full page names where it ended even when nothing follows, as DynamoDB does.
  const more = last !== undefined && (seen.length < rest.length || seen.length === input.Limit);
  return {
    ...(input.Select === 'COUNT' ? {} : { Items: found.map(project) }),
    Count: found.length, ScannedCount: seen.length,
    ...(more ? { LastEvaluatedKey: keyPart(table.keys, last) } : {}),
  };
}

function bySortKey({ sort }: KeySchema, left: Item, right: Item): number {
  if (sort === undefined) return 0;
  const [a, b] = [left[sort.name], right[sort.name]];
  return a === undefined || b === undefined ? 0 : (compare(a, b) ?? 0);
}

/** `partition = :value`, alone or AND one comparison of the sort key. */
function checkKeyCondition(keys: KeySchema, condition: Condition): void {
  const parts = condition.kind === 'and' ? [condition.left, condition.right] : [condition];
  const names = parts.map(attributeOf);
  const partition = parts[names.indexOf(keys.partition.name)];
  if (partition === undefined) throw new AwsError('ValidationException', `Query condition missed key schema element: ${keys.partition.name}`);
  if (partition.kind !== 'compare' || partition.comparator !== '=') throw new AwsError('ValidationException', 'Query key condition not supported');
  const other = parts.find((part) => part !== partition);
  if (other === undefined) return;
  if (keys.sort === undefined || attributeOf(other) !== keys.sort.name) throw new AwsError('ValidationException', `Query condition missed key schema element: ${keys.sort?.name ?? keys.partition.name}`);
  const supported = other.kind === 'between' || (other.kind === 'compare' && other.comparator !== '<>') || (other.kind === 'function' && other.name === 'begins_with');
  if (!supported) throw new AwsError('ValidationException', 'Query key condition not supported');
}

function attributeOf(condition: Condition): string | undefined {
  const operand = condition.kind === 'compare' || condition.kind === 'function' ? condition.left : condition.kind === 'between' || condition.kind === 'in' ? condition.operand : undefined;
  return operand?.kind === 'path' && operand.path.length === 1 ? operand.path[0] : undefined;
}
