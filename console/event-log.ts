// The changes of the view, numbered, with the newest kept: whoever was away is told what was missed, and whoever was away for too long,
// or comes from another run of the server, gets the whole view. Nothing is told twice and nothing is left out.
import { applied, type Change, type View } from './view.ts';

/** Some minutes of changes; a snapshot costs less than a longer list. */
const KEPT_MAX = 1_000;

export interface Numbered { readonly id: string; readonly change: Change }
export type CaughtUp = { readonly kind: 'changes'; readonly changes: readonly Numbered[] } | { readonly kind: 'snapshot'; readonly id: string; readonly view: View };

export class EventLog {
  readonly #boot: string;
  readonly #kept: Numbered[] = [];
  readonly #listeners = new Set<(event: Numbered) => void>();
  readonly #keep: number;
  #view: View;
  #number = 0;

  /** `boot`: a word for this run of the server, so that numbers of another one are not mistaken for its own. */
  constructor(boot: string, view: View, keep = KEPT_MAX) {
    [this.#boot, this.#view, this.#keep] = [boot, view, keep];
  }

  get view(): View {
    return this.#view;
  }

  add(change: Change): void {
    this.#number += 1;
    this.#view = applied(this.#view, change);
    const event = { id: this.#id(this.#number), change };
    this.#kept.push(event);
    if (this.#kept.length > this.#keep) this.#kept.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /** Sets a slice unless it is the same already. */
  set<Slice extends keyof View>(slice: Slice, value: View[Slice]): void {
    if (JSON.stringify(this.#view[slice]) !== JSON.stringify(value)) this.add({ kind: 'set', slice, value } as Change);
  }

  /** What somebody needs who has seen everything up to `lastId`. */
  since(lastId: string | undefined): CaughtUp {
    const [boot, text] = [lastId?.slice(0, lastId.lastIndexOf('.')), lastId?.slice(lastId.lastIndexOf('.') + 1) ?? ''];
    const seen = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    const oldest = this.#number - this.#kept.length;
    if (boot !== this.#boot || !(seen >= oldest && seen <= this.#number)) return { kind: 'snapshot', id: this.#id(this.#number), view: this.#view };
    return { kind: 'changes', changes: this.#kept.slice(seen - oldest) };
  }

  /** The answer unsubscribes. */
  subscribe(listener: (event: Numbered) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #id(number: number): string {
    return `${this.#boot}.${number}`;
  }
}
