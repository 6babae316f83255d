#!/usr/bin/env node
// The `hotshift` program: the real terminal, clock, files and table, handed to the commands.
import { open, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { systemClock } from '../adapters/clock.ts';
import { connect } from './connection.ts';
import { exitCodes } from './exit.ts';
import { askAws } from './inspection.ts';
import { runCommandLine } from './program.ts';
import { runningTwin } from './running-twin.ts';
import { processTerminal, quietWhenPipeCloses } from './terminal.ts';
import type { World } from './world.ts';

const argumentsGiven = process.argv.slice(2);
const variables = argumentsGiven.includes('--no-color') ? { ...process.env, NO_COLOR: '1' } : process.env;

const world: World = {
  terminal: processTerminal(variables),
  clock: systemClock,
  variables,
  user: userName(),
  connect: (target) => {
    // The SDK reads these when its clients are made. An account of this machine's user is never used on a twin.
    if (target.endpoint !== undefined) Object.assign(process.env, { AWS_ENDPOINT_URL: target.endpoint, AWS_ACCESS_KEY_ID: 'AKIDOPERATOR', AWS_SECRET_ACCESS_KEY: 'twin', AWS_SESSION_TOKEN: 'twin' });
    return connect(target);
  },
  findTwin: runningTwin,
  askAws,
  readText: async (path) => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      // Reading a directory fails without saying which.
      throw Object.assign(error as NodeJS.ErrnoException, { path });
    }
  },
  readParts: async (path) => {
    try {
      const file = await open(path);
      if (!(await file.stat()).isDirectory()) return file.createReadStream({ encoding: 'utf8' });
      await file.close();
      throw Object.assign(new Error(`${path} is a directory`), { code: 'EISDIR', path });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
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
