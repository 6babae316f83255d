// What an earlier run left in a data directory when it was killed: a PostgreSQL that still runs, or its lock file. A process is
// ended only when it is PostgreSQL in this very directory and the twin that started it is gone; everybody else's is left alone.
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killTree, postgresIn, startOf } from './process-tree.ts';

const OWNER_FILE = 'hotshift-owner.json';
const LOCK_FILE = 'postmaster.pid';

interface Owner { readonly pid: number; readonly start: string }

/** A twin that still runs uses this data directory. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

/** Makes the directory ours: ends what a dead twin left, removes a lock of a process that is no PostgreSQL. Returns the pids that were ended. */
export async function takeOver(directory: string): Promise<readonly number[]> {
  const running = postgresIn(realpathSync(directory));
  const owner = readOwner(directory);
  if (running.length > 0 && owner !== undefined && startOf(owner.pid) === owner.start) {
    throw new DirectoryInUseError(`${directory} is used by PostgreSQL ${running[0]} of the running process ${owner.pid}`);
  }
  for (const pid of running) await killTree(pid);
  // PostgreSQL would take a stranger that got the old pid for itself and refuse to start.
  rmSync(join(directory, LOCK_FILE), { force: true });
  writeFileSync(join(directory, OWNER_FILE), JSON.stringify({ pid: process.pid, start: startOf(process.pid) }));
  return running;
}

function readOwner(directory: string): Owner | undefined {
  const file = join(directory, OWNER_FILE);
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as Owner;
}
