// The twin's handle on a load generator that runs as its own process.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Marks } from './aftermath.ts';
import type { FromLoad, LoadConfig, ToLoad } from './config.ts';
import type { LoadResult } from './outcome.ts';
import type { SecondStatistics } from './statistics.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

export interface LoadProcess {
  readonly pid: number | undefined;
  /** Ends the run and gives its result; with marks, what lay before and after. Rejects when the process died without one. */
  stop(marks?: Marks): Promise<LoadResult>;
  /** Ends the process without a result. */
  kill(): void;
}

export interface LoadProcessOptions {
  readonly onSecond?: (statistics: SecondStatistics) => void;
  /** The Node that runs the sources; this one when absent. */
  readonly execPath?: string;
}

/** Starts the process and answers when the first request is on its way. */
export async function startLoad(config: LoadConfig, options: LoadProcessOptions = {}): Promise<LoadProcess> {
  const child = fork(main, [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'], ...(options.execPath ? { execPath: options.execPath } : {}) });
  const tell = (message: ToLoad): boolean => child.send(message);
  const result = resultOf(child, options.onSecond ?? (() => undefined));
  // Until stop() asks for it, nobody waits for the result; a death shows there.
  result.catch(() => undefined);
  await Promise.race([heard(child, 'waiting'), result]);
  tell({ kind: 'start', config });
  await Promise.race([heard(child, 'started'), result]);
  return {
    pid: child.pid,
    stop: (marks) => {
      if (child.connected) tell({ kind: 'stop', ...(marks === undefined ? {} : { marks }) });
      return result;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

const heard = (child: ChildProcess, kind: FromLoad['kind']): Promise<void> =>
  new Promise((resolve) => {
    const listen = (message: FromLoad): void => {
      if (message.kind !== kind) return;
      child.off('message', listen);
      resolve();
    };
    child.on('message', listen);
  });

function resultOf(child: ChildProcess, onSecond: (statistics: SecondStatistics) => void): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromLoad) => {
      if (message.kind === 'second') onSecond(message.statistics);
      if (message.kind === 'result') resolve(message.result);
      if (message.kind === 'failed') reject(new Error(`the load generator failed: ${message.message}`));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`the load generator ended without a result (${signal ?? `code ${code}`})`)));
  });
}
