// The text of a configuration as a plain tree that knows where each value stands (line and column).
// Refuses what YAML allows and a safety plan must not hold: duplicate keys, tags, odd keys, alias bombs, prototype keys, huge files.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Alias, Document, Node, Pair, YAMLMap } from 'yaml';
import type { ConfigIssue, ConfigPath } from './config-issue.ts';
import { shownValue } from './config-issue.ts';

export interface ConfigSource {
  readonly tree: unknown;
  readonly issues: readonly ConfigIssue[];
  /** Where the value at a path stands; for a path that is not in the file, its nearest parent that is. */
  readonly position: (path: ConfigPath) => { readonly line: number; readonly column: number } | undefined;
}

// A plan of one application takes about 3 KB: this is room for 80 of them, and a hundredth of what would slow a cold start.
export const configBytesMax = 256 * 1024;
// The deepest field of a plan is 8 levels down.
const depthMax = 16;
// After aliases are followed. 256 KB cannot hold more values than this without them.
const valuesMax = 50_000;
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype']);

interface Reading {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly positions: Map<string, number>;
  readonly issues: ConfigIssue[];
  values: number;
}

/** Reads YAML, or JSON, which is YAML too. Never throws: what cannot be read is an issue. */
export function readSource(text: string): ConfigSource {
  const lines = new LineCounter();
  const bytes = Buffer.byteLength(text);
  if (bytes > configBytesMax) {
    return unreadable(`the file has ${bytes} bytes; at most ${configBytesMax} are read`, 'split it: one file for each group of applications');
  }
  const document = parsed(text, lines);
  if (document === undefined || document.errors.some((problem) => problem.message.includes('call stack'))) return unreadable('the file nests deeper than it can be read', `nest at most ${depthMax} levels`);
  const reading: Reading = { document, lines, positions: new Map(), issues: syntaxIssues(document, lines), values: 0 };
  const tree = reading.issues.length > 0 ? undefined : plainValue(reading, document.contents, [], 0);
  return {
    tree,
    issues: reading.issues,
    position: (path) => {
      for (let length = path.length; length >= 0; length -= 1) {
        const offset = reading.positions.get(JSON.stringify(path.slice(0, length)));
        if (offset !== undefined) return place(lines, offset);
      }
      return undefined;
    },
  };
}

function parsed(text: string, lines: LineCounter): Document | undefined {
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, strict: true, version: '1.2', logLevel: 'error' });
  } catch (error) {
    // The parser recurses: thousands of open brackets exhaust the stack, which it mostly reports as a syntax error itself.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function unreadable(message: string, fix: string): ConfigSource {
  return { tree: undefined, position: () => undefined, issues: [{ severity: 'error', path: [], message, fix }] };
}

const place = (lines: LineCounter, offset: number): { readonly line: number; readonly column: number } => {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
};

const syntaxFixes: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'keep one of the two: YAML would silently use the last',
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'keep one document in the file: remove the second "---"',
  TAG_RESOLVE_FAILED: 'remove the tag',
};

function syntaxIssues(document: Document, lines: LineCounter): ConfigIssue[] {
  return [...document.errors, ...document.warnings].slice(0, 20).map((problem) => ({
    severity: 'error',
    path: [],
    ...place(lines, problem.pos[0]),
    message: problem.code === 'MULTIPLE_DOCS' ? 'the file holds several documents' : `the YAML cannot be read: ${firstLine(problem.message)}`,
    fix: syntaxFixes[problem.code] ?? 'correct the YAML at this place (indentation, brackets, quotes)',
  }));
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? text).replace(/[.:]$/, '').slice(0, 160);

function plainValue(reading: Reading, node: unknown, path: ConfigPath, depth: number): unknown {
  const offset = (node as Node | null)?.range?.[0];
  if (offset !== undefined && !reading.positions.has(JSON.stringify(path))) reading.positions.set(JSON.stringify(path), offset);
  reading.values += 1;
  if (reading.values > valuesMax) return refuse(reading, 'tooMany', [], 'aliases make the file larger than it may be', 'write the values out instead of using nested aliases');
  if (depth > depthMax) return refuse(reading, 'tooDeep', path.slice(0, depthMax), `nested deeper than ${depthMax} levels`, 'no field of a plan is as deep as this: check the indentation');
  if (isAlias(node)) return aliasValue(reading, node, path, depth);
  if (node !== null && (node as Node & { tag?: string }).tag !== undefined) {
    return refuse(reading, undefined, path, `has the tag ${(node as Node & { tag?: string }).tag}`, 'remove the tag: plain values only');
  }
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item, index) => plainValue(reading, item, [...path, index], depth + 1));
  if (isMap(node)) return plainMap(reading, node, path, depth);
  return null;
}

function aliasValue(reading: Reading, alias: Alias, path: ConfigPath, depth: number): unknown {
  const target = alias.resolve(reading.document);
  if (target === undefined) return refuse(reading, undefined, path, `the alias *${alias.source} has no anchor before it`, `define &${alias.source} earlier, or quote the value`);
  return plainValue(reading, target, path, depth + 1);
}

function plainMap(reading: Reading, map: YAMLMap, path: ConfigPath, depth: number): Readonly<Record<string, unknown>> {
  const plain: Record<string, unknown> = {};
  for (const { key, value } of map.items as Pair<unknown, unknown>[]) {
    const name = isScalar(key) ? key.value : undefined;
    const offset = (key as Node | null)?.range?.[0];
    if (typeof name !== 'string') {
      if (offset !== undefined) reading.positions.set(JSON.stringify([...path, '?']), offset);
      refuse(reading, undefined, [...path, '?'], `has a key that is not text: ${shownValue(name ?? 'a list or a map', path)}`, 'use a word as the key, or quote it');
      continue;
    }
    if (offset !== undefined) reading.positions.set(JSON.stringify([...path, name]), offset);
    if (refusedKeys.has(name)) {
      refuse(reading, undefined, [...path, name], `the key ${name} is refused: it could change how programs read the file`, 'remove it');
      continue;
    }
    plain[name] = plainValue(reading, value, [...path, name], depth + 1);
  }
  return plain;
}

/** Reports once for each `once` word, so that a bomb is one problem and not a thousand. */
function refuse(reading: Reading, once: string | undefined, path: ConfigPath, message: string, fix: string): undefined {
  if (once !== undefined) {
    if (reading.positions.has(once)) return undefined;
    reading.positions.set(once, 0);
  }
  const offset = reading.positions.get(JSON.stringify(path));
  reading.issues.push({ severity: 'error', path, message, fix, ...(offset === undefined ? {} : place(reading.lines, offset)) });
  return undefined;
}
