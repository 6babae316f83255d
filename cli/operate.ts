// What pause, resume, ack and abort have in common: find the application, change its lease, show what changed and what it means
// for an execution that is running now.
import { isAborted } from '../domain/aborts.ts';
import type { Lease } from '../domain/lease.ts';
import { afterWord, type Word } from './after-word.ts';
import { changeLease, noteInJournal, type Changed } from './change-lease.ts';
import { blocksOf, isHeld, type ControlChange } from '../domain/control.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import { changedLines } from './format/changed.ts';
import { safe, styleOf, wrapped } from './format/style.ts';
import { connected, planNamed, readPlans, unreachable, type TargetOptions } from './plans.ts';
import { tellEverybody } from './telling.ts';
import { timeline, type Timeline } from '../functions/archive/timeline.ts';
import type { Connection, World } from './world.ts';

export interface OperateOptions extends TargetOptions { readonly by?: string; readonly json?: boolean }

/** Who acts, for the record: --by, or the account at the keyboard. */
export const actor = (world: World, options: OperateOptions): string => options.by ?? world.user;

/** Changes the lease of a named application; without a configuration the name must be given. */
export async function operate(world: World, word: Word, application: string | undefined, options: OperateOptions, decide: (lease: Lease) => ControlChange): Promise<ExitCode> {
  const plans = await readPlans(world, options);
  if (plans === undefined && application === undefined) throw new CommandError(exitCodes.usage, 'no application is named, and there is no hotshift.yml here', 'name the application, or give --config');
  const name = plans === undefined ? application ?? '' : planNamed(plans, application).application;
  const connection = await connected(world, options, plans);
  try {
    return await changeAndShow(world, word, connection, name, options, decide);
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

/** The change, the note in the journal of a running execution, and what both mean. */
export async function changeAndShow(
  world: World, word: Word, connection: Connection, application: string, options: OperateOptions, decide: (lease: Lease) => ControlChange, aimed?: string,
): Promise<ExitCode> {
  const changed = await changeLease(connection, world, application, decide);
  const now = world.clock.now();
  const running = aimed ?? (isHeld(changed.after, now) ? changed.after.holder : undefined);
  const noted = running === undefined || changed.summary === undefined || await noteInJournal(connection, world, changed.after, running, changed.summary);
  const seen = running === undefined ? undefined : await lastSeen(connection, running);
  if (changed.summary !== undefined && changed.after.incident !== undefined) {
    await tellEverybody(connection, world, {
      key: `operator/${word}/${now}`, application, incident: changed.after.incident, severity: 'info', title: `${application} ${changed.summary}`, lines: ['From the command line.'],
      card: { decided: changed.summary }, ...(word === 'ack' ? { pager: 'resolve' } : {}),
    });
  }
  show(world, changed, { word, application, json: options.json === true, noted, running, seen });
  return exitCodes.ok;
}

/** Where an execution is; a journal that cannot be read must not hide that the change was made. */
async function lastSeen({ journal }: Connection, execution: string): Promise<Timeline | undefined> {
  try {
    return timeline((await journal.list(execution)).filter((entry) => entry.step !== 'Operator'));
  } catch {
    return undefined;
  }
}

interface Shown { readonly word: Word; readonly application: string; readonly json: boolean; readonly noted: boolean; readonly running: string | undefined; readonly seen: Timeline | undefined }

function show({ terminal, clock }: World, changed: Changed, shown: Shown): void {
  const now = clock.now();
  const style = styleOf(terminal.colour);
  const meaning = shown.running === undefined || changed.summary === undefined ? undefined : stopText(changed.after, shown.running, shown.seen, now);
  const next = afterWord(shown.word, changed.after, changed.summary === undefined ? undefined : shown.running, now);
  if (shown.json) {
    terminal.out(JSON.stringify({ application: shown.application, changed: changed.summary !== undefined, summary: changed.summary ?? changed.reason, before: changed.before, after: changed.after, blocks: blocksOf(changed.after, now), next, ...(meaning === undefined ? {} : { running: shown.running, meaning }) }, null, 2));
  } else {
    terminal.out([
      changed.summary === undefined ? `${style.bold(shown.application)}: nothing to do, ${safe(changed.reason ?? '')}` : `${style.good('done')}  ${style.bold(shown.application)} ${safe(changed.summary)}`,
      ...changedLines(changed.before, changed.after, style),
      ...(meaning === undefined ? [] : wrapped(safe(meaning), terminal.columns, '  ')),
      ...blockLines(changed.after, now).flatMap((line) => wrapped(safe(line), terminal.columns, '    ', '  ')),
      ...(next.length === 0 ? [] : [style.bold('What to do next'), ...next.flatMap((step, index) => wrapped(safe(step), terminal.columns, '     ', `  ${index + 1}. `))]),
    ].join('\n'));
  }
  if (!shown.noted) terminal.remark(`${style.warn('note:')} the change stands, but it could not be written into the journal of ${safe(shown.running ?? '')}`);
}

function blockLines(lease: Lease, now: number): readonly string[] {
  const blocks = blocksOf(lease, now);
  return blocks.length === 0 ? ['Automatic failover is possible.'] : ['Automatic failover is blocked:', ...blocks.map((block) => `- ${block}`)];
}

/** Every step reads the lease right before it changes anything: that is where a word to stop is heard. */
export function stopText(lease: Lease, running: string, seen: Timeline | undefined, now: number): string {
  const step = seen?.steps.reduce((left, right) => (right.startedAt >= left.startedAt ? right : left));
  const where = step === undefined ? 'its journal says nothing yet' : `it was last seen in "${step.step}"`;
  const stops = isAborted(lease, running) || (lease.pausedUntil !== undefined && lease.pausedUntil > now);
  if (!stops) return `${running} is running (${where}) and goes on.`;
  return `${running} (${where}) stops before its next change: every step reads the lease right before it changes anything. A change that was sent already, such as a promotion, is not undone. It ends as "Handed to a human".`;
}
