// Reads from the region's own database, with a small cache that forgets with time and with the epoch: after a failover nobody is
// shown what the old writer's replica said. A database that does not answer is an error, never an old answer.
import type { CuttablePool } from './pools.ts';

export interface ReadRow { readonly id: string; readonly region: string; readonly epoch: string; readonly written_at: Date; readonly payload: string }
export interface CacheCounts { readonly hits: number; readonly misses: number }
/** `forgotten`: it was there, and of the epoch before. */
export interface Read { readonly rows: readonly ReadRow[]; readonly cache: 'hit' | 'miss' | 'forgotten' }

const COLUMNS = 'select id, region, epoch, written_at, payload from client_write';
const NEWEST = 20;
/** Enough for the twin's load; the oldest entry goes first. */
const ENTRIES_MAX = 1_000;

export class Reads {
  readonly #pool: Pick<CuttablePool, 'query'>;
  readonly #ttlMs: number;
  readonly #epoch: () => number | undefined;
  readonly #cache = new Map<string, { readonly rows: readonly ReadRow[]; readonly until: number; readonly epoch: number | undefined }>();
  #hits = 0;
  #misses = 0;

  constructor(pool: Pick<CuttablePool, 'query'>, ttlMs: number, epoch: () => number | undefined) {
    [this.#pool, this.#ttlMs, this.#epoch] = [pool, ttlMs, epoch];
  }

  get counts(): CacheCounts {
    return { hits: this.#hits, misses: this.#misses };
  }

  async one(id: string): Promise<ReadRow | undefined> {
    return (await this.#through(id, `${COLUMNS} where id = $1`, [id])).rows[0];
  }

  newest(): Promise<Read> {
    return this.#through('newest', `${COLUMNS} order by written_at desc limit $1`, [NEWEST]);
  }

  async #through(key: string, text: string, values: readonly unknown[]): Promise<Read> {
    const epoch = this.#epoch();
    const found = this.#cache.get(key);
    const standing = found !== undefined && performance.now() < found.until;
    if (standing && found.epoch === epoch) {
      this.#hits += 1;
      return { rows: found.rows, cache: 'hit' };
    }
    this.#misses += 1;
    const rows = await this.#pool.query<ReadRow>({ text, values });
    this.#cache.delete(key);
    // A row that is not there yet may be there in a moment: only what was found is kept.
    if (rows.length > 0) this.#cache.set(key, { rows, epoch, until: performance.now() + this.#ttlMs });
    if (this.#cache.size > ENTRIES_MAX) this.#cache.delete([...this.#cache.keys()][0] ?? '');
    return { rows, cache: standing ? 'forgotten' : 'miss' };
  }
}
