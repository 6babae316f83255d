// The bundles of the sources as they are now, built once and kept: a twin starts within seconds and most starts change no source.
// Kept under a name made of all that goes into them, so that a bundle of other sources is never taken for these.
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { functionNames } from '../resources/functions.ts';
import { bundle } from './bundle.ts';

export interface BuiltBundle { readonly name: string; readonly file: string }

const root = join(import.meta.dirname, '..');
const kept = join(root, 'dist', 'built');
/** Where sources of a bundle may lie; what is installed is told by the lock file. */
const SOURCES = ['adapters', 'domain', 'events', 'functions', 'guard', 'resources'];
const OTHERS = ['package.json', 'package-lock.json', 'scripts/bundle.ts'];
/** A run that began with older sources may still start environments from them. */
const KEPT_MS = 24 * 3600 * 1000;

/** Builds what is not there yet; rejects when a function does not build. Two that build at once end with the same files. */
export async function builtBundles(): Promise<readonly BuiltBundle[]> {
  const directory = join(kept, fingerprint());
  if (!readable(directory)) {
    const fresh = join(kept, `building-${randomUUID()}`);
    try {
      await bundle(fresh);
      assertCovered(fresh);
      renameSync(fresh, directory);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      // Another one was faster: its files are made of the same sources.
      if (!readable(directory)) throw error;
    }
    forgetOlder(directory);
  }
  return functionNames().map((name) => ({ name, file: join(directory, name, 'index.cjs') }));
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((top) => readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) => join(top, name))).filter((file) => /\.(ts|json)$/.test(file));
  for (const file of [...files.sort(), ...OTHERS]) hash.update(`${file}\0`).update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex').slice(0, 24);
}

function readable(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A source that the name does not tell of would leave an old bundle in use. */
function assertCovered(directory: string): void {
  for (const name of functionNames()) {
    const { inputs } = JSON.parse(readFileSync(join(directory, name, 'meta.json'), 'utf8')) as { readonly inputs: Record<string, unknown> };
    const other = Object.keys(inputs).find((input) => ![...SOURCES, 'node_modules'].includes(input.split('/')[0] ?? ''));
    if (other !== undefined) throw new Error(`the bundle of ${name} contains ${other}: add its folder to SOURCES in scripts/built-bundles.ts`);
  }
}

function forgetOlder(current: string): void {
  for (const name of readdirSync(kept)) {
    const directory = join(kept, name);
    if (directory !== current && Date.now() - statSync(directory).mtimeMs > KEPT_MS) rmSync(directory, { recursive: true, force: true });
  }
}
