// One direction of one connection: what the sender gave, in its order, each piece due one delay later. A black hole holds
// everything (as TCP does, which sends again once the path heals); only ending the stream loses what is on its way.
import type { PathState } from './paths.ts';

/** What travels: bytes, the sender's end, or its reset. All three are late, and all three are held by a black hole. */
export type Cargo = { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'end' } | { readonly kind: 'reset' };

/** A sender waits when this much is under way, as with a real window; 4 MiB in 20 ms is 200 MiB/s. */
const WINDOW_BYTES = 4 * 1024 * 1024;

export interface StreamEnds {
  readonly path: () => PathState;
  readonly deliver: (cargo: Cargo) => void;
  /** The sender may go on (true) or has to wait (false). */
  readonly flow: (open: boolean) => void;
}

export class DelayedStream {
  readonly #ends: StreamEnds;
  readonly #queue: { readonly cargo: Cargo; readonly dueAt: number }[] = [];
  #bytes = 0;
  #full = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ends: StreamEnds) {
    this.#ends = ends;
  }

  /** Bytes that the sender gave and the receiver has not got. */
  get bytesUnderWay(): number {
    return this.#bytes;
  }

  push(cargo: Cargo): void {
    if (this.#over) return;
    const last = this.#queue.at(-1)?.dueAt ?? 0;
    // A delay that was shortened must not let later bytes overtake earlier ones.
    this.#queue.push({ cargo, dueAt: Math.max(last, performance.now() + this.#ends.path().delayMs) });
    if (cargo.kind === 'bytes') this.#bytes += cargo.bytes.length;
    this.#regulate();
    this.advance();
  }

  /** Delivers what is due, if the path is open; called again whenever the path changes. */
  advance(): void {
    clearTimeout(this.#timer);
    while (!this.#over && this.#ends.path().mode === 'open') {
      const head = this.#queue[0];
      if (head === undefined) return;
      const waitMs = head.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.advance(), Math.ceil(waitMs));
        return;
      }
      this.#queue.shift();
      if (head.cargo.kind === 'bytes') this.#bytes -= head.cargo.bytes.length;
      this.#ends.deliver(head.cargo);
      this.#regulate();
    }
  }

  /** Ends the stream; returns how many bytes were lost on the way. */
  drop(): number {
    const lost = this.#bytes;
    this.#over = true;
    this.#queue.length = 0;
    this.#bytes = 0;
    clearTimeout(this.#timer);
    return lost;
  }

  #regulate(): void {
    const full = this.#bytes > WINDOW_BYTES;
    if (full === this.#full || this.#over) return;
    this.#full = full;
    this.#ends.flow(!full);
  }
}
