// `hotshift twin`: the program for one laptop lives in ../twin and needs packages that are only there in development.
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../exit.ts';
import type { Registration } from '../program.ts';

interface TwinModule { registerTwin(program: Command): void }

/** Registers the real command when it is asked for; otherwise one line for the help, so that other commands start fast. */
export async function loadTwin({ program }: Registration, given: readonly string[]): Promise<void> {
  const asked = given.find((word) => !word.startsWith('-'));
  if (asked !== 'twin' && !(asked === 'help' && given.includes('twin'))) {
    program.command('twin').description('run Hotshift on this machine: real PostgreSQL, real DNS, the deployed bundles and state machine').allowUnknownOption();
    return;
  }
  (await twinModule()).registerTwin(program);
}

async function twinModule(): Promise<TwinModule> {
  try {
    // Not a literal: type checks and bundles of the other commands do not need the twin.
    const place = new URL('../../twin/command.ts', import.meta.url).href;
    return await import(place) as TwinModule;
  } catch (error) {
    throw missing(error);
  }
}

/** Names the package that is missing; anything else is a fault and stays one. */
export function missing(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_MODULE_NOT_FOUND') return error;
  const [, name] = /Cannot find (?:package|module) '([^']+)'/.exec((error as Error).message) ?? [];
  const what = name === undefined ? 'a part of the twin' : name.startsWith('/') || name.startsWith('file:') ? `the twin's file ${name.split('/').slice(-2).join('/')}` : `the package ${name}`;
  return new CommandError(exitCodes.unreachable, `the twin cannot run here: ${what} is missing`, 'it needs the development dependencies: clone the repository and run `npm ci` there', { cause: error });
}
