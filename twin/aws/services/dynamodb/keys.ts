// Primary keys: checked against a table's schema, made into one text to find an item by.
import { AwsError } from '../../service.ts';
import { bytesOf, typeOf, type Item } from './values.ts';

export type KeyType = 'S' | 'N' | 'B';
export interface KeyAttribute { readonly name: string; readonly type: KeyType }
export interface KeySchema { readonly partition: KeyAttribute; readonly sort?: KeyAttribute }

const ITEM_BYTES_MAX = 400 * 1024;

export const keyAttributes = ({ partition, sort }: KeySchema): readonly KeyAttribute[] => (sort === undefined ? [partition] : [partition, sort]);

/** The key's text; throws for a key with other attributes than the schema's. */
export function keyOf(schema: KeySchema, key: Item): string {
  if (Object.keys(key).length !== keyAttributes(schema).length) throw invalid('The provided key element does not match the schema');
  return keyText(schema, key, () => 'The provided key element does not match the schema');
}

/** The key's text of a whole item; throws for an item without its key, or one that is too large. */
export function keyOfItem(schema: KeySchema, item: Item): string {
  const text = keyText(schema, item, (name) => `One or more parameter values were invalid: Missing the key ${name} in the item`);
  if (bytesOf(item) > ITEM_BYTES_MAX) throw invalid('Item size has exceeded the maximum allowed size');
  return text;
}

export const keyPart = (schema: KeySchema, item: Item): Item => Object.fromEntries(keyAttributes(schema).flatMap(({ name }) => (item[name] === undefined ? [] : [[name, item[name]]])));

function keyText(schema: KeySchema, item: Item, missing: (name: string) => string): string {
  const parts = keyAttributes(schema).map(({ name, type }) => {
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    if (value === undefined) throw invalid(missing(name));
    const found = typeOf(value);
    if (found !== type) throw invalid(`One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${found}`);
    const text = value.S ?? value.N ?? Buffer.from(value.B ?? []).toString('base64');
    if (text === '') throw invalid(`One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`);
    return text;
  });
  return JSON.stringify(parts);
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
