// The functions that Step Functions adds to JSONata (guide, "JSONata functions provided by Step Functions"), and JSONata's own two that
// draw from chance. All of them take time and chance from the world of the evaluation.
import { createHash } from 'node:crypto';
import type jsonata from 'jsonata';
import type { World } from './expression.ts';

/** The name under which an evaluation finds its world; no variable can be called that. */
export const HOST = ' world';
/** `$range` gives at most so many numbers (States Language, appendix B: States.ArrayRange). */
const RANGE_MAX = 1000;
const ALGORITHMS: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };

/** Registers them all on one compiled expression. */
export function registerFunctions(compiled: jsonata.Expression): void {
  const world = (focus: jsonata.Focus): World => focus.environment.lookup(HOST) as World;
  compiled.registerFunction('random', function (this: jsonata.Focus, seed?: number) {
    return seed === undefined ? world(this).random() : fromSeed(seed);
  }, '<n?:n>');
  compiled.registerFunction('shuffle', function (this: jsonata.Focus, items?: readonly unknown[]) {
    return items === undefined ? undefined : shuffled(items, world(this).random);
  }, '<a:a>');
  compiled.registerFunction('uuid', function (this: jsonata.Focus) {
    return uuid(world(this).random);
  }, '<:s>');
  compiled.registerFunction('parse', (json?: string) => (json === undefined ? undefined : (JSON.parse(json) as unknown)), '<s-:x>');
  compiled.registerFunction('hash', hash, '<s-s?:s>');
  compiled.registerFunction('partition', partition, '<a-n?:a>');
  compiled.registerFunction('range', range, '<n?n?n?:a>');
}

/** No size, no items or a size of 0 give nothing; a fraction is cut to a whole number. */
function partition(items?: readonly unknown[], size?: number): unknown {
  if (items === undefined || size === undefined) return undefined;
  const whole = Math.trunc(size);
  if (whole < 0) throw new Error('the second argument of $partition must be zero or greater');
  if (whole === 0 || items.length === 0) return undefined;
  return Array.from({ length: Math.ceil(items.length / whole) }, (_, index) => items.slice(index * whole, (index + 1) * whole));
}

/** From the first to the last number, which belongs to it if a step lands there; a single number comes without its array. */
function range(first?: number, last?: number, step?: number): unknown {
  if (first === undefined || last === undefined || step === undefined || Math.trunc(step) === 0) return undefined;
  const [from, to, by] = [Math.trunc(first), Math.trunc(last), Math.trunc(step)];
  const count = Math.max(0, Math.floor((to - from) / by) + 1);
  if (count > RANGE_MAX) throw new Error(`$range would give ${count} numbers; the most is ${RANGE_MAX}`);
  const numbers = Array.from({ length: count }, (_, index) => from + index * by);
  return count < 2 ? numbers[0] : numbers;
}

function hash(text?: string, algorithm?: string): string | undefined {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = ALGORITHMS[algorithm];
  if (name === undefined) throw new Error(`Hash algorithm '${algorithm}' must be one of ${Object.keys(ALGORITHMS).join(', ')}`);
  return createHash(name).update(text).digest('hex');
}

/** The same number for the same seed: the first 48 bits of its digest. (The real service's numbers for a seed are others.) */
const fromSeed = (seed: number): number => Number.parseInt(createHash('sha256').update(String(seed)).digest('hex').slice(0, 12), 16) / 2 ** 48;

/** Version 4, from the injected chance. */
export function uuid(random: () => number): string {
  const digit = (count: number): string => Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${digit(8)}-${digit(4)}-4${digit(3)}-${(8 + Math.floor(random() * 4)).toString(16)}${digit(3)}-${digit(12)}`;
}

function shuffled(items: readonly unknown[], random: () => number): unknown[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}
