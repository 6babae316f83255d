#!/usr/bin/env node
// The `hotshift` program: the real terminal, clock, files and table, handed to the commands.
import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { systemClock } from '../adapters/clock.ts';
import { connect } from './connection.ts';
import { exitCodes } from './exit.ts';
import { runCommandLine } from './program.ts';
import { processTerminal, quietWhenPipeCloses } from './terminal.ts';
import type { World } from './world.ts';

const argumentsGiven = process.argv.slice(2);
const variables = argumentsGiven.includes('--no-color') ? { ...process.env, NO_COLOR: '1' } : process.env;

const world: World = {
  terminal: processTerminal(variables),
  clock: systemClock,
  variables,
  user: userName(),
  connect,
  readText: async (path) => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      // Reading a directory fails without saying which.
      throw Object.assign(error as NodeJS.ErrnoException, { path });
    }
  },
  writeText: async (path, text, overwrite) => {
    try {
      await writeFile(path, text, { flag: overwrite ? 'w' : 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  },
};

/** In containers the account often has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

quietWhenPipeCloses([process.stdout, process.stderr], (code) => process.exit(code));
process.on('SIGINT', () => {
  // A command that has more to stop than itself (the twin) listens too and ends by itself.
  if (process.listenerCount('SIGINT') > 1) return;
  world.terminal.remark('\ninterrupted');
  process.exit(exitCodes.interrupted);
});

const code = await runCommandLine(argumentsGiven, world);
// `twin` sets its own.
if (code !== exitCodes.ok) process.exitCode = code;
