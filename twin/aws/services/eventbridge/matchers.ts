// The comparison operators of event patterns, on one plain value: prefix, suffix, anything-but, numeric, equals-ignore-case,
// wildcard and cidr. (`exists` and `$or` look at more than one value and are the pattern's.)
import { BlockList, isIP } from 'node:net';

type Numeric = readonly unknown[];

/** Whether one matcher matches one value that is there. */
export function valueMatches(matcher: unknown, value: unknown): boolean {
  if (typeof matcher !== 'object' || matcher === null) return matcher === value;
  const [[operator, wanted] = ['', undefined]] = Object.entries(matcher);
  if (operator === 'anything-but') return anythingBut(wanted, value);
  return operatorMatches(operator, wanted, value);
}

/** Why a matcher is invalid; undefined when it is valid. */
export function matcherProblem(matcher: unknown): string | undefined {
  if (typeof matcher !== 'object' || matcher === null) return undefined;
  const entries = Array.isArray(matcher) ? [] : Object.entries(matcher);
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) return 'Only one key allowed in match expression';
  const [operator, wanted] = entry as [string, unknown];
  switch (operator) {
    case 'exists': return typeof wanted === 'boolean' ? undefined : 'exists match pattern must be either true or false.';
    case 'numeric': return Array.isArray(wanted) && isNumericRange(wanted) ? undefined : 'Value of numeric must be an array of operators and numbers';
    case 'prefix':
    case 'suffix': return isText(wanted) || isIgnoringCase(wanted) ? undefined : `${operator} match pattern must be a string`;
    case 'equals-ignore-case':
    case 'wildcard': return isText(wanted) ? undefined : `${operator} match pattern must be a string`;
    case 'cidr': return isText(wanted) && cidrBlock(wanted) !== undefined ? undefined : 'Malformed CIDR, one \'/\' required';
    case 'anything-but': return anythingButProblem(wanted);
    default: return `Unrecognized match type ${operator}`;
  }
}

function operatorMatches(operator: string, wanted: unknown, value: unknown): boolean {
  if (operator === 'numeric') return typeof value === 'number' && inRange(wanted as Numeric, value);
  if (typeof value !== 'string') return false;
  switch (operator) {
    case 'prefix': return isText(wanted) ? value.startsWith(wanted) : value.toLowerCase().startsWith(ignoringCase(wanted));
    case 'suffix': return isText(wanted) ? value.endsWith(wanted) : value.toLowerCase().endsWith(ignoringCase(wanted));
    case 'equals-ignore-case': return value.toLowerCase() === String(wanted).toLowerCase();
    case 'wildcard': return wildcard(String(wanted)).test(value);
    case 'cidr': return isIP(value) !== 0 && (cidrBlock(String(wanted))?.check(value, isIP(value) === 6 ? 'ipv6' : 'ipv4') ?? false);
    default: return false;
  }
}

function anythingBut(wanted: unknown, value: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value !== wanted;
  if (Array.isArray(wanted)) return !wanted.includes(value);
  const [[operator, unwanted] = ['', undefined]] = Object.entries(wanted);
  const list: readonly unknown[] = Array.isArray(unwanted) ? unwanted : [unwanted];
  return !list.some((one) => operatorMatches(operator, one, value));
}

function anythingButProblem(wanted: unknown): string | undefined {
  const plain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';
  if (plain(wanted) || (Array.isArray(wanted) && wanted.length > 0 && wanted.every(plain))) return undefined;
  const entries = typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted) ? Object.entries(wanted) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) return 'anything-but must be a value, a list of values or one operator';
  const [operator, unwanted] = entry as [string, unknown];
  const texts = Array.isArray(unwanted) ? unwanted : [unwanted];
  return ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator) && texts.every(isText) ? undefined : `Unsupported anything-but pattern: ${operator}`;
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

const isNumericRange = (range: Numeric): boolean => (range.length === 2 || range.length === 4)
  && range.every((part, index) => (index % 2 === 0 ? typeof part === 'string' && Object.hasOwn(COMPARISONS, part) : typeof part === 'number'));

function inRange(range: Numeric, value: number): boolean {
  for (let index = 0; index < range.length; index += 2) {
    if (!(COMPARISONS[range[index] as string]?.(value, range[index + 1] as number) ?? false)) return false;
  }
  return true;
}

/** `*` is any text; a backslash takes the next character as it is. */
function wildcard(text: string): RegExp {
  const parts = [...text.matchAll(/\\(.)|(\*)|([^\\*]+)|\\/gs)].map(([whole, escaped, star, plain]) => (star !== undefined ? '.*' : quote(escaped ?? plain ?? whole)));
  return new RegExp(`^${parts.join('')}$`, 's');
}
const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function cidrBlock(text: string): BlockList | undefined {
  const [address = '', length] = text.split('/');
  const family = isIP(address);
  const bits = Number(length);
  if (family === 0 || length === undefined || !Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) return undefined;
  const block = new BlockList();
  block.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  return block;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isIgnoringCase = (value: unknown): boolean => typeof value === 'object' && value !== null && isText((value as Record<string, unknown>)['equals-ignore-case']);
const ignoringCase = (value: unknown): string => String((value as Record<string, unknown>)['equals-ignore-case']).toLowerCase();
