// Does a condition hold for an item? An absent attribute makes every comparison but <> false, never an error, as in DynamoDB.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Comparator, Condition, Operand, TwoOperandFunction } from './conditions.ts';
import { valueAt } from './paths.ts';
import { compare, equals, sizeOf, typeOf, type Item } from './values.ts';

export function holds(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case 'and': return holds(condition.left, item) && holds(condition.right, item);
    case 'or': return holds(condition.left, item) || holds(condition.right, item);
    case 'not': return !holds(condition.inner, item);
    case 'exists': return (valueAt(item, condition.path) !== undefined) === condition.wanted;
    case 'compare': return compares(condition.comparator, resolve(condition.left, item), resolve(condition.right, item));
    case 'between': {
      const value = resolve(condition.operand, item);
      return compares('>=', value, resolve(condition.low, item)) && compares('<=', value, resolve(condition.high, item));
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      return condition.choices.some((choice) => compares('=', value, resolve(choice, item)));
    }
    case 'function': return applies(condition.name, resolve(condition.left, item), resolve(condition.right, item));
  }
}

function resolve(operand: Operand, item: Item): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  const value = valueAt(item, operand.path);
  if (operand.kind === 'path' || value === undefined) return value;
  const size = sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

function compares(comparator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  // What is absent differs from everything (dynalite and moto agree on that), and is neither less nor more than anything.
  if (left === undefined || right === undefined) return comparator === '<>';
  if (comparator === '=') return equals(left, right);
  if (comparator === '<>') return !equals(left, right);
  const order = compare(left, right);
  if (order === undefined) return false;
  return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[comparator];
}

function applies(name: TwoOperandFunction, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  switch (name) {
    case 'attribute_type': return typeOf(left) === right.S;
    case 'begins_with': return beginsWith(left, right);
    case 'contains': return contains(left, right);
  }
}

function beginsWith(left: AttributeValue, right: AttributeValue): boolean {
  if (left.S !== undefined && right.S !== undefined) return left.S.startsWith(right.S);
  if (left.B !== undefined && right.B !== undefined) return Buffer.compare(left.B.subarray(0, right.B.length), right.B) === 0;
  return false;
}

function contains(left: AttributeValue, right: AttributeValue): boolean {
  if (left.S !== undefined) return right.S !== undefined && left.S.includes(right.S);
  if (left.B !== undefined) return right.B !== undefined && Buffer.from(left.B).includes(Buffer.from(right.B));
  if (left.L !== undefined) return left.L.some((member) => equals(member, right));
  if (left.SS !== undefined) return right.S !== undefined && left.SS.includes(right.S);
  if (left.NS !== undefined) return right.N !== undefined && left.NS.some((member) => equals({ N: member }, right));
  if (left.BS !== undefined) return right.B !== undefined && left.BS.some((member) => equals({ B: member }, right));
  return false;
}
