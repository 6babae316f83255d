// The open loop: requests go out at their times whether or not earlier ones were answered, so that a slow application
// cannot slow down those who measure it. When the loop itself falls behind, it catches up and the samples say so.
import { aftermath, type Marks } from './aftermath.ts';
import type { LoadConfig } from './config.ts';
import { outcome, type LoadResult } from './outcome.ts';
import type { Sample } from './sample.ts';
import { secondStatistics, type SecondStatistics } from './statistics.ts';
import { User } from './user.ts';

const SECOND_MS = 1_000;
/** How often the loop looks what is due; at 200 requests a second one comes each 5 ms. */
const TICK_MS = 2;

export interface GeneratorOptions {
  readonly random?: () => number;
  readonly onSecond?: (statistics: SecondStatistics) => void;
}

/** Times with fractions of a millisecond that never step back, close to the wall clock of the start. */
function steadyClock(): () => number {
  const offset = Date.now() - performance.now();
  return () => offset + performance.now();
}

export class LoadGenerator {
  readonly #config: LoadConfig;
  readonly #random: () => number;
  readonly #now = steadyClock();
  readonly #onSecond: (statistics: SecondStatistics) => void;
  readonly #users: readonly User[];
  readonly #samples: Sample[] = [];
  readonly #open = new Set<Promise<void>>();
  #told = 0;
  #sent = 0;
  #writes = 0;
  #startedAt = 0;
  #ticking: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;

  constructor(config: LoadConfig, options: GeneratorOptions = {}) {
    this.#config = config;
    const random = options.random ?? Math.random;
    this.#onSecond = options.onSecond ?? (() => undefined);
    this.#random = random;
    const homes = Object.keys(config.shards?.databases ?? {});
    this.#users = Array.from({ length: config.caches }, (_, index) => new User(config, random, this.#now, homes[index % homes.length]));
  }

  start(): void {
    // The loop has its own phase too: nothing in the twin may tick together.
    this.#startedAt = this.#now() + this.#random() * SECOND_MS / this.#config.rate;
    this.#ticking = setInterval(() => this.#sendDue(), TICK_MS);
    this.#telling = setInterval(() => this.#tell(), SECOND_MS);
  }

  /** Sends no more, waits for what is open (no longer than the limits of a request), and gives the result. */
  async stop(marks?: Marks): Promise<LoadResult> {
    clearInterval(this.#ticking);
    const endedAt = this.#now();
    await Promise.all(this.#open);
    clearInterval(this.#telling);
    this.#tell();
    for (const user of this.#users) user.close();
    return { ...outcome(this.#samples, this.#startedAt, endedAt), pins: this.#users.flatMap(({ pin }) => pin ?? []), ...(marks === undefined ? {} : { aftermath: aftermath(this.#samples, this.#users.flatMap(({ sessions }) => sessions), marks) }) };
  }

  #sendDue(): void {
    const intervalMs = SECOND_MS / this.#config.rate;
    const now = this.#now();
    while (this.#startedAt + this.#sent * intervalMs <= now) {
      const number = this.#sent;
      this.#sent += 1;
      const user = this.#users[Math.floor(this.#random() * this.#users.length)];
      if (!user) throw new RangeError('a load generator needs at least one resolver cache');
      const dueAt = this.#startedAt + number * intervalMs;
      // Exact shares, evenly spread: a write each time that the sum of shares passes a whole number.
      const { writeShare } = this.#config;
      const isWrite = Math.floor((number + 1) * writeShare) > Math.floor(number * writeShare);
      const asked = isWrite ? ({ kind: 'write', id: `${this.#config.idPrefix}${String(number).padStart(12, '0')}`, dueAt, common: this.#isCommon() } as const) : ({ kind: 'read', dueAt } as const);
      const done: Promise<void> = user.ask(asked).then((sample) => {
        this.#samples.push(sample);
        this.#open.delete(done);
      });
      this.#open.add(done);
    }
  }

  /** By its number, so that each database gets its part for sure. */
  #isCommon(): boolean {
    const every = this.#config.shards?.commonEvery;
    this.#writes += 1;
    return every !== undefined && this.#writes % every === 0;
  }

  #tell(): void {
    const fresh = this.#samples.slice(this.#told);
    this.#told = this.#samples.length;
    this.#onSecond(secondStatistics(Math.round(this.#now() - SECOND_MS), fresh, this.#open.size));
  }
}
