// What every run of the twin has in common: it clears what an earlier one left, starts the twin, ends it whatever happens, and shows the
// journal as it is written.
import type { JournalEntry } from '../domain/journal.ts';
import { pause } from './faults.ts';
import { Interrupt } from './interrupt.ts';
import { journaled } from './readings.ts';
import { cleanLeftovers } from './run-directory.ts';
import { randomOf } from './seeded.ts';
import type { Settings } from './settings.ts';
import { startTwin, type Twin } from './twin.ts';

/** Runs `use` in a twin that was started for it and is stopped afterwards. `cannotRun`: it did not start, and was told why. */
export async function withTwin<Ended>(settings: Settings, seed: number, say: (text: string) => void, use: (twin: Twin) => Promise<Ended>): Promise<Ended | 'cannotRun'> {
  for (const line of cleanLeftovers(settings.directory)) say(line);
  const interrupt = new Interrupt();
  let twin: Twin;
  try {
    twin = await startTwin({ settings, random: randomOf(seed), onProgress: (text) => say(`  ${text}`) });
  } catch (error) {
    say(`the twin could not start: ${error instanceof Error ? error.message : String(error)}`);
    interrupt.off();
    return 'cannotRun';
  }
  interrupt.started(twin);
  try {
    return await use(twin);
  } finally {
    interrupt.off();
    await twin.stop();
  }
}

/** Runs a drill in a twin, prints it for people and, where it was asked for, the one JSON object last. */
export async function drilled<Result>(
  settings: Settings, isJson: boolean, observe: (twin: Twin, say: (text: string) => void) => Promise<Result>, summary: (result: Result) => string, isKept: (result: Result) => boolean,
): Promise<'kept' | 'broken' | 'cannotRun'> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  return withTwin(settings, seedOf(settings), say, async (twin) => {
    const result = await observe(twin, say);
    say(summary(result));
    if (isJson) console.log(JSON.stringify(result));
    return isKept(result) ? 'kept' : 'broken';
  });
}

export const seedOf = (settings: Settings): number => settings.seed ?? Math.floor(Math.random() * 1_000_000_000);

/** Tells each line of the journal once it is written; `since` is when the clock of the shown times began. */
export function followJournal(twin: Twin, since: () => number, say: (text: string) => void, add: (entry: JournalEntry) => void): void {
  twin.cloud.endpoint.onCall((call, phase) => {
    const entry = phase === 'ended' ? journaled(call) : undefined;
    if (entry === undefined) return;
    add(entry);
    say(`  ${`+${((entry.at - since()) / 1000).toFixed(2)}`.padStart(7)} s  ${entry.step.padEnd(16)} ${entry.summary}`);
  });
}

/** False when it did not happen in time: what that means is seen in what is read back. */
export async function happens(holds: () => boolean, seconds: number): Promise<boolean> {
  const endAt = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > endAt) return false;
    await pause(0.05);
  }
  return true;
}
