// Text for a terminal or a pipe: colours that vanish, tables, wrapping, ages. Pure. Nothing that came from outside can steer the terminal.
import { printable } from '../../events/config-issue.ts';
import type { Instant } from '../../domain/plan.ts';

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

/** Text from a store or a message, safe to print on one line. */
export const safe = (text: string): string => printable(text.replaceAll(/\s*\n\s*/g, ' '));

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

/** `850 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '-' : '';
  if (size < 1) return `${sign}${Math.round(size * 1000)} ms`;
  if (size < 60) return `${sign}${Number(size.toFixed(size < 10 ? 1 : 0))} s`;
  const whole = Math.round(size);
  const pairs = [[86_400, 'd', 3600, 'h'], [3600, 'h', 60, 'min'], [60, 'min', 1, 's']] as const;
  const [large, largeUnit, small, smallUnit] = pairs.find(([unit]) => whole >= unit) ?? pairs[2];
  const rest = Math.floor((whole % large) / small);
  return `${sign}${Math.floor(whole / large)} ${largeUnit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`;
}

/** Seconds since a start, as digits that line up: `+0:06.2`, `+2:38.4`, `+1:02:38.4`. */
export function offsetText(seconds: number): string {
  const tenths = Math.round(Math.abs(seconds) * 10);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(tenths / 36_000);
  const minutes = Math.floor(tenths / 600) % 60;
  const rest = `${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
  return `${seconds < 0 ? '-' : '+'}${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${rest}`;
}

/** UTC with seconds: people in several places read the same line. */
export const timeText = (at: Instant): string => (Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z` : 'unknown time');
export const ageText = (at: Instant, now: Instant): string => (at > now ? `in ${durationText((at - now) / 1000)}` : `${durationText((now - at) / 1000)} ago`);
