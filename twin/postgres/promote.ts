// Promotion of a standby, with a proof. The proof is a transaction: it got an id of its own, was committed, and the server says
// so afterwards. Not proof are a status, the end of pg_promote, or timeline_id of pg_control_checkpoint(), which stays old until the next checkpoint.
import type { PostgresServer } from './server.ts';

export interface PromotionProof {
  readonly inRecovery: false;
  /** Read from the file that WAL goes to now, which changes with the promotion itself. */
  readonly timeline: number;
  readonly committedTransaction: string;
  readonly tookMs: number;
}

export interface PromotionOptions {
  /** Real RDS takes minutes where PostgreSQL takes 0.1 s; waited before pg_promote. */
  readonly delayMs?: number;
  readonly waitSeconds?: number;
}

/** Promotes and proves it. Rejects when the server is still in recovery or does not commit. Repeated on a writer, it only proves. */
export async function promote(server: PostgresServer, { delayMs = 0, waitSeconds = 30 }: PromotionOptions = {}): Promise<PromotionProof> {
  const startedAt = performance.now();
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  await server.query('select pg_promote(true, $1) where pg_is_in_recovery()', [waitSeconds]);
  return prove(server, startedAt);
}

/** The proof alone. Rejects when the server cannot commit. */
export async function prove(server: PostgresServer, startedAt = performance.now()): Promise<PromotionProof> {
  return server.session(async (client) => {
    const recovery = (await client.query<{ recovering: boolean }>('select pg_is_in_recovery() as recovering')).rows[0];
    if (recovery?.recovering !== false) throw new Error(`PostgreSQL of ${server.plan.name} is still in recovery`);
    // Each statement is a transaction of its own: the second one asks about one that has ended.
    const xid = (await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid')).rows[0]?.xid ?? '';
    const proof = (await client.query<{ status: string; wal: string }>(
      'select pg_xact_status($1::xid8) as status, pg_walfile_name(pg_current_wal_lsn()) as wal', [xid],
    )).rows[0];
    if (proof?.status !== 'committed') throw new Error(`PostgreSQL of ${server.plan.name} did not commit transaction ${xid}: ${proof?.status ?? 'unknown'}`);
    return { inRecovery: false, timeline: Number.parseInt(proof.wal.slice(0, 8), 16), committedTransaction: xid, tookMs: performance.now() - startedAt };
  });
}
