// Projection expressions: only the named parts of an item. A list keeps the order of its chosen members, not their indexes.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { parsePath, type Path } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import { Tokens } from './tokens.ts';
import type { Item } from './values.ts';

export type Projection = (item: Item) => Item;

/** A function that keeps what the expression names; without one, everything. */
export function parseProjection(text: string | undefined, placeholders: Placeholders): Projection {
  if (text === undefined) return (item) => item;
  const tokens = new Tokens(text, 'ProjectionExpression');
  const paths: Path[] = [];
  do paths.push(parsePath(tokens, placeholders));
  while (tokens.accept(','));
  tokens.expectEnd();
  return (item) => project({ M: item }, paths)?.M ?? {};
}

function project(value: AttributeValue, paths: readonly (readonly (string | number)[])[]): AttributeValue | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  const under = (step: string | number) => paths.filter(([first]) => first === step).map((path) => path.slice(1));
  if (value.M !== undefined) {
    const kept = Object.entries(value.M).flatMap(([name, member]) => {
      const found = under(name).length === 0 ? undefined : project(member, under(name));
      return found === undefined ? [] : [[name, found] as const];
    });
    return kept.length === 0 ? undefined : { M: Object.fromEntries(kept) };
  }
  if (value.L !== undefined) {
    const kept = value.L.flatMap((member, index) => (under(index).length === 0 ? [] : (project(member, under(index)) ?? [])));
    return kept.length === 0 ? undefined : { L: kept };
  }
  return undefined;
}
