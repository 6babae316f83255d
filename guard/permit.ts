// What a server knows of its write permit. Pure: the clocks are given. A permit counts from the moment BEFORE its renewal was
// sent, an older renewal that answers late changes nothing, and whatever is not known is not permitted.

/** The store's answer to a renewal. */
export type RenewalAnswer =
  | { readonly granted: true; readonly epoch: number; readonly writer: string }
  /** `epoch`: of the permit that was withdrawn, when the store told. */
  | { readonly granted: false; readonly reason: string; readonly epoch?: number };

export interface Permit {
  /** May be written to at this moment, in the region `writer`. */
  readonly writable: boolean;
  readonly epoch: number | undefined;
  /** The region whose database is the writer. */
  readonly writer: string | undefined;
  readonly remainingMs: number;
  /** The end of the permit by the wall clock, for the database to check: `... where clock_timestamp() < $expiresAt`. */
  readonly expiresAt: Date;
  /** Why it is or is not writable. */
  readonly reason: string;
}

/** Both clocks of one moment, in milliseconds. A suspended machine may stop the first, a correction may move the second. */
export interface Moment { readonly monotonicMs: number; readonly wallMs: number }

export interface Renewal {
  /** Grows with each renewal that is sent. */
  readonly sequence: number;
  /** Taken before it was sent. */
  readonly sentAt: Moment;
}

export interface PermitState {
  readonly newestAnswered: number;
  /** The largest epoch ever granted to this server. */
  readonly epochSeen: number;
  readonly held?: { readonly epoch: number; readonly writer: string; readonly since: Moment };
  readonly reason: string;
  /** Why the newest renewal that failed did, since the last one that was answered. */
  readonly failure?: string;
}

export const NO_PERMIT: PermitState = { newestAnswered: -1, epochSeen: -Infinity, reason: 'no permit was granted yet' };

/** The state after a renewal was answered. */
export function answered(state: PermitState, renewal: Renewal, answer: RenewalAnswer): PermitState {
  if (renewal.sequence < state.newestAnswered) return state;
  const { epochSeen } = state;
  const newestAnswered = renewal.sequence;
  if (!answer.granted) return { newestAnswered, epochSeen, reason: `refused: ${answer.reason}` };
  const { epoch, writer } = answer;
  if (!Number.isSafeInteger(epoch) || writer === '') return { newestAnswered, epochSeen, reason: 'the store granted a permit without a valid epoch and writer' };
  if (epoch < epochSeen) return { newestAnswered, epochSeen, reason: `the store granted epoch ${epoch} after epoch ${epochSeen}: an epoch never goes back` };
  return { newestAnswered, epochSeen: epoch, held: { epoch, writer, since: renewal.sentAt }, reason: `granted under epoch ${epoch}` };
}

/** From now on only renewals from `sequence` on count: a grant that is still on its way is given up with the permit. */
export const givenUp = (state: PermitState, sequence: number): PermitState => ({ ...state, newestAnswered: sequence });

/** A renewal that failed tells why, and changes nothing else: the permit that is held simply runs out. */
export const failed = (state: PermitState, error: unknown): PermitState =>
  ({ ...state, failure: error instanceof Error ? error.message || error.name : String(error) });

/** The permit at a moment. The earlier of both clocks ends it. */
export function permitAt(state: PermitState, now: Moment, lifeMs: number): Permit {
  const { held } = state;
  const failure = state.failure === undefined ? '' : `; the newest renewal failed: ${state.failure}`;
  if (held === undefined) return { writable: false, epoch: undefined, writer: undefined, remainingMs: 0, expiresAt: new Date(0), reason: `${state.reason}${failure}` };
  const { epoch, writer, since } = held;
  const remainingMs = Math.min(since.monotonicMs + lifeMs - now.monotonicMs, since.wallMs + lifeMs - now.wallMs);
  const writable = remainingMs > 0;
  // By the wall clock of the renewal, which the store keeps as well; a clock that was set back must not make it later.
  const expiresAt = new Date(Math.min(since.wallMs + lifeMs, now.wallMs + remainingMs));
  const reason = writable ? state.reason : `the permit of epoch ${epoch} ran out ${Math.ceil(-remainingMs)} ms ago and no renewal was granted since${failure}`;
  return { writable, epoch, writer, remainingMs: Math.max(0, remainingMs), expiresAt, reason };
}

/** Is it the same right to write, or did it end or change hands in between? */
export function stillHolds(before: Permit, now: Permit): boolean {
  return now.writable && now.epoch === before.epoch && now.writer === before.writer;
}
