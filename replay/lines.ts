// A stream of text as numbered lines, one at a time: a year of records needs no more memory than a minute of them.

export interface Line { readonly number: number; readonly text: string }

/** What is wrong with an input, where, and the fix. */
export class RecordError extends Error {
  override readonly name: string = 'RecordError';
  readonly fix: string;

  constructor(place: string, message: string, fix: string) {
    super(`${place}: ${message}`);
    this.fix = fix;
  }
}

// A record takes some hundred characters; what is longer is no record.
const LENGTH_MAX = 64 * 1024;

/** Lines without their ends; empty lines are counted and left out. */
export async function* linesOf(parts: AsyncIterable<string>, fileName: string): AsyncGenerator<Line> {
  let rest = '';
  let number = 0;
  for await (const part of parts) {
    rest += part;
    let end = rest.indexOf('\n');
    for (; end >= 0; end = rest.indexOf('\n')) {
      const text = trimmed(rest.slice(0, end), number);
      rest = rest.slice(end + 1);
      number += 1;
      if (text !== '') yield { number, text };
    }
    if (rest.length > LENGTH_MAX) throw new RecordError(`${fileName}:${number + 1}`, `the line is longer than ${LENGTH_MAX} characters`, 'write one record on each line (JSON Lines or CSV); --format reads other forms');
  }
  const last = trimmed(rest, number);
  if (last !== '') yield { number: number + 1, text: last };
}

/** A byte order mark may stand before the first line. */
const trimmed = (text: string, number: number): string => (number === 0 ? text.replace(/^\ufeff/, '') : text).trim();

/** The cells of a line of CSV (RFC 4180); undefined when a quote is left open. */
export function cellsOf(text: string): readonly string[] | undefined {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?=,|$)/.exec(text.slice(at));
    const plain = /^[^,]*/.exec(text.slice(at))?.[0] ?? '';
    if (quoted === null && plain.trimStart().startsWith('"')) return undefined;
    cells.push(quoted === null ? plain.trim() : (quoted[1] ?? '').replaceAll('""', '"'));
    at += quoted === null ? plain.length : quoted[0].length;
    if (at >= text.length) return cells;
    at += 1;
  }
}
