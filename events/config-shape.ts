// Does a tree have the form that it must have? Turns what zod says into problems that a person can act on.
// A field that fails is left out and the rest is read again, so that the rules can still speak about the rest.
import type * as z from 'zod';
import type { ConfigIssue, ConfigPath } from './config-issue.ts';
import { didYouMean, shownValue } from './config-issue.ts';

export interface Shaped<T> {
  /** The value without the fields that failed; absent when too little is left. */
  readonly value?: T;
  readonly issues: readonly ConfigIssue[];
}

// Each round leaves out at least one field or its parent, and a plan is 8 deep.
const roundsMax = 12;

/** Reads `tree` by `schema`; `base` is where the tree stands in the document. */
export function shape<T>(schema: z.ZodType<T>, tree: unknown, base: ConfigPath): Shaped<T> {
  const first = schema.safeParse(tree);
  if (first.success) return { value: first.data, issues: [] };
  const issues = first.error.issues.flatMap((issue) => issuesOf(schema, tree, issue, base));
  const rest = structuredClone(tree);
  let pending = first.error.issues;
  for (let round = 0; round < roundsMax; round += 1) {
    for (const issue of pending) leaveOut(rest, issue);
    const next = schema.safeParse(rest);
    if (next.success) return { value: next.data, issues };
    pending = next.error.issues;
  }
  return { issues };
}

function leaveOut(tree: unknown, issue: z.core.$ZodIssue): void {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
  for (const key of keys) {
    const path = key === undefined ? issue.path : [...issue.path, key];
    // A missing field cannot be left out: its nearest parent that stands there is.
    for (let length = path.length; length > 0; length -= 1) {
      const parent = valueAt(tree, path.slice(0, length - 1));
      const last = path[length - 1];
      if (last !== undefined && remove(parent, last)) break;
    }
  }
}

function remove(parent: unknown, key: PropertyKey): boolean {
  // Entries of a list are not cut out: their neighbours would take their places.
  if (typeof parent !== 'object' || parent === null || Array.isArray(parent) || !Object.hasOwn(parent, key)) return false;
  return Reflect.deleteProperty(parent, key);
}

export function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) =>
    (typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Record<PropertyKey, unknown>)[step] : undefined), tree);
}

function issuesOf(schema: z.ZodType, tree: unknown, issue: z.core.$ZodIssue, base: ConfigPath): ConfigIssue[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(schema, path, key, base));
  const found = shownValue(valueAt(tree, path), path);
  const place = { severity: 'error', path: [...base, ...path], ...(found === undefined ? {} : { value: found }) } as const;
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1) ?? '');
    return [{ severity: 'error', path: place.path, value: shownValue(key, path) ?? '', message: `this key ${issue.issues[0]?.message ?? 'is not allowed'}`, fix: 'correct the key' }];
  }
  const field = schemaAt(schema, path);
  if (found === undefined) return [{ ...place, message: 'is missing', fix: `add it${exampleOf(field, path)}` }];
  return [{ ...place, message: messageOf(issue), fix: `correct it${exampleOf(field, path)}` }];
}

function unknownKey(schema: z.ZodType, path: ConfigPath, key: string, base: ConfigPath): ConfigIssue {
  const known = keysOf(schemaAt(schema, path));
  const meant = didYouMean(key, known);
  const fix = meant === undefined ? `remove it; known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
  return { severity: 'error', path: [...base, ...path, key], message: 'is not known', fix };
}

function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': return issue.message.startsWith('Invalid input') ? `must be ${kinds[issue.expected] ?? issue.expected}` : issue.message;
    case 'invalid_value': return `must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small': return `must ${issue.origin === 'array' ? 'have' : 'be'} at least ${issue.minimum}${issue.origin === 'array' ? ' entries' : ''}`;
    case 'too_big': return `must ${sized(issue.origin)} at most ${issue.maximum}${units[issue.origin] ?? ''}`;
    default: return issue.message;
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text', int: 'a whole number', number: 'a number', boolean: 'true or false', object: 'a map', record: 'a map', array: 'a list', tuple: 'a list',
};
const units: Readonly<Record<string, string>> = { array: ' entries', string: ' characters' };
const sized = (origin: string): string => (units[origin] === undefined ? 'be' : 'have');

type Definition = { readonly type: string; readonly innerType?: z.ZodType; readonly in?: z.ZodType; readonly valueType?: z.ZodType; readonly element?: z.ZodType; readonly items?: readonly z.ZodType[]; readonly shape?: Readonly<Record<string, z.ZodType>>; readonly options?: readonly z.ZodType[] };
const definitionOf = (schema: z.ZodType): Definition => schema.def as unknown as Definition;

/** The schema below defaults, options and transforms. */
function bare(schema: z.ZodType): z.ZodType {
  const definition = definitionOf(schema);
  const inner = definition.innerType ?? (definition.type === 'pipe' ? definition.in : undefined);
  return inner === undefined ? schema : bare(inner);
}

function schemaAt(schema: z.ZodType, path: ConfigPath): z.ZodType | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const definition = definitionOf(bare(schema));
  const shape = shapeOf(definition);
  const own = Object.hasOwn(shape, step) ? shape[step] : undefined;
  const next = own ?? definition.valueType ?? definition.element ?? (typeof step === 'number' ? definition.items?.[step] : undefined);
  return next === undefined ? undefined : schemaAt(next, rest);
}

/** The fields of a map; of a choice between maps those of all of them, since nobody knows which was meant. */
const shapeOf = ({ shape, options = [] }: Definition): Readonly<Record<PropertyKey, z.ZodType>> =>
  ({ ...Object.assign({}, ...options.map((option) => shapeOf(definitionOf(bare(option))))) as Readonly<Record<string, z.ZodType>>, ...shape });

const keysOf = (schema: z.ZodType | undefined): readonly string[] => (schema === undefined ? [] : Object.keys(shapeOf(definitionOf(bare(schema)))));

function exampleOf(schema: z.ZodType | undefined, path: ConfigPath): string {
  const key = path.at(-1);
  for (let at = schema; at !== undefined;) {
    const example = (at.meta()?.examples as readonly unknown[] | undefined)?.[0];
    if (example !== undefined) return `, for example ${typeof key === 'string' ? `${key}: ` : ''}${yamlText(String(example))}`;
    const definition = definitionOf(at);
    at = definition.innerType ?? (definition.type === 'pipe' ? definition.in : undefined);
  }
  const keys = keysOf(schema);
  return keys.length > 0 ? ` with its fields (${keys.join(', ')})` : '';
}

/** YAML would take an unquoted `#` for the start of a comment. */
const yamlText = (text: string): string => (text.startsWith('#') ? `'${text}'` : text);
