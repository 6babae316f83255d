// What the #names and :values of a request stand for, and which of them its expressions used: DynamoDB refuses the undefined and
// the unused alike.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../service.ts';
import { isReservedWord } from './reserved-words.ts';
import type { Tokens } from './tokens.ts';
import { stored } from './values.ts';

export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, AttributeValue>>;
  readonly #used = new Set<string>();

  constructor(names: Readonly<Record<string, string>> = {}, values: Readonly<Record<string, AttributeValue>> = {}) {
    this.#names = names;
    this.#values = values;
  }

  /** The attribute's name that the next token means. */
  name(tokens: Tokens): string {
    const { kind, text } = tokens.next;
    if (kind === 'word') {
      if (isReservedWord(text)) throw tokens.error(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
      tokens.take();
      return text;
    }
    if (kind !== 'name') throw tokens.syntaxError();
    tokens.take();
    this.#used.add(text);
    const name = Object.hasOwn(this.#names, text) ? this.#names[text] : undefined;
    if (name === undefined) throw tokens.error(`An expression attribute name used in the document path is not defined; attribute name: ${text}`);
    return name;
  }

  /** The value that the next token, a :placeholder, means. */
  value(tokens: Tokens): AttributeValue {
    const { text } = tokens.take();
    this.#used.add(text);
    const value = Object.hasOwn(this.#values, text) ? this.#values[text] : undefined;
    if (value === undefined) throw tokens.error(`An expression attribute value used in expression is not defined; attribute value: ${text}`);
    return stored(value);
  }

  /** Throws for placeholders that no expression used. To be called when all were parsed. */
  checkAllUsed(): void {
    for (const [kind, given] of [['Names', this.#names], ['Values', this.#values]] as const) {
      const unused = Object.keys(given).filter((name) => !this.#used.has(name));
      if (unused.length > 0) {
        throw new AwsError('ValidationException', `Value provided in ExpressionAttribute${kind} unused in expressions: keys: {${unused.join(', ')}}`);
      }
    }
  }
}
