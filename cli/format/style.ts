// Text for a terminal or a pipe: colours that vanish, tables, wrapping, ages. Pure. Nothing that came from outside can steer the terminal.
import type { Instant } from '../../domain/plan.ts';
import { durationText } from '../../functions/archive/words.ts';

export { durationText, offsetText, safe, timeText } from '../../functions/archive/words.ts';

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

const codes: Readonly<Record<keyof Style, number>> = { bold: 1, dim: 2, good: 32, bad: 31, warn: 33 };

export function styleOf(colour: boolean): Style {
  const paint = (kind: keyof Style) => (text: string): string => (colour && text !== '' ? `\u001b[${codes[kind]}m${text}\u001b[0m` : text);
  return { bold: paint('bold'), dim: paint('dim'), good: paint('good'), bad: paint('bad'), warn: paint('warn') };
}

const withoutColour = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');
export const widthOf = (text: string): number => [...withoutColour(text)].length;
export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Columns under a heading; the last column is not padded, so that lines have no trailing spaces. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[], style: Style, indent = '  '): readonly string[] {
  const widths = heading.map((title, column) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ''))));
  const line = (cells: readonly string[]): string =>
    (indent + cells.map((cell, column) => (column === cells.length - 1 ? cell : padded(cell, widths[column] ?? 0))).join('  ')).trimEnd();
  return [style.dim(line(heading)), ...rows.map(line)];
}

/** Breaks a long text at spaces; `columns` undefined (a pipe) leaves it on one line. */
export function wrapped(text: string, columns: number | undefined, indent: string, first = indent): readonly string[] {
  if (columns === undefined) return [first + text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const room = Math.max(20, columns - widthOf(lines.length === 0 ? first : indent));
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((part, index) => (index === 0 ? first : indent) + part);
}

export const ageText = (at: Instant, now: Instant): string => (at > now ? `in ${durationText((at - now) / 1000)}` : `${durationText((now - at) / 1000)} ago`);
