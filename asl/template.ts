// JSON with JSONata in it: strings of the form `{% ... %}` anywhere inside are compiled once and evaluated many times.
import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { TaskError } from './errors.ts';

export interface Bindings { readonly states: object; readonly variables: Readonly<Record<string, unknown>>; readonly now: () => number; readonly random: () => number; readonly uuid: () => string }
export type Template = (bindings: Bindings) => Promise<unknown>;

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** Compiles a value; problems go to `report` with the field in which they stand. */
export function template(value: unknown, field: string, report: (problem: string) => void): Template {
  if (typeof value === 'string') return text(value, field, report);
  if (Array.isArray(value)) {
    const entries = value.map((entry, index) => template(entry, `${field}[${index}]`, report));
    return (bindings) => inOrder(entries, (entry) => entry(bindings));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, entry]) => [key, template(entry, `${field}.${key}`, report)] as const);
    return async (bindings) => Object.fromEntries(await inOrder(entries, async ([key, entry]) => [key, await entry(bindings)] as const));
  }
  return () => Promise.resolve(value);
}

function text(value: string, field: string, report: (problem: string) => void): Template {
  const found = EXPRESSION.exec(value.trim());
  if (found === null) {
    if (value.includes('{%') || value.includes('%}')) report(`${field}: "{%" and "%}" must stand at the two ends of the string`);
    return () => Promise.resolve(value);
  }
  const source = found[1] ?? '';
  try {
    // Parsed now, so that a slip of the pen is found at load.
    if (/\$eval\s*\(/.test(source)) report(`${field}: $eval is not supported by Step Functions; use $parse`);
    jsonata(source);
  } catch (error) {
    report(`${field}: ${(error as Error).message} in ${source.trim()}`);
    return () => Promise.resolve(undefined);
  }
  const compiled = expression(source);
  return (bindings) => evaluate(compiled, source, field, bindings);
}

/** Bindings are given per evaluation, but functions are registered once: each evaluation has them in its own bindings. */
function expression(source: string): jsonata.Expression {
  const compiled = jsonata(source);
  return compiled;
}

async function evaluate(compiled: jsonata.Expression, source: string, field: string, bindings: Bindings): Promise<unknown> {
  let result: unknown;
  try {
    result = await compiled.evaluate(undefined, { ...functions(bindings), ...bindings.variables, states: bindings.states });
  } catch (error) {
    throw new TaskError('States.QueryEvaluationError', `${field}: ${(error as Error).message} in ${source.trim()}`);
  }
  // Step Functions guide, "Transforming data with JSONata": an expression that returns nothing is an error.
  if (result === undefined) throw new TaskError('States.QueryEvaluationError', `${field}: the JSONata expression returned nothing (undefined): ${source.trim()}`);
  if (typeof result === 'function') throw new TaskError('States.QueryEvaluationError', `${field}: the JSONata expression returned a function: ${source.trim()}`);
  // jsonata marks its sequences with extra properties; what leaves here is plain JSON.
  return structured(result);
}

const structured = (value: unknown): unknown => (typeof value === 'object' && value !== null ? (JSON.parse(JSON.stringify(value)) as unknown) : value);

/** The functions that Step Functions adds to JSONata, and those whose time or chance must be the injected ones. */
function functions({ now, random, uuid }: Bindings): Record<string, unknown> {
  return {
    now: () => new Date(now()).toISOString(), millis: () => now(),
    random: (seed?: number) => (seed === undefined ? random() : seeded(seed)),
    uuid: () => uuid(),
    parse: (json?: string) => (json === undefined ? undefined : (JSON.parse(json) as unknown)),
    range: (first: number, last: number, step: number) => {
      const count = Math.floor((last - first) / step) + 1;
      if (!(step !== 0) || count > 1000) throw new Error('$range gives at most 1000 numbers');
      return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
    },
    partition: (items: readonly unknown[], size: number) => Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size)),
    hash: (text: string, algorithm: string) => digest(text, algorithm),
  };
}

const seeded = (seed: number): number => {
  const mixed = Math.sin(seed) * 10_000;
  return mixed - Math.floor(mixed);
};

const ALGORITHMS: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
function digest(text: string, algorithm: string): string {
  const name = ALGORITHMS[algorithm];
  if (name === undefined) throw new Error(`$hash knows ${Object.keys(ALGORITHMS).join(', ')}, not ${algorithm}`);
  return createHash(name).update(text).digest('hex');
}

/** One after the other: the order of draws from the random source must not depend on how promises settle. */
async function inOrder<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}
