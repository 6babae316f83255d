// Data directories: made by initdb, cloned while stopped or copied while running, and told to be a standby. Files that vanish
// or change during a copy are what the backup API allows for; everything else that fails is an error with its reason.
import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { asAccount, assertReachable, handOver } from './account.ts';
import type { Binaries } from './binaries.ts';

/** The settings of a server are here (settings.ts); not on the command line, which ALTER SYSTEM could not change. */
export const SETTINGS_FILE = 'hotshift.conf';
export const SUPERUSER = 'postgres';

/** The disk is full, or a limit on file sizes says so. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
}

/** Turns a program's own words into an error; no space is told apart since its fix differs. */
export function programError(what: string, directory: string, output: string): Error {
  if (/No space left on device|File too large|Disk quota exceeded/.test(output)) {
    return new DiskFullError(`${what}: no space left for ${directory}. Free some space or choose another run directory`, { cause: new Error(output) });
  }
  return new Error(`${what} failed for ${directory}: ${output.trim() || 'it said nothing'}`);
}

/** Makes a new cluster whose superuser has this password. Nothing is synced to disk: a twin does not outlive its machine. */
export async function initialize(directory: string, binaries: Binaries, superuserPassword: string): Promise<void> {
  assertReachable(directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  handOver(directory);
  const passwordFile = `${directory}.password`;
  writeFileSync(passwordFile, superuserPassword, { mode: 0o600 });
  handOver(passwordFile);
  try {
    await run(binaries.initdb, [
      '-D', directory, '-U', SUPERUSER, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions',
    ], directory);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  appendFileSync(join(directory, 'postgresql.conf'), `\ninclude '${SETTINGS_FILE}'\n`);
  appendFileSync(join(directory, 'pg_hba.conf'), '\nhost all all 127.0.0.0/8 scram-sha-256\nhost replication all 127.0.0.0/8 scram-sha-256\n');
}

/** What a copy leaves out, after the documentation of low-level base backups; WAL comes by replication. */
const LEFT_OUT_FILES = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal', 'hotshift-owner.json', 'pg_internal.init']);
const EMPTY_FOLDERS = new Set(['pg_dynshmem', 'pg_notify', 'pg_replslot', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans']);

/** Copies a data directory. A stopped cluster needs its WAL (`withWal`); a running one's comes from its slot. */
export async function copyCluster(source: string, target: string, { withWal }: { readonly withWal: boolean }): Promise<void> {
  assertReachable(target);
  const emptied = withWal ? EMPTY_FOLDERS : new Set([...EMPTY_FOLDERS, 'pg_wal']);
  await copyFolder(source, target, (path) => {
    const [top = '', ...below] = relative(source, path).split(sep);
    if (LEFT_OUT_FILES.has(below.at(-1) ?? top)) return false;
    if (!emptied.has(top) || below.length === 0) return true;
    // Folders inside pg_wal must exist, empty.
    return top === 'pg_wal' && below.length === 1 && !/^[0-9A-F]{24}|\.history$/.test(below[0] ?? '');
  });
  chmodSync(target, 0o700);
}

async function copyFolder(source: string, target: string, wanted: (path: string) => boolean): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  handOver(target);
  const entries = await unlessGone(readdir(source, { withFileTypes: true })) ?? [];
  await Promise.all(entries.filter((entry) => wanted(join(source, entry.name))).map(async (entry) => {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) return copyFolder(from, to, wanted);
    const copied = await unlessGone(copyFile(from, to, constants.COPYFILE_FICLONE).then(() => true));
    if (copied === true) handOver(to);
  }));
}

/** PostgreSQL may remove a file between the listing and the copy; the WAL then tells the standby about it. */
async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** From its next start on the cluster follows its upstream and never writes by itself. */
export function makeStandby(directory: string): void {
  writeOwned(join(directory, 'standby.signal'), '');
}

export function writeOwned(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  handOver(path);
}

/** PostgreSQL speaks the language and time zone of its environment unless told otherwise. */
export const PROGRAM_ENVIRONMENT = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };

function run(program: string, args: readonly string[], directory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...asAccount(), env: PROGRAM_ENVIRONMENT, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => { output += bytes.toString(); });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(programError('initdb', directory, output))));
  });
}
