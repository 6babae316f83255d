// The Python tools in a virtual environment of their own (.venv, ignored by git), installed from the pinned list when it changed.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Ran { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs a command to its end. Rejects when it cannot be started; a bad exit code is an answer. */
export async function run(command: string, parameters: readonly string[], options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number } = {}): Promise<Ran> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, [...parameters], { cwd: options.cwd, env: options.env ?? process.env, timeout: options.timeoutMs ?? 300_000, maxBuffer: 256 * 1024 * 1024 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code?: unknown; readonly stdout?: string; readonly stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
  }
}

export type Installed = { readonly kind: 'ready'; readonly commands: string } | { readonly kind: 'absent'; readonly reason: string };

/** The folder of the installed commands, or why there is none: no Python 3, or a machine that cannot install the list. */
export async function pythonTools(root: string): Promise<Installed> {
  const python = process.env['PYTHON'] ?? 'python3';
  const venv = join(root, '.venv');
  const list = join(import.meta.dirname, 'requirements.txt');
  let version: string;
  try {
    const { code, stdout } = await run(python, ['--version']);
    if (code !== 0) return { kind: 'absent', reason: `${python} --version ended with ${code}` };
    version = stdout.trim();
  } catch (error) {
    return { kind: 'absent', reason: `${python} cannot be started (${(error as Error).message})` };
  }
  const wanted = createHash('sha256').update(version).update(readFileSync(list)).digest('hex');
  const stamp = join(venv, 'hotshift-judges');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { kind: 'ready', commands: join(venv, 'bin') };
  rmSync(venv, { recursive: true, force: true });
  for (const [command, ...parameters] of [[python, '-m', 'venv', venv], [join(venv, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', list]] as const) {
    const { code, stderr } = await run(command, parameters, { timeoutMs: 600_000 });
    if (code !== 0) return { kind: 'absent', reason: `${parameters.slice(0, 3).join(' ')} failed: ${stderr.trim().slice(-500)}` };
  }
  writeFileSync(stamp, wanted);
  return { kind: 'ready', commands: join(venv, 'bin') };
}
