// The journal while it is written, as the AWS endpoint sees it go by: what a run waits for. Kept apart from the journal that is read back.
import type { JournalEntry, Outcome } from '../domain/journal.ts';

export class LiveJournal {
  readonly #entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.#entries.push(entry);
  }

  /** Has an execution ended in one of these ways? */
  concluded(outcomes: readonly Outcome[]): boolean {
    return this.#entries.some((entry) => entry.step === 'Conclude' && outcomes.some((outcome) => entry.summary.startsWith(outcome)));
  }

  /** Has this very execution ended? */
  ended(execution: string): boolean {
    return this.#entries.some((entry) => entry.execution === execution && entry.step === 'Conclude');
  }

  /** Does an entry of this step hold all of these words? */
  has(step: string, ...words: readonly string[]): boolean {
    return this.#entries.some((entry) => entry.step === step && words.every((word) => entry.summary.includes(word)));
  }
}
