// The example configuration and ways to break it: tests start from what people start from.
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

export const exampleText = readFileSync(new URL('../../../hotshift.example.yml', import.meta.url), 'utf8');

export type Tree = Record<string, unknown>;
export const exampleTree = (): Tree => parse(exampleText) as Tree;
export const shop = (path: string): readonly string[] => ['applications', 'shop', ...path.split('.')];

/** The example with one field set (or, for `undefined`, removed). */
export function exampleWith(path: readonly (string | number)[], value: unknown): string {
  const tree = exampleTree();
  setAt(tree, path, value);
  return stringify(tree);
}

export function setAt(tree: Tree, path: readonly (string | number)[], value: unknown): void {
  const parent = path.slice(0, -1).reduce<Tree>((at, step) => (at[step] ??= {}) as Tree, tree);
  const last = path.at(-1);
  if (last === undefined) throw new Error('the path is empty');
  if (value === undefined) delete parent[last];
  else parent[last] = value;
}

/** Paths of all leaves (scalars) of a tree. */
export function leavesOf(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, entry]) => leavesOf(entry, [...path, Array.isArray(value) ? Number(key) : key]));
}
