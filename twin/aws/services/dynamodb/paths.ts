// Document paths such as `#a.b[2]`: read from an expression, looked up, set and removed in an item.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../service.ts';
import type { Placeholders } from './placeholders.ts';
import type { Tokens } from './tokens.ts';
import type { Item } from './values.ts';

/** An attribute's name, then names of map members and indexes of lists. */
export type Path = readonly [string, ...(string | number)[]];

export function parsePath(tokens: Tokens, placeholders: Placeholders): Path {
  const path: [string, ...(string | number)[]] = [placeholders.name(tokens)];
  for (;;) {
    if (tokens.accept('.')) {
      path.push(placeholders.name(tokens));
    } else if (tokens.accept('[')) {
      if (tokens.next.kind !== 'number') throw tokens.syntaxError();
      path.push(Number(tokens.take().text));
      tokens.expect(']');
    } else {
      return path;
    }
  }
}

export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const step of path) {
    value = typeof step === 'number' ? value?.L?.[step] : ownMember(value?.M, step);
  }
  return value;
}

/** Sets a value in place. The parent must exist; beyond the end of a list means its end. */
export function setAt(item: Item, path: Path, value: AttributeValue): void {
  const parent = parentOf(item, path);
  const last = path[path.length - 1] as string | number;
  if (typeof last === 'string' && parent?.M !== undefined) parent.M[last] = value;
  else if (typeof last === 'number' && parent?.L !== undefined) parent.L[Math.min(last, parent.L.length)] = value;
  else throw invalidPath();
}

/** Removes what is there, in place; an absent value is no error, an absent parent is. */
export function removeAt(item: Item, path: Path): void {
  const parent = parentOf(item, path);
  const last = path[path.length - 1] as string | number;
  if (typeof last === 'string' && parent?.M !== undefined) delete parent.M[last];
  else if (typeof last === 'number' && parent?.L !== undefined) parent.L.splice(last, 1);
  else throw invalidPath();
}

/** Whether one path is the other, or leads through it. */
export function overlap(one: Path, other: Path): boolean {
  return one.slice(0, other.length).every((step, index) => step === other[index]);
}

export const pathText = (path: Path): string => path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');

function parentOf(item: Item, path: Path): AttributeValue | undefined {
  const parent = path.slice(0, -1);
  return parent.length === 0 ? { M: item } : valueAt(item, parent as unknown as Path);
}

const ownMember = (map: Item | undefined, name: string): AttributeValue | undefined => (map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined);

const invalidPath = (): AwsError => new AwsError('ValidationException', 'The document path provided in the update expression is invalid for update');
