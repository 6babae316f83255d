// `hotshift report`: what happened in an execution, as text, JSON, or one HTML file that can be sent around.
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { reportHtml } from '../../functions/archive/page.ts';
import { recordLines } from '../format/record.ts';
import { reportText } from '../format/report.ts';
import { styleOf } from '../format/style.ts';
import { withTarget, type TargetOptions } from '../plans.ts';
import type { Registration } from '../program.ts';
import { executionArgument, readEntries, readFollowUps, readRecordOf } from '../read-timeline.ts';
import { timeline } from '../../functions/archive/timeline.ts';
import { saveEvidence, verifyEvidence } from '../save-evidence.ts';
import type { World } from '../world.ts';

interface Options extends TargetOptions { readonly json?: boolean; readonly html?: string; readonly save?: string; readonly previous?: string; readonly verify?: readonly string[]; readonly force?: boolean }

export function registerReport({ program, world, ending }: Registration): void {
  withTarget(program.command('report').description('the timeline of an execution, rebuilt from its journal')
    .argument('[execution]', 'name (or ARN) of the execution', executionArgument))
    .option('--json', 'print it as JSON')
    .option('--html <file>', 'write one self-contained HTML file')
    .option('--save <directory>', 'write its sealed record (JSON) and its page (HTML) into a directory')
    .option('--previous <file>', 'with --save: the record before, which this one is chained to and compared with')
    .option('--verify <files...>', 'say whether records are as they were sealed; asks nobody')
    .option('--force', 'overwrite files that exist')
    .addHelpText('after', `
Exit codes: 0 it was read, 1 a record was changed (--verify), 2 there is no such execution, 3 the file exists or it has not ended (--save),
4 the table could not be reached.

Examples:
  $ hotshift report fo-2026-11-24-abc --region eu-west-2
  $ hotshift report fo-2026-11-24-abc --html outage.html
  $ hotshift report fo-2026-11-24-abc --save evidence --previous evidence/fo-2026-10-06-xyz.json
  $ hotshift report --verify evidence/*.json`)
    .action(ending((execution: string | undefined, options: Options) => report(world, execution, options)));
}

async function report(world: World, execution: string | undefined, options: Options): Promise<ExitCode> {
  if (options.verify !== undefined) return verifyEvidence(world, options.verify);
  if (execution === undefined) throw new CommandError(exitCodes.usage, 'no execution is named', 'give its name, or records to look at with --verify');
  const entries = await readEntries(world, execution, options);
  const found = timeline(entries);
  if (found === undefined) throw new CommandError(exitCodes.failed, `the journal of ${execution} cannot be read as a timeline`, 'look at it with --debug');
  const followUps = await readFollowUps(world, found, options);
  if (options.save !== undefined) return saveEvidence(world, entries, options.save, options.previous, options.force === true, followUps);
  const { terminal } = world;
  if (options.html !== undefined) {
    if (!(await world.writeText(options.html, reportHtml(found, { entries, followUps }), options.force === true))) {
      throw new CommandError(exitCodes.refused, `${options.html} exists; it was not touched`, 'write elsewhere, or overwrite it with --force');
    }
    terminal.remark(`wrote ${options.html}`);
    if (options.json !== true) return exitCodes.ok;
  }
  const record = await readRecordOf(world, found, options);
  const style = styleOf(terminal.colour);
  terminal.out(options.json === true ? JSON.stringify({ ...found, followUps, record: record ?? null }, null, 2) : [reportText(found, style, terminal.columns, followUps), '', ...recordLines(found, record, style, terminal.columns)].join('\n'));
  return exitCodes.ok;
}
