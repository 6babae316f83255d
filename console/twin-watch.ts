// Keeps the view of a running twin up to date: a reading of everything a few times a second, and what can be heard (journal, load) as it
// comes. A reading that fails is shown as nothing new; it never ends the twin.
import type { JournalEntry } from '../domain/journal.ts';
import type { SecondStatistics } from '../twin/load/statistics.ts';
import { journaled } from '../twin/readings.ts';
import type { Twin } from '../twin/twin.ts';
import type { EventLog } from './event-log.ts';
import { slackEntries } from './slack-entries.ts';
import { readPlaces, readTable } from './twin-readings.ts';
import { TwinWorkflows } from './twin-workflows.ts';
import { lineOf } from './table-views.ts';
import type { TrafficSecond, WatchView } from './view.ts';

const READ_EVERY_MS = 300;

export class TwinWatch {
  readonly workflows: TwinWorkflows;
  readonly #twin: Twin;
  readonly #log: EventLog;
  readonly #onRead: () => void;
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;
  watch: WatchView | null = null;

  /** `onEntry`: told of every line of the journal; `onRead`: after each reading. */
  constructor(twin: Twin, log: EventLog, { onEntry, onRead }: { readonly onEntry: (entry: JournalEntry) => void; readonly onRead: () => void }) {
    [this.#twin, this.#log, this.#onRead] = [twin, log, onRead];
    this.workflows = new TwinWorkflows(twin);
    this.#unsubscribe = twin.cloud.endpoint.onCall((call, phase) => {
      const entry = phase === 'ended' ? journaled(call) : undefined;
      if (entry === undefined) return;
      log.add({ kind: 'append', slice: 'journal', value: [lineOf(entry)] });
      onEntry(entry);
    });
    this.#again();
  }

  /** Resolves when no reading is under way any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.workflows.close();
    await this.#reading;
  }

  second(statistics: SecondStatistics): void {
    this.#log.add({ kind: 'append', slice: 'traffic', value: [secondOf(statistics)] });
  }

  #again(): void {
    this.#timer = setTimeout(() => {
      this.#reading = this.#read().finally(() => { if (!this.#closed) this.#again(); });
    }, READ_EVERY_MS);
    this.#timer.unref();
  }

  async #read(): Promise<void> {
    const twin = this.#twin;
    // A part that cannot be read now is read the next time; the others are shown.
    const table = await readTable(twin).catch(() => undefined);
    const [places] = await Promise.all([readPlaces(twin, table?.permit).catch(() => undefined), this.workflows.read().catch(() => undefined)]);
    if (this.#closed) return;
    if (table !== undefined) {
      this.watch = table.watch;
      this.#log.set('watch', table.watch);
    }
    if (places !== undefined) this.#log.set('places', places);
    this.#log.set('workflow', this.workflows.foremost);
    this.#log.set('slack', slackEntries(twin.slack.messages));
    this.#onRead();
  }
}

function secondOf({ at, requests, errors, reads, writes, regions, failures, p50Ms, p99Ms, lateMsMax }: SecondStatistics): TrafficSecond {
  const served = Object.entries(regions).filter(([region]) => region !== 'none').map(([region, counts]) => [region, counts.requests - counts.errors] as const);
  return {
    at, ok: requests - errors, failed: errors, writesOk: writes.requests - writes.errors, readsOk: reads.requests - reads.errors,
    p50Ms: tenth(p50Ms), p99Ms: tenth(p99Ms), byRegion: Object.fromEntries(served), failures, lateMs: Math.round(lateMsMax),
  };
}

const tenth = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms * 10) / 10);
