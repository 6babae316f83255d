// Event patterns: which events a rule wants. A member of the pattern is an object (look deeper) or a list of matchers of which one
// must match; an event's list matches when one of its elements does. What AWS refuses to store is refused here, too.
import { AwsError } from '../../service.ts';
import { matcherProblem, valueMatches } from './matchers.ts';

export type Pattern = Readonly<Record<string, unknown>>;

/** Parses and checks a pattern; throws InvalidEventPatternException. */
export function parsePattern(text: string): Pattern {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch {
    throw invalid('it is not valid JSON');
  }
  if (!isObject(pattern) || Object.keys(pattern).length === 0) throw invalid('Event pattern must be a non-empty JSON object');
  check(pattern, '');
  return pattern;
}

/** Whether an event (or a part of it) fits. */
export function fits(pattern: Pattern, event: unknown): boolean {
  const members = isObject(event) ? event : {};
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or' && isAlternatives(wanted)) return wanted.some((alternative) => fits(alternative, event));
    const found = Object.hasOwn(members, name) ? members[name] : undefined;
    if (Array.isArray(wanted)) return wanted.some((matcher) => leafMatches(matcher, found));
    // An absent object is looked into all the same: `exists: false` below it must match.
    const candidates: readonly unknown[] = Array.isArray(found) ? found : [found];
    return candidates.some((candidate) => fits(wanted as Pattern, candidate));
  });
}

function leafMatches(matcher: unknown, found: unknown): boolean {
  if (isObject(matcher) && typeof matcher.exists === 'boolean') {
    // Only leaves exist in this sense; an object or an empty list is none.
    const exists = found !== undefined && !isObject(found) && !(Array.isArray(found) && found.length === 0);
    return exists === matcher.exists;
  }
  const candidates: readonly unknown[] = Array.isArray(found) ? found : [found];
  return candidates.some((candidate) => candidate !== undefined && !isObject(candidate) && valueMatches(matcher, candidate));
}

function check(pattern: Pattern, path: string): void {
  for (const [name, wanted] of Object.entries(pattern)) {
    const place = path === '' ? name : `${path}.${name}`;
    if (name === '$or' && isAlternatives(wanted)) {
      for (const alternative of wanted) check(alternative, path);
    } else if (Array.isArray(wanted)) {
      if (wanted.length === 0) throw invalid(`Empty arrays are not allowed: "${place}"`);
      for (const matcher of wanted) {
        const problem = matcherProblem(matcher);
        if (problem !== undefined) throw invalid(`${problem}: "${place}"`);
      }
    } else if (isObject(wanted)) {
      if (Object.keys(wanted).length === 0) throw invalid(`Empty objects are not allowed: "${place}"`);
      check(wanted, place);
    } else {
      throw invalid(`"${name}" must be an object or an array`);
    }
  }
}

const isAlternatives = (wanted: unknown): wanted is readonly Pattern[] => Array.isArray(wanted) && wanted.length >= 2 && wanted.every(isObject);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const invalid = (reason: string): AwsError => new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
