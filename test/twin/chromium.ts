// Chromium for the tests of the console: CHROMIUM_PATH, or the system's, or Debian's by apt where this account may install it.
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const INSTALL_MS_MAX = 240_000;

/** Undefined: there is none, and none could be installed. Throws when CHROMIUM_PATH names nothing that runs. */
export function chromiumPath(): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    if (!runs(given)) throw new Error(`CHROMIUM_PATH=${given} is nothing that can be run`);
    return given;
  }
  return onPath() ?? (installed() ? onPath() : undefined);
}

const onPath = (): string | undefined => (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name))).find(runs);

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As root on Debian only. Whether it has worked is seen by looking for the program again. */
function installed(): boolean {
  if (process.getuid?.() !== 0 || !['/usr/bin/apt-get'].some(runs)) return false;
  try {
    for (const words of [['update', '-qq'], ['install', '-y', '-qq', '--no-install-recommends', 'chromium']]) {
      execFileSync('/usr/bin/apt-get', words, { stdio: 'ignore', timeout: INSTALL_MS_MAX, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    }
    return true;
  } catch {
    return false;
  }
}
