// Splits a DynamoDB expression into tokens and walks over them. A misplaced character is AWS's syntax error, token and place named.
import { AwsError } from '../../service.ts';

export interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'number' | 'sign' | 'end';
  readonly text: string;
}

const TOKEN = /\s*(?:(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([A-Za-z_][A-Za-z0-9_-]*)|(\d+)|(<>|<=|>=|[=<>()[\].,+-]))/y;
const KINDS = ['name', 'value', 'word', 'number', 'sign'] as const;

export class Tokens {
  readonly #tokens: readonly Token[];
  readonly #expression: string;
  #at = 0;

  /** `expression`: what it is, for errors, such as ConditionExpression. */
  constructor(text: string, expression: string) {
    this.#expression = expression;
    if (text.trim() === '') throw new AwsError('ValidationException', `Invalid ${expression}: The expression can not be empty;`);
    this.#tokens = split(text, expression);
  }

  get next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '<EOF>' };
  }

  after(count: number): Token {
    return this.#tokens[this.#at + count] ?? { kind: 'end', text: '<EOF>' };
  }

  take(): Token {
    const token = this.next;
    this.#at += 1;
    return token;
  }

  /** Takes the next token if it is this sign or keyword (keywords in any case). */
  accept(text: string): boolean {
    const { kind, text: found } = this.next;
    const same = kind === 'sign' ? found === text : kind === 'word' && found.toUpperCase() === text;
    if (same) this.#at += 1;
    return same;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.syntaxError();
  }

  expectEnd(): void {
    if (this.next.kind !== 'end') throw this.syntaxError();
  }

  syntaxError(): AwsError {
    const near = [this.#tokens[this.#at - 1]?.text, this.next.text].filter((text) => text !== undefined && text !== '<EOF>').join(' ');
    return new AwsError('ValidationException', `Invalid ${this.#expression}: Syntax error; token: "${this.next.text}", near: "${near}"`);
  }

  /** An error of meaning, in AWS's form. */
  error(message: string): AwsError {
    return new AwsError('ValidationException', `Invalid ${this.#expression}: ${message}`);
  }
}

function split(text: string, expression: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      const found = text.slice(from).trim().charAt(0);
      throw new AwsError('ValidationException', `Invalid ${expression}: Syntax error; token: "${found}", near: "${text.slice(Math.max(0, from - 5), from + 5).trim()}"`);
    }
    const index = KINDS.findIndex((_, group) => match[group + 1] !== undefined);
    tokens.push({ kind: KINDS[index] ?? 'sign', text: match[index + 1] ?? '' });
  }
  return tokens;
}
