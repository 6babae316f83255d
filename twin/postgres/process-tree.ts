// Signals for a whole PostgreSQL: the postmaster and every process that it forked. The postmaster is stopped first, so that
// no process is born between looking and acting.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';

const HAS_PROC = existsSync('/proc/self/stat');
/** SIGKILL ends a process at once unless its disk hangs. */
const GONE_MS_MAX = 10_000;
const POLL_MS = 3;

interface ProcessEntry { readonly pid: number; readonly parent: number; readonly state: string }

/** Kills the tree and resolves when none of it runs. Stopped processes are killed as well. */
export async function killTree(pid: number): Promise<void> {
  const pids = killTreeNow(pid);
  const deadline = performance.now() + GONE_MS_MAX;
  while (pids.some(isRunning)) {
    if (performance.now() > deadline) throw new Error(`processes ${pids.filter(isRunning).join(', ')} still run ${GONE_MS_MAX / 1000} s after SIGKILL`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The same without waiting, for a process that is about to exit. Returns the pids that were signalled. */
export function killTreeNow(pid: number): readonly number[] {
  signal(pid, 'SIGSTOP');
  const pids = [pid, ...descendantsOf(pid)];
  for (const each of pids) signal(each, 'SIGKILL');
  return pids;
}

export function stopTree(pid: number): void {
  signal(pid, 'SIGSTOP');
  for (const child of descendantsOf(pid)) signal(child, 'SIGSTOP');
}

/** Children first: a postmaster that wakes before them would see them hang. */
export function continueTree(pid: number): void {
  for (const child of descendantsOf(pid)) signal(child, 'SIGCONT');
  signal(pid, 'SIGCONT');
}

export function descendantsOf(pid: number): readonly number[] {
  const entries = processes();
  const found: number[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    parents = entries.filter((entry) => parents.includes(entry.parent)).map((entry) => entry.pid);
    found.push(...parents);
  }
  return found;
}

/** Does it run? A zombie, which only waits for its parent to notice, does not. */
export function isRunning(pid: number): boolean {
  return processes().some((entry) => entry.pid === pid && !entry.state.startsWith('Z'));
}

/** A word that tells two processes with the same pid apart; undefined when there is no such process. */
export function startOf(pid: number): string | undefined {
  try {
    // Field 22; the name in field 2 may itself hold spaces and parentheses.
    if (HAS_PROC) return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19];
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The processes whose command is PostgreSQL on this data directory, or its orphaned backends (which stay in that folder). */
export function postgresIn(directory: string): readonly number[] {
  return processes().filter(({ pid, state }) => !state.startsWith('Z') && isPostgresIn(pid, directory)).map(({ pid }) => pid);
}

function isPostgresIn(pid: number, directory: string): boolean {
  try {
    if (!HAS_PROC) return commandOf(pid).includes(`postgres -D ${directory}`);
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === directory;
  } catch {
    // It ended meanwhile, or belongs to an account that we may not look into: not ours.
    return false;
  }
}

const commandOf = (pid: number): string => execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });

function processes(): readonly ProcessEntry[] {
  return HAS_PROC ? processesFromProc() : processesFromPs();
}

function processesFromProc(): readonly ProcessEntry[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const [state = '', parent = ''] = (readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1) ?? '').split(' ');
      return [{ pid: Number(name), parent: Number(parent), state }];
    } catch {
      // It ended between the listing and the look.
      return [];
    }
  });
}

function processesFromPs(): readonly ProcessEntry[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,state='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/)).map(([pid, parent, state = '']) => ({ pid: Number(pid), parent: Number(parent), state }));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
