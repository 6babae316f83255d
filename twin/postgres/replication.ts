// Streaming replication as its sender sees it. A standby counts as streaming only when pg_stat_replication says so: a process
// that runs and answers reads may have diverged long ago, and no row at all is bad news, not no news.
import type { PostgresServer } from './server.ts';

export interface ReplicationFacts {
  readonly state: string;
  /** Bytes of WAL that the standby has not replayed. Stale for seconds after a black hole. */
  readonly bytesBehind: number;
  readonly syncState: string;
}

const POLL_MS = 10;

/** The slot of a region's standby: also its application_name. Slot names hold only a-z, 0-9 and _. */
export const slotOf = (region: string): string => `hotshift_${region.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`;

/** Makes the slot of a standby, keeping WAL from now on. A slot that exists stays as it is. */
export async function createSlot(sender: PostgresServer, region: string): Promise<void> {
  await sender.query(
    'select pg_create_physical_replication_slot($1, true) where not exists (select 1 from pg_replication_slots where slot_name = $1)', [slotOf(region)],
  );
}

/** Removes the slot of a standby that will not come back, since it would keep WAL for ever. */
export async function dropSlot(sender: PostgresServer, region: string): Promise<void> {
  await sender.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1 and not active', [slotOf(region)]);
}

/** What the sender says about a region's standby; undefined when it has no connection to it. */
export async function replicationTo(sender: PostgresServer, region: string): Promise<ReplicationFacts | undefined> {
  const [row] = await sender.query<{ state: string; behind: string | null; sync_state: string }>(
    `select state, sync_state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) as behind
     from pg_stat_replication where application_name = $1 order by state = 'streaming' desc limit 1`, [slotOf(region)],
  );
  if (row === undefined) return undefined;
  return { state: row.state, syncState: row.sync_state, bytesBehind: row.behind === null ? Infinity : Number(row.behind) };
}

/**
 * Does the standby follow the primary and has it replayed what that holds now, at the latest within the time? Both sides must say
 * so, and the standby must receive the primary's own timeline: a diverged one is sent the old timeline up to the fork, and looks
 * like streaming meanwhile.
 */
export async function follows(primary: PostgresServer, standby: PostgresServer, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  const position = await positionOf(primary);
  for (;;) {
    if (standby.isRunning && await followsNow(primary, standby, position)) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

interface Position { readonly lsn: string; readonly timeline: number }

async function positionOf(primary: PostgresServer): Promise<Position> {
  const [row] = await primary.query<{ lsn: string; file: string }>('select pg_current_wal_lsn()::text as lsn, pg_walfile_name(pg_current_wal_lsn()) as file');
  if (row === undefined) throw new Error(`PostgreSQL of ${primary.plan.name} did not tell its position`);
  // The first 8 hexadecimal digits of a WAL file's name are its timeline.
  return { lsn: row.lsn, timeline: Number.parseInt(row.file.slice(0, 8), 16) };
}

async function followsNow(primary: PostgresServer, standby: PostgresServer, { lsn, timeline }: Position): Promise<boolean> {
  if ((await replicationTo(primary, standby.plan.name))?.state !== 'streaming') return false;
  const [receiver] = await standby.query<{ timeline: number; status: string; replayed: boolean }>(
    'select received_tli as timeline, status, pg_last_wal_replay_lsn() >= $1::pg_lsn as replayed from pg_stat_wal_receiver', [lsn],
  );
  return receiver?.status === 'streaming' && receiver.timeline === timeline && receiver.replayed;
}
