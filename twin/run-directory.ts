// Where a run of the twin keeps its files, who owns it, and what an earlier run left behind when it was killed.
// It only removes what carries the twin's own mark, and it refuses to touch a directory of a run that is still alive.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

const MARK = 'hotshift-twin.json';
const PREFIX = 'hotshift-twin-';
/** A pair of fresh clusters with WAL takes some 120 MB; below this a run would end in the middle. */
const FREE_MEGABYTES_MIN = 600;

export interface RunDirectory { readonly path: string; remove(): void }

/** Makes a new directory. Throws when the disk is nearly full, naming path, free space and what is needed. */
export function openRunDirectory(parent = tmpdir(), keep = false): RunDirectory {
  const { bavail, bsize } = statfsSync(parent);
  const freeMegabytes = Math.floor((bavail * bsize) / 1024 / 1024);
  if (freeMegabytes < FREE_MEGABYTES_MIN) {
    throw new Error(`${parent} has ${freeMegabytes} MB free; the twin needs ${FREE_MEGABYTES_MIN} MB. Free some space or name another place with --directory`);
  }
  const path = join(parent, `${PREFIX}${randomBytes(4).toString('hex')}`);
  // Readable for others: as root, PostgreSQL runs under another account and must reach its directory below.
  mkdirSync(path, { mode: 0o755 });
  writeFileSync(join(path, MARK), JSON.stringify({ owner: process.pid, ownerStart: startOf(process.pid) }));
  return {
    path,
    remove: () => {
      if (!keep) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Ends and removes what killed runs left behind. Returns one line per thing that was removed. */
export function cleanLeftovers(parent = tmpdir()): readonly string[] {
  const names = readdirSync(parent).filter((name) => name.startsWith(PREFIX) && existsSync(join(parent, name, MARK)));
  return names.flatMap((name) => {
    const path = join(parent, name);
    const mark = readMark(path);
    if (mark === undefined || (mark.ownerStart !== undefined && startOf(mark.owner) === mark.ownerStart)) return [];
    const ended = childrenOf(path);
    for (const pid of ended) kill(pid);
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return [`removed ${path}, left behind by a killed run${ended.length > 0 ? `, and ended ${ended.length} of its processes` : ''}`];
  });
}

interface Mark { readonly owner: number; readonly ownerStart?: string }

function readMark(path: string): Mark | undefined {
  try {
    return JSON.parse(readFileSync(join(path, MARK), 'utf8')) as Mark;
  } catch {
    return undefined;
  }
}

/** When a process started, in clock ticks: a pid alone may have been given to somebody else. Undefined where there is no /proc. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Processes whose command line names the directory: only these are surely the dead run's own. */
function childrenOf(path: string): readonly number[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path);
    } catch {
      return false;
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
