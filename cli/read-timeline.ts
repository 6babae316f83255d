// Reads the journal of an execution as a timeline, or says that there is none.
import type { JournalEntry } from '../domain/journal.ts';
import type { SealedRecord } from '../domain/records.ts';
import { CommandError, exitCodes } from './exit.ts';
import { followUpRows, type FollowUpRow } from '../functions/archive/follow-ups.ts';
import { connected, readPlans, unreachable, type TargetOptions } from './plans.ts';
import { timeline, type Timeline } from '../functions/archive/timeline.ts';
import type { World } from './world.ts';

/** Throws CommandError when nothing is journaled under this name. */
export async function readTimeline(world: World, execution: string, options: TargetOptions): Promise<Timeline> {
  const plans = await readPlans(world, options);
  const connection = await connected(world, options, plans);
  let found: Timeline | undefined;
  try {
    found = timeline(await connection.journal.list(execution));
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
  if (found !== undefined) return found;
  throw nothingJournaled(execution);
}

/** The entries themselves. */
export async function readEntries(world: World, execution: string, options: TargetOptions): Promise<readonly JournalEntry[]> {
  const plans = await readPlans(world, options);
  const { journal } = await connected(world, options, plans);
  try {
    const entries = await journal.list(execution);
    if (entries.length > 0) return entries;
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
  throw nothingJournaled(execution);
}

/** What is to be followed up of it, with what became of that. */
export async function readFollowUps(world: World, { application, execution }: Timeline, options: TargetOptions): Promise<readonly FollowUpRow[]> {
  const plans = await readPlans(world, options);
  const { followUps } = await connected(world, options, plans);
  try {
    return followUpRows(await followUps.list(application), execution, world.clock.now());
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

/** Its place in the chain of records; undefined when it has none (yet). */
export async function readRecordOf(world: World, { application, execution }: Timeline, options: TargetOptions): Promise<SealedRecord | undefined> {
  const plans = await readPlans(world, options);
  const { records } = await connected(world, options, plans);
  try {
    return (await records.list(application)).find((record) => record.execution === execution);
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

const nothingJournaled = (execution: string): CommandError =>
  new CommandError(exitCodes.usage, `nothing is journaled under the execution ${execution}`, 'give the name of an execution as Step Functions and `hotshift status` show it (not its ARN), and check --table');

/** People paste ARNs: the name is their last part. */
export const executionArgument = (text: string): string => text.trim().replace(/^arn:aws[a-z-]*:states:.*:/, '');
