// Condition, filter and key-condition expressions: parsed into a tree. Precedence is DynamoDB's: NOT, then AND, then OR; BETWEEN
// takes the AND that follows it.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { parsePath, type Path } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import { Tokens } from './tokens.ts';

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'size'; readonly path: Path };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type TwoOperandFunction = 'attribute_type' | 'begins_with' | 'contains';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly inner: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly choices: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path; readonly wanted: boolean }
  | { readonly kind: 'function'; readonly name: TwoOperandFunction; readonly left: Operand; readonly right: Operand };

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
const TWO_OPERANDS: ReadonlySet<string> = new Set(['attribute_type', 'begins_with', 'contains']);
/** AWS: at most 300 operators in an expression; bounds the depth of nesting here. */
const OPERATORS_MAX = 300;

/** Parses one expression; `expression` is its name in errors. */
export function parseCondition(text: string, placeholders: Placeholders, expression = 'ConditionExpression'): Condition {
  const parser = new ConditionParser(new Tokens(text, expression), placeholders);
  return parser.parse();
}

class ConditionParser {
  readonly #tokens: Tokens;
  readonly #placeholders: Placeholders;
  #operators = 0;

  constructor(tokens: Tokens, placeholders: Placeholders) {
    this.#tokens = tokens;
    this.#placeholders = placeholders;
  }

  parse(): Condition {
    const condition = this.#or();
    this.#tokens.expectEnd();
    return condition;
  }

  #or(): Condition {
    let left = this.#and();
    while (this.#tokens.accept('OR')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Condition {
    let left = this.#not();
    while (this.#tokens.accept('AND')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Condition {
    this.#operators += 1;
    if (this.#operators > OPERATORS_MAX) throw this.#tokens.error(`The expression contains more than ${OPERATORS_MAX} operators`);
    if (this.#tokens.accept('NOT')) return { kind: 'not', inner: this.#not() };
    if (this.#tokens.accept('(')) {
      const inner = this.#or();
      this.#tokens.expect(')');
      return inner;
    }
    return this.#function() ?? this.#comparison();
  }

  #function(): Condition | undefined {
    const { kind, text } = this.#tokens.next;
    if (kind !== 'word' || this.#tokens.after(1).text !== '(' || text === 'size') return undefined;
    if (text === 'attribute_exists' || text === 'attribute_not_exists') {
      this.#tokens.take();
      this.#tokens.expect('(');
      const path = parsePath(this.#tokens, this.#placeholders);
      this.#tokens.expect(')');
      return { kind: 'exists', path, wanted: text === 'attribute_exists' };
    }
    if (!TWO_OPERANDS.has(text)) throw this.#tokens.error(`Invalid function name; function: ${text}`);
    this.#tokens.take();
    this.#tokens.expect('(');
    const left = this.#operand();
    this.#tokens.expect(',');
    const right = this.#operand();
    this.#tokens.expect(')');
    return { kind: 'function', name: text as TwoOperandFunction, left, right };
  }

  #comparison(): Condition {
    const left = this.#operand();
    if (this.#tokens.accept('BETWEEN')) {
      const low = this.#operand();
      this.#tokens.expect('AND');
      return { kind: 'between', operand: left, low, high: this.#operand() };
    }
    if (this.#tokens.accept('IN')) return { kind: 'in', operand: left, choices: this.#choices() };
    if (!COMPARATORS.has(this.#tokens.next.text)) throw this.#tokens.syntaxError();
    const comparator = this.#tokens.take().text as Comparator;
    return { kind: 'compare', comparator, left, right: this.#operand() };
  }

  #choices(): Operand[] {
    this.#tokens.expect('(');
    const choices = [this.#operand()];
    while (this.#tokens.accept(',')) choices.push(this.#operand());
    this.#tokens.expect(')');
    if (choices.length > 100) throw this.#tokens.error('The IN operator takes at most 100 operands');
    return choices;
  }

  #operand(): Operand {
    const { kind, text } = this.#tokens.next;
    if (kind === 'value') return { kind: 'value', value: this.#placeholders.value(this.#tokens) };
    if (kind === 'word' && text === 'size' && this.#tokens.after(1).text === '(') {
      this.#tokens.take();
      this.#tokens.expect('(');
      const path = parsePath(this.#tokens, this.#placeholders);
      this.#tokens.expect(')');
      return { kind: 'size', path };
    }
    return { kind: 'path', path: parsePath(this.#tokens, this.#placeholders) };
  }
}
