// An episode is the span in which somebody suspects a region, with what was made of it. Closed when nobody does any more.
import type { Instant, Region } from '../domain/plan.ts';

export interface Decision { readonly at: Instant; readonly kind: 'Failed over' | 'Handed to a human' | 'asks a person'; readonly reason: string }

export interface Episode {
  readonly name: string;
  readonly region: Region;
  /** The first failure of the run that was suspected. */
  readonly since: Instant;
  readonly suspectedAt: Instant;
  readonly closedAt: Instant;
  readonly suspicion: string;
  readonly standDowns: number;
  /** What the last verification said that moved nothing. */
  readonly lastReason?: string;
  readonly decision?: Decision;
}

interface Open { episode: Omit<Episode, 'closedAt'>; readonly accusers: Set<Region> }

export class Episodes {
  readonly #open = new Map<Region, Open>();
  readonly #onClose: (episode: Episode) => void;
  #count = 0;

  constructor(onClose: (episode: Episode) => void) {
    this.#onClose = onClose;
  }

  get none(): boolean {
    return this.#open.size === 0;
  }

  /** The episode of a region: the open one, or a new one. */
  suspected(region: Region, vantagePoint: Region, since: Instant, at: Instant, suspicion: string): Omit<Episode, 'closedAt'> {
    const open = this.#open.get(region);
    if (open !== undefined) {
      open.accusers.add(vantagePoint);
      return open.episode;
    }
    this.#count += 1;
    const episode = { name: `episode-${this.#count}`, region, since, suspectedAt: at, suspicion, standDowns: 0 };
    this.#open.set(region, { episode, accusers: new Set([vantagePoint]) });
    return episode;
  }

  stoodDown(region: Region, _at: Instant, lastReason: string): void {
    const open = this.#open.get(region);
    if (open !== undefined) open.episode = { ...open.episode, standDowns: open.episode.standDowns + 1, lastReason };
  }

  decided(region: Region, decision: Decision): void {
    const open = this.#open.get(region);
    if (open !== undefined) open.episode = { ...open.episode, decision };
  }

  /** A vantage point sees the region well; when none is left that accuses it, the episode is over. */
  well(region: Region, vantagePoint: Region, at: Instant): void {
    const open = this.#open.get(region);
    if (open === undefined || !open.accusers.delete(vantagePoint) || open.accusers.size > 0) return;
    this.#close(region, open, at);
  }

  end(at: Instant): void {
    for (const [region, open] of this.#open) this.#close(region, open, at);
  }

  #close(region: Region, { episode }: Open, at: Instant): void {
    this.#open.delete(region);
    this.#onClose({ ...episode, closedAt: at });
  }
}
