// The twin that runs on this machine, found by the file that it writes into its run directory: with --twin every command acts on its
// table as it would on AWS. Reads files only; a twin whose process is gone is none.
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitCodes } from './exit.ts';

/** What a running twin tells of itself. */
export interface RunningTwin {
  /** Its AWS, as an operator's machine reaches it. */
  readonly endpoint: string;
  /** Its plan, in the compiled form. */
  readonly configFile: string;
  /** A region that outlives its faults. */
  readonly region: string;
  readonly pid: number;
}

export const OPERATOR_FILE = 'operator.json';
/** As twin/run-directory.ts names them. */
const RUN_DIRECTORY = /^hotshift-twin-/;

/** The twin of a run directory, or the only one below a directory. Throws CommandError when there is none or more than one. */
export function runningTwin(directory = tmpdir()): RunningTwin {
  const candidates = [directory, ...below(directory)];
  const found = candidates.flatMap((path) => read(path) ?? []);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) throw new CommandError(exitCodes.unreachable, `--twin: no twin runs below ${directory}`, 'start one with `hotshift twin run` in another terminal (--directory names where it keeps its files)');
  throw new CommandError(exitCodes.usage, `--twin: ${found.length} twins run below ${directory}`, `name the directory of one: ${found.map(({ configFile }) => join(configFile, '..')).join(', ')}`);
}

function below(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => RUN_DIRECTORY.test(name)).map((name) => join(directory, name));
  } catch {
    // Said as "no twin runs below" it.
    return [];
  }
}

function read(path: string): RunningTwin | undefined {
  try {
    const twin = JSON.parse(readFileSync(join(path, OPERATOR_FILE), 'utf8')) as RunningTwin;
    process.kill(twin.pid, 0);
    return twin;
  } catch {
    return undefined;
  }
}
