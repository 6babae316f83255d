// How an old primary becomes a standby of the new one. Rejoining keeps its data and works only when it never went its own way;
// reseeding copies the new primary's with the low-level backup API (there is no pg_rewind). The files are copied on this
// machine, not through the network's links: its time is no figure for a copy between regions.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyCluster, makeStandby, writeOwned } from './data-directory.ts';
import { createSlot, follows } from './replication.ts';
import type { PostgresServer } from './server.ts';
import type { Upstream } from './settings.ts';

export interface RejoinPlan {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** How the standby's region reaches the primary. */
  readonly upstream: Upstream;
  readonly withinMs?: number;
}

/** A healthy standby streams within 0.1 s of its start; a diverged one logs "forked off" again and again. */
const STREAMING_MS_MAX = 15_000;

/** Starts the old primary as a standby with the data it has. False: it runs but does not stream (diverged), so it must be reseeded. */
export async function rejoin({ primary, standby, upstream, withinMs = STREAMING_MS_MAX }: RejoinPlan): Promise<boolean> {
  await standby.stop();
  await createSlot(primary, standby.plan.name);
  await startAsStandby(standby, upstream);
  return follows(primary, standby, withinMs);
}

/** Replaces the old primary's data by a backup of the new one and starts it as a standby. Rejects when it does not stream. */
export async function reseed({ primary, standby, upstream, withinMs = STREAMING_MS_MAX }: RejoinPlan): Promise<void> {
  const name = standby.plan.name;
  await standby.kill();
  rmSync(standby.plan.directory, { recursive: true, force: true });
  // Before the backup: the slot keeps the WAL that the copy needs to become consistent.
  await createSlot(primary, name);
  await backup(primary, standby.plan.directory);
  await startAsStandby(standby, upstream);
  if (!(await follows(primary, standby, withinMs))) {
    throw new Error(`PostgreSQL of ${name} was reseeded but does not stream from ${primary.plan.name}: ${standby.logs.slice(-3).join(' | ')}`);
  }
}

async function startAsStandby(standby: PostgresServer, upstream: Upstream): Promise<void> {
  makeStandby(standby.plan.directory);
  standby.upstream = upstream;
  await standby.start();
}

/** The session must stay open from start to stop: closing it would abort the backup. */
async function backup(primary: PostgresServer, target: string): Promise<void> {
  await primary.session(async (client) => {
    await client.query(`select pg_backup_start('hotshift reseed', true)`);
    await copyCluster(primary.plan.directory, target, { withWal: false });
    const label = (await client.query<{ labelfile: string; spcmapfile: string | null }>('select labelfile, spcmapfile from pg_backup_stop(false)')).rows[0];
    if (label === undefined) throw new Error('pg_backup_stop gave no label');
    writeOwned(join(target, 'backup_label'), label.labelfile);
    if (label.spcmapfile !== null && label.spcmapfile !== '') writeOwned(join(target, 'tablespace_map'), label.spcmapfile);
  });
}
