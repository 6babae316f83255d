// What the old writer still took after it was deposed, from whom, and when its own region had closed it: from the rows of its database,
// the orders in the table and the clients' attempts. Pure. Who keeps to write permits is promised that nothing is taken; who ignores
// them only that the old region closes its database once it can hear the order, and that nothing is taken after that.
import type { FenceIntent } from '../domain/lease.ts';
import type { Instant } from '../domain/plan.ts';
import { KINDS, KIND_TEXTS, type Attempt, type Kind } from './clients/attempts.ts';

/** One row that a client put into the old writer's database. */
export interface ClientRow { readonly id: string; readonly kind: Kind; readonly place: string; readonly writtenAt: Instant }

/** The locks as they stood at the end, read from the rules of the network and by SQL; SQL is absent when the engine did not run. */
export interface LocksLeft { readonly networkOpen: boolean; readonly sql: { readonly readOnly: boolean; readonly oldSessions: number } | undefined }

export interface OldWriterEvidence {
  /** When the fence was proven: from then on another writer may be promoted. Undefined when nobody was deposed. */
  readonly deposedAt: Instant | undefined;
  /** When the old region could be heard from again, and how; undefined when it never was. */
  readonly returned: { readonly how: string; readonly at: Instant } | undefined;
  /** True where the old region must close its database by itself: it came back, or it never went away. */
  readonly mustEnforce: boolean;
  readonly orders: readonly FenceIntent[];
  readonly attempts: readonly Attempt[];
  readonly rows: readonly ClientRow[];
  readonly locks: LocksLeft;
}

export interface ClientFigures {
  readonly kind: Kind;
  readonly keepsToPermits: boolean;
  /** Writes sent after the deposition. */
  readonly attempted: number;
  /** Of these, told by the server that they were written, here or, through the application, on the new writer. */
  readonly acknowledged: number;
  /** Rows that the old database took after the deposition. */
  readonly accepted: number;
  /** Of these, after its region had said that it is closed. */
  readonly acceptedAfterFence: number;
}

export interface OldWriterFigures {
  readonly deposedAt: string | null;
  readonly returned: { readonly how: string; readonly at: string } | null;
  readonly fence: { readonly at: string; readonly secondsAfterDeposition: number; readonly secondsAfterReturn: number | null; readonly sessionsEnded: number } | null;
  /** From the return (or the deposition, where it could be written all the time) to the last row of a client that ignores permits. */
  readonly openForOthersSeconds: number;
  readonly clients: readonly ClientFigures[];
  /** Databases that took writes at one time from clients that keep to permits. */
  readonly writersSeen: number;
}

/** EventBridge starts the agent every minute (events/rules.yml); the rest is one start and one round on a busy machine. */
const ENFORCED_SECONDS_MAX = 60 + 30;

/** `writersSeen`: as counted from the rows of both databases. */
export function oldWriterFigures(evidence: OldWriterEvidence, writersSeen: number): OldWriterFigures {
  const { deposedAt, returned } = evidence;
  const fencedAt = enforcedAt(evidence);
  const clients = deposedAt === undefined ? [] : KINDS.map((kind) => clientFigures(evidence, kind, deposedAt, fencedAt));
  const taken = afterDeposition(evidence).filter(({ kind }) => !KIND_TEXTS[kind].keepsToPermits).map(({ writtenAt }) => writtenAt);
  const openFrom = taken.some((at) => at < (returned?.at ?? 0)) ? deposedAt ?? 0 : Math.max(deposedAt ?? 0, returned?.at ?? 0);
  return {
    deposedAt: deposedAt === undefined ? null : iso(deposedAt), returned: returned === undefined ? null : { how: returned.how, at: iso(returned.at) },
    fence: fencedAt === undefined || deposedAt === undefined ? null : {
      at: iso(fencedAt), secondsAfterDeposition: seconds(deposedAt, fencedAt), secondsAfterReturn: returned === undefined ? null : seconds(returned.at, fencedAt),
      sessionsEnded: evidence.orders.reduce((sum, { enforced }) => sum + (enforced?.sessionsEnded ?? 0), 0),
    },
    openForOthersSeconds: seconds(openFrom, Math.max(openFrom, ...taken)), clients, writersSeen,
  };
}

/** Empty when nobody was deposed: then there is no old writer. */
export function oldWriterInvariants(evidence: OldWriterEvidence): Readonly<Record<string, boolean>> {
  const { deposedAt, returned, mustEnforce, locks } = evidence;
  if (deposedAt === undefined) return {};
  const fencedAt = enforcedAt(evidence);
  const rows = afterDeposition(evidence);
  const inTime = fencedAt !== undefined && seconds(Math.max(deposedAt, returned?.at ?? 0), fencedAt) <= ENFORCED_SECONDS_MAX;
  return {
    'I2 the old writer takes nothing from who keeps to permits': rows.every(({ kind }) => !KIND_TEXTS[kind].keepsToPermits),
    ...(mustEnforce ? {
      'I1 the old region closes its own database': inTime && !locks.networkOpen && (locks.sql === undefined || (locks.sql.readOnly && locks.sql.oldSessions === 0)),
      'I1 closed means closed to everybody': fencedAt === undefined || rows.every(({ writtenAt }) => writtenAt <= fencedAt),
    } : { 'I1 the old writer takes nothing at all': rows.length === 0 }),
  };
}

const afterDeposition = ({ rows, deposedAt }: OldWriterEvidence): readonly ClientRow[] => rows.filter(({ writtenAt }) => deposedAt !== undefined && writtenAt > deposedAt);

/** When the last order was carried out and read back; undefined unless each of them was. */
function enforcedAt({ orders }: OldWriterEvidence): Instant | undefined {
  const times = orders.map(({ enforced }) => (enforced?.networkClosed === true ? enforced.at : undefined));
  return times.length === 0 || times.includes(undefined) ? undefined : Math.max(...times.map(Number));
}

function clientFigures(evidence: OldWriterEvidence, kind: Kind, deposedAt: Instant, fencedAt: Instant | undefined): ClientFigures {
  const attempts = evidence.attempts.filter((attempt) => attempt.kind === kind && attempt.sentAt > deposedAt);
  const rows = afterDeposition(evidence).filter((row) => row.kind === kind);
  return {
    kind, keepsToPermits: KIND_TEXTS[kind].keepsToPermits, attempted: attempts.length, acknowledged: attempts.filter(({ acknowledged }) => acknowledged).length,
    accepted: rows.length, acceptedAfterFence: rows.filter(({ writtenAt }) => fencedAt !== undefined && writtenAt > fencedAt).length,
  };
}

const seconds = (from: Instant, to: Instant): number => Math.round((to - from) / 10) / 100;
const iso = (at: Instant): string => new Date(at).toISOString();
