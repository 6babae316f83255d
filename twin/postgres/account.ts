// PostgreSQL refuses to run as root. As root the twin lends it an account without rights, and everything that this account
// must reach has to be reachable for it: checked before, so that the error names the folder and not a failed start.
import { chownSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { tmpdir } from 'node:os';

export interface Account { readonly uid: number; readonly gid: number }

/** `nobody`/`nogroup` of Debian and most others; the number needs no entry in /etc/passwd. */
const NOBODY: Account = { uid: 65534, gid: 65534 };

/** The account for PostgreSQL's processes; undefined when they simply run as the present user. */
export const account = (): Account | undefined => (process.getuid?.() === 0 ? NOBODY : undefined);

/** Options for spawning as that account. */
export const asAccount = (): { readonly uid?: number; readonly gid?: number } => account() ?? {};

/** Hands a file or folder over to PostgreSQL's account. */
export function handOver(path: string): void {
  const owner = account();
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}

/** The first folder on the way to `path` that the account cannot pass, if any. */
export function closedAncestor(path: string, to: Account | undefined = account()): string | undefined {
  if (to === undefined) return undefined;
  const ancestors: string[] = [];
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    ancestors.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return ancestors.find((folder) => !mayPass(folder, to));
}

/** Throws unless the account can reach `path`; the message says what to choose instead. */
export function assertReachable(path: string): void {
  const closed = closedAncestor(path);
  if (closed === undefined) return;
  const mode = (statSync(closed).mode & 0o777).toString(8).padStart(4, '0');
  throw new Error(`PostgreSQL does not run as root and its account (uid ${NOBODY.uid}) cannot reach ${path}: ${closed} has mode ${mode}. Choose a run directory below ${tmpdir()}`);
}

function mayPass(folder: string, to: Account): boolean {
  const { uid, gid, mode } = statSync(folder);
  const bit = uid === to.uid ? 0o100 : gid === to.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0;
}
