// Packages all stacks as `npm run package` does, and reads what came out, beside what lay there before. Needs the development
// dependencies (esbuild, osls); without them it says so.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TemplateText } from '../resources/difference.ts';
import { CommandError, exitCodes } from './exit.ts';

export interface PackagedFunction { readonly name: string; readonly kilobytes: number; readonly hash: string }
/** What lies in dist/: region -> template, and the zipped functions. */
export interface Packages { readonly templates: Readonly<Record<string, TemplateText>>; readonly functions: readonly PackagedFunction[] }
export interface Packaged { readonly before: Packages; readonly after: Packages }

const root = join(import.meta.dirname, '..');
const TEMPLATE = 'cloudformation-template-update-stack.json';

/** Packages anew from `config` (hotshift.yml of this directory when absent). */
export async function packageStacks(config: string | undefined): Promise<Packaged> {
  const before = readPackages();
  const env = { ...process.env, HOTSHIFT_CONFIG: resolve(config ?? 'hotshift.yml') };
  try {
    await promisify(execFile)(process.execPath, [join(root, 'scripts', 'package.ts')], { cwd: root, env, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const { stderr = '', message } = error as { readonly stderr?: string; readonly message: string };
    if (/ERR_MODULE_NOT_FOUND/.test(stderr)) throw new CommandError(exitCodes.unreachable, 'the stacks cannot be packaged here: a development dependency is missing', 'clone the repository and run `npm ci` there', { cause: error });
    throw new CommandError(exitCodes.usage, `packaging failed: ${firstError(stderr) ?? message}`, 'run `npm run package` to see all of it', { cause: error });
  }
  return { before, after: readPackages() };
}

const firstError = (text: string): string | undefined => text.split('\n').map((line) => line.trim()).find((line) => /error/i.test(line));

function readPackages(): Packages {
  const [packages, zips] = [join(root, 'dist', 'packages'), join(root, 'dist', 'zips')];
  const regions = existsSync(packages) ? readdirSync(packages).filter((region) => existsSync(join(packages, region, TEMPLATE))) : [];
  const files = existsSync(zips) ? readdirSync(zips).filter((file) => file.endsWith('.zip')) : [];
  return {
    templates: Object.fromEntries(regions.map((region) => [region, JSON.parse(readFileSync(join(packages, region, TEMPLATE), 'utf8')) as TemplateText])),
    functions: files.map((file) => {
      const bytes = readFileSync(join(zips, file));
      return { name: file.replace(/\.zip$/, ''), kilobytes: Math.round(bytes.length / 1024), hash: createHash('sha256').update(bytes).digest('hex') };
    }),
  };
}
