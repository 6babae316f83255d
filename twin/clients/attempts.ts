// What a client of the old writer tried, as it saw it itself. Whether a write was really accepted is not asked here: the rows of
// the databases say that.

/** In this order in reports: who keeps to write permits, then who ignores them. */
export const KINDS = ['application', 'guarded', 'pool', 'session', 'direct'] as const;
export type Kind = (typeof KINDS)[number];

/** What each client is, and whether it keeps to write permits. */
export const KIND_TEXTS: Readonly<Record<Kind, { readonly is: string; readonly keepsToPermits: boolean }>> = {
  application: { is: 'the old region\'s application, its pool opened before the fault, reached past DNS', keepsToPermits: true },
  guarded: { is: 'a client with the guard and a pool to the old writer', keepsToPermits: true },
  pool: { is: 'a pool to the old writer, opened before the fault, that asks for no permit', keepsToPermits: false },
  session: { is: 'one session held since before the fault, each write repeated on it, no permit', keepsToPermits: false },
  direct: { is: 'a new connection to the old writer for each write, no permit', keepsToPermits: false },
};

export interface Attempt {
  readonly kind: Kind;
  /** Where the client runs. */
  readonly place: string;
  readonly id: string;
  readonly sentAt: number;
  readonly endedAt: number;
  readonly acknowledged: boolean;
  /** Why not: an SQLSTATE, an error's code or its words. */
  readonly reason?: string;
}
