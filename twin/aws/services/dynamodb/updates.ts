// Update expressions: SET, REMOVE, ADD and DELETE, each at most once. All values are computed from the item as it was before.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../service.ts';
import { addNumbers, subtractNumbers } from './numbers.ts';
import { overlap, parsePath, pathText, removeAt, setAt, valueAt, type Path } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import { Tokens } from './tokens.ts';
import { equals, typeOf, type Item } from './values.ts';

type Term =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: Term }
  | { readonly kind: 'list_append'; readonly head: Term; readonly tail: Term }
  | { readonly kind: 'plus' | 'minus'; readonly left: Term; readonly right: Term };

type Action =
  | { readonly kind: 'set'; readonly path: Path; readonly term: Term }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly value: AttributeValue };

export interface Update { readonly actions: readonly Action[]; readonly paths: readonly Path[] }

/** Parses an update expression; throws ValidationException for what AWS refuses. */
export function parseUpdate(text: string, placeholders: Placeholders): Update {
  const tokens = new Tokens(text, 'UpdateExpression');
  const actions: Action[] = [];
  const seen = new Set<string>();
  while (tokens.next.kind !== 'end') {
    const section = tokens.next.text.toUpperCase();
    if (!['SET', 'REMOVE', 'ADD', 'DELETE'].includes(section)) throw tokens.syntaxError();
    if (seen.has(section)) throw tokens.error(`The "${section}" section can only be used once in an update expression;`);
    seen.add(section);
    tokens.take();
    do actions.push(parseAction(section, tokens, placeholders));
    while (tokens.accept(','));
  }
  const paths = actions.map(({ path }) => path);
  paths.forEach((path, index) => {
    const other = paths.slice(0, index).find((earlier) => overlap(path, earlier) || overlap(earlier, path));
    if (other !== undefined) throw tokens.error(`Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${pathText(other)}], path two: [${pathText(path)}]`);
  });
  return { actions, paths };
}

/** The item after the update; the given one stays as it was. */
export function updated(item: Item, { actions }: Update): Item {
  const next = structuredClone(item);
  const removals = actions.filter((action) => action.kind === 'remove');
  const terms = actions.map((action) => (action.kind === 'set' ? compute(action.term, item) : undefined));
  actions.forEach((action, index) => {
    if (action.kind === 'set') setAt(next, action.path, terms[index] as AttributeValue);
    else if (action.kind === 'add') setAt(next, action.path, sum(valueAt(item, action.path), action.value));
    else if (action.kind === 'delete') applyDelete(next, action.path, action.value);
  });
  // Higher list indexes first, so that removing one does not move the next.
  for (const { path } of removals.sort((left, right) => Number(right.path.at(-1)) - Number(left.path.at(-1)) || 0)) removeAt(next, path);
  return next;
}

function parseAction(section: string, tokens: Tokens, placeholders: Placeholders): Action {
  const path = parsePath(tokens, placeholders);
  if (section === 'REMOVE') return { kind: 'remove', path };
  if (section === 'SET') {
    tokens.expect('=');
    const left = parseTerm(tokens, placeholders);
    const sign = tokens.accept('+') ? 'plus' : tokens.accept('-') ? 'minus' : undefined;
    return { kind: 'set', path, term: sign === undefined ? left : { kind: sign, left, right: parseTerm(tokens, placeholders) } };
  }
  if (tokens.next.kind !== 'value') throw tokens.syntaxError();
  const value = placeholders.value(tokens);
  const type = typeOf(value);
  const allowed = section === 'ADD' ? ['N', 'SS', 'NS', 'BS'] : ['SS', 'NS', 'BS'];
  if (!allowed.includes(type)) throw tokens.error(`Incorrect operand type for operator or function; operator: ${section}, operand type: ${type}`);
  return { kind: section === 'ADD' ? 'add' : 'delete', path, value };
}

function parseTerm(tokens: Tokens, placeholders: Placeholders): Term {
  const { kind, text } = tokens.next;
  if (kind === 'value') return { kind: 'value', value: placeholders.value(tokens) };
  if (kind !== 'word' || tokens.after(1).text !== '(') return { kind: 'path', path: parsePath(tokens, placeholders) };
  if (text !== 'if_not_exists' && text !== 'list_append') throw tokens.error(`Invalid function name; function: ${text}`);
  tokens.take();
  tokens.expect('(');
  if (text === 'if_not_exists') {
    const path = parsePath(tokens, placeholders);
    tokens.expect(',');
    const otherwise = parseTerm(tokens, placeholders);
    tokens.expect(')');
    return { kind: 'if_not_exists', path, otherwise };
  }
  const head = parseTerm(tokens, placeholders);
  tokens.expect(',');
  const tail = parseTerm(tokens, placeholders);
  tokens.expect(')');
  return { kind: 'list_append', head, tail };
}

function compute(term: Term, item: Item): AttributeValue {
  switch (term.kind) {
    case 'value': return term.value;
    case 'path': {
      const value = valueAt(item, term.path);
      if (value === undefined) throw new AwsError('ValidationException', 'The provided expression refers to an attribute that does not exist in the item');
      return structuredClone(value);
    }
    case 'if_not_exists': return structuredClone(valueAt(item, term.path)) ?? compute(term.otherwise, item);
    case 'list_append': {
      const [head, tail] = [compute(term.head, item), compute(term.tail, item)];
      if (head.L === undefined || tail.L === undefined) throw wrongType();
      return { L: [...head.L, ...tail.L] };
    }
    case 'plus':
    case 'minus': {
      const [left, right] = [compute(term.left, item), compute(term.right, item)];
      if (left.N === undefined || right.N === undefined) throw wrongType();
      return { N: term.kind === 'plus' ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) };
    }
  }
}

/** ADD: a sum, or the union of two sets; an absent attribute is 0 or empty. */
function sum(current: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (current === undefined) return value;
  if (current.N !== undefined && value.N !== undefined) return { N: addNumbers(current.N, value.N) };
  if (current.SS !== undefined && value.SS !== undefined) return { SS: [...new Set([...current.SS, ...value.SS])] };
  if (current.NS !== undefined && value.NS !== undefined) return { NS: [...new Set([...current.NS, ...value.NS])] };
  const { BS } = current;
  if (BS !== undefined && value.BS !== undefined) return { BS: [...BS, ...value.BS.filter((member) => !BS.some((other) => equals({ B: other }, { B: member })))] };
  throw wrongType();
}

/** DELETE: members leave a set; an empty set is no attribute at all. */
function applyDelete(item: Item, path: Path, value: AttributeValue): void {
  const current = valueAt(item, path);
  if (current === undefined) return;
  const type = typeOf(value) as 'SS' | 'NS' | 'BS';
  const members: readonly (string | Uint8Array)[] | undefined = current[type];
  if (members === undefined) throw wrongType();
  const keyOf = (member: string | Uint8Array): string => (typeof member === 'string' ? member : Buffer.from(member).toString('base64'));
  const gone = new Set((value[type] ?? []).map(keyOf));
  const left = members.filter((member) => !gone.has(keyOf(member)));
  if (left.length === 0) removeAt(item, path);
  else setAt(item, path, { [type]: left } as unknown as AttributeValue);
}

const wrongType = (): AwsError => new AwsError('ValidationException', 'An operand in the update expression has an incorrect data type');
