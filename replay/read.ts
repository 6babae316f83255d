// From a file to evidence in order of time: JSON Lines and CSV as a stream. Records out of order are refused, since a policy that
// saw the future would look better than it is.
import type { ApplicationPlan } from '../domain/plan.ts';
import { cellsOf, linesOf, RecordError, type Line } from './lines.ts';
import { evidenceOf, type Evidence } from './record.ts';

export type Format = 'jsonl' | 'csv';
export interface Placed { readonly evidence: Evidence; readonly line: number }

export const formatOf = (fileName: string): Format => (/\.csv$/i.test(fileName) ? 'csv' : 'jsonl');

/** The trees of a file, one for each record. */
export async function* treesOf(parts: AsyncIterable<string>, format: Format, fileName: string, column = 'at'): AsyncGenerator<{ readonly tree: unknown; readonly line: number }> {
  let heading: readonly string[] | undefined;
  for await (const line of linesOf(parts, fileName)) {
    if (format === 'jsonl') yield { tree: json(line, fileName), line: line.number };
    else if (heading === undefined) heading = headingOf(line, fileName, column);
    else yield { tree: row(line, heading, fileName), line: line.number };
  }
}

export async function* evidenceIn(parts: AsyncIterable<string>, format: Format, plan: ApplicationPlan, fileName: string): AsyncGenerator<Placed> {
  let newest = { at: -Infinity, line: 0 };
  for await (const { tree, line } of treesOf(parts, format, fileName)) {
    const evidence = evidenceOf(tree, plan, `${fileName}:${line}`);
    if (evidence.at < newest.at) throw new RecordError(`${fileName}:${line}`, `at is ${new Date(evidence.at).toISOString()}, before line ${newest.line} (${new Date(newest.at).toISOString()})`, 'sort the file by at: the policy must not see what comes later');
    newest = { at: evidence.at, line };
    yield { evidence, line };
  }
}

function json({ text, number }: Line, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RecordError(`${fileName}:${number}`, `the line is not JSON: ${(error as Error).message.slice(0, 80)}`, 'write one JSON object on each line');
  }
}

function headingOf(line: Line, fileName: string, column: string): readonly string[] {
  const names = cellsOf(line.text) ?? [];
  if (!names.includes(column)) throw new RecordError(`${fileName}:${line.number}`, `the first line is no heading with a column "${column}"`, `name the columns in the first line, such as ${column === 'at' ? 'at,kind,vantagePoint,target,result' : 'name,region,from,to,expect'}`);
  return names;
}

/** An empty cell is a field that is not there. */
function row(line: Line, heading: readonly string[], fileName: string): unknown {
  const cells = cellsOf(line.text);
  if (cells === undefined) throw new RecordError(`${fileName}:${line.number}`, 'a quote is left open', 'close it, and double quotes inside quotes');
  if (cells.length !== heading.length) throw new RecordError(`${fileName}:${line.number}`, `the line has ${cells.length} cells, the heading ${heading.length}`, 'write one cell for each column');
  return Object.fromEntries(heading.map((name, index) => [name, cells[index] ?? '']).filter(([, cell]) => cell !== '').map(([name = '', cell = '']) => [name, name === 'at' && /^\d{12,14}$/.test(cell) ? Number(cell) : cell]));
}
