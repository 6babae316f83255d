// Attribute values: their type, order, equality and size, as DynamoDB counts them.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../service.ts';
import { compareNumbers, normalNumber } from './numbers.ts';

export type Item = Record<string, AttributeValue>;
export type ValueType = 'S' | 'N' | 'B' | 'SS' | 'NS' | 'BS' | 'M' | 'L' | 'NULL' | 'BOOL';

const TYPES: readonly ValueType[] = ['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL'];

export function typeOf(value: AttributeValue): ValueType {
  const found = TYPES.filter((type) => (value as unknown as Record<string, unknown>)[type] !== undefined);
  const [type] = found;
  if (type === undefined || found.length > 1) {
    throw new AwsError('ValidationException', 'Supplied AttributeValue is empty or has more than one datatypes set, must contain exactly one of the supported datatypes');
  }
  return type;
}

/** A value checked and in its stored form; throws ValidationException for what DynamoDB refuses to store. */
export function stored(value: AttributeValue): AttributeValue {
  const type = typeOf(value);
  if (type === 'N') return { N: normalNumber(value.N ?? '') };
  if (type === 'M') return { M: storedItem(value.M ?? {}) };
  if (type === 'L') return { L: (value.L ?? []).map(stored) };
  if (type === 'NS') return { NS: distinct((value.NS ?? []).map(normalNumber), (number) => number) };
  if (type === 'SS') return { SS: distinct(value.SS ?? [], (text) => text) };
  if (type === 'BS') return { BS: distinct(value.BS ?? [], (bytes) => Buffer.from(bytes).toString('base64')) };
  return value;
}

export const storedItem = (item: Item): Item => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, stored(value)]));

function distinct<T>(members: T[], keyOf: (member: T) => string): T[] {
  if (members.length === 0) throw new AwsError('ValidationException', 'One or more parameter values were invalid: An set may not be empty');
  if (new Set(members.map(keyOf)).size !== members.length) {
    throw new AwsError('ValidationException', 'One or more parameter values were invalid: Input collection contains duplicates.');
  }
  return members;
}

/** The order of two values of one ordered type (S, N, B); undefined when they have none. */
export function compare(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.N !== undefined && right.N !== undefined) return compareNumbers(left.N, right.N);
  // Text is ordered by its UTF-8 bytes, which differs from JavaScript's order.
  if (left.S !== undefined && right.S !== undefined) return Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  if (left.B !== undefined && right.B !== undefined) return Buffer.compare(left.B, right.B);
  return undefined;
}

export function equals(left: AttributeValue, right: AttributeValue): boolean {
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  const order = compare(left, right);
  if (order !== undefined) return order === 0;
  return canonical(left) === canonical(right);
}

/** One text for equal values: sets and maps in one order, numbers in one form. */
function canonical(value: AttributeValue): string {
  switch (typeOf(value)) {
    case 'N': return `N${normalNumber(value.N ?? '')}`;
    case 'B': return `B${Buffer.from(value.B ?? []).toString('base64')}`;
    case 'SS': return `SS${JSON.stringify([...(value.SS ?? [])].sort())}`;
    case 'NS': return `NS${JSON.stringify((value.NS ?? []).map(normalNumber).sort())}`;
    case 'BS': return `BS${JSON.stringify((value.BS ?? []).map((bytes) => Buffer.from(bytes).toString('base64')).sort())}`;
    case 'L': return `L[${(value.L ?? []).map(canonical).join(',')}]`;
    case 'M': return `M{${Object.keys(value.M ?? {}).sort().map((name) => `${JSON.stringify(name)}:${canonical(value.M?.[name] as AttributeValue)}`).join(',')}}`;
    case 'S': return `S${JSON.stringify(value.S)}`;
    case 'NULL': return 'NULL';
    case 'BOOL': return `BOOL${value.BOOL}`;
  }
}

/** What size() answers: characters, bytes or members; undefined for types without one. */
export function sizeOf(value: AttributeValue): number | undefined {
  switch (typeOf(value)) {
    case 'S': return Buffer.byteLength(value.S ?? '');
    case 'B': return value.B?.byteLength ?? 0;
    case 'SS': case 'NS': case 'BS': return (value.SS ?? value.NS ?? value.BS ?? []).length;
    case 'L': return value.L?.length ?? 0;
    case 'M': return Object.keys(value.M ?? {}).length;
    default: return undefined;
  }
}

/** Bytes of an item, near enough for the 400 KB and 1 MB limits. */
export function bytesOf(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.M !== undefined) return 3 + bytesOf(value.M);
  if (value.L !== undefined) return 3 + value.L.reduce((sum, member) => sum + 1 + valueBytes(member), 0);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  const members = value.SS ?? value.NS ?? value.BS ?? [value.S ?? value.B ?? ' '];
  return members.reduce<number>((sum, member) => sum + (typeof member === 'string' ? Buffer.byteLength(member) : member.byteLength), 0);
}
