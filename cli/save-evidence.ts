// `hotshift report --save` and `--verify`: writes the record of an execution beside its page, and says whether records are as they were.
import { join } from 'node:path';
import { recordRates } from '../cost/record.ts';
import { costOf, usageGuessed } from '../functions/archive/cost.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import { evidenceOf, evidenceText, problemsOf, slowerThan, type Evidence } from '../functions/archive/evidence.ts';
import { reportHtml } from '../functions/archive/page.ts';
import type { FollowUpRow } from '../functions/archive/follow-ups.ts';
import { safe, styleOf } from './format/style.ts';
import { timeline } from '../functions/archive/timeline.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { World } from './world.ts';

/** A record that was changed is no record to go on from. */
export async function readRecord(world: World, file: string): Promise<Evidence> {
  const text = await world.readText(file);
  if (text === undefined) throw new CommandError(exitCodes.usage, `there is no file ${file}`, 'give the path of a record that --save has written');
  const [problem] = problemsOf(text);
  if (problem !== undefined) throw new CommandError(exitCodes.refused, `${file}: ${problem}`, 'take the record from where it is kept unchanged');
  return JSON.parse(text) as Evidence;
}

export async function saveEvidence(world: World, entries: readonly JournalEntry[], directory: string, previousFile: string | undefined, force: boolean, followUps: readonly FollowUpRow[]): Promise<ExitCode> {
  const previous = previousFile === undefined ? undefined : await readRecord(world, previousFile);
  const rates = recordRates();
  // The pair and the witness. The history of an execution is the archive's to read: by hand everything is estimated, and says so.
  const evidence = evidenceOf(entries, previous, { cost: costOf(usageGuessed(entries, rates), 3, rates) });
  const found = timeline(entries);
  if (evidence === undefined || found === undefined) throw new CommandError(exitCodes.refused, 'it has not ended: its record would have to be changed later', 'save it when it has an outcome');
  const name = evidence.execution.replaceAll(/[^A-Za-z0-9_-]/g, '-');
  const files = [[join(directory, `${name}.json`), evidenceText(evidence)], [join(directory, `${name}.html`), reportHtml(found, { evidence, entries, followUps, slower: previous === undefined ? undefined : slowerThan(evidence.phases, previous.phases) })]] as const;
  for (const [file, text] of files) {
    if (!(await world.writeText(file, text, force))) throw new CommandError(exitCodes.refused, `${file} exists; it was not touched`, 'write elsewhere, or overwrite it with --force');
  }
  world.terminal.out([...files.map(([file]) => `wrote ${file}`), `seal ${evidence.seal}`].join('\n'));
  return exitCodes.ok;
}

/** Each record for itself, and whether each one that names another finds it among the given. */
export async function verifyEvidence({ terminal, readText }: World, files: readonly string[]): Promise<ExitCode> {
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readText(file) })));
  const read = texts.map(({ file, text }) => ({ file, problems: text === undefined ? ['there is no such file'] : problemsOf(text), text }));
  const seals = new Set(read.filter(({ problems }) => problems.length === 0).map(({ text }) => (JSON.parse(text ?? '') as Evidence).seal));
  const style = styleOf(terminal.colour);
  const lines = read.map(({ file, problems, text }) => {
    if (problems.length > 0) return `${style.bad('changed')}  ${safe(file)}: ${safe(problems.join('; '))}`;
    const { previous, seal, counts, outcome } = JSON.parse(text ?? '') as Evidence;
    const link = previous === '' ? 'the first' : seals.has(previous) ? 'follows a given record' : `follows ${previous.slice(0, 12)}, which is not given`;
    return `${style.good('as sealed')}  ${safe(file)}: ${safe(outcome)}${counts ? '' : ', which counts for nothing'}; ${link}; seal ${seal.slice(0, 12)}`;
  });
  terminal.out(lines.join('\n'));
  return read.every(({ problems }) => problems.length === 0) ? exitCodes.ok : exitCodes.failed;
}
