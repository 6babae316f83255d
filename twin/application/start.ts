// Starts and handles a process of the sample application from the twin's side: ready, frozen, killed, stopped.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ApplicationConfigInput } from './config.ts';

export interface ApplicationProcess {
  readonly pid: number;
  readonly region: string;
  readonly host: string;
  readonly port: number;
  /** Its name in the permit store. */
  readonly instanceId: string;
  readonly isRunning: boolean;
  /** What it said on stderr. */
  readonly output: () => string;
  freeze(): void;
  resume(): void;
  kill(): Promise<void>;
  /** Ends the requests under way, then itself. */
  stop(): Promise<void>;
}

interface Ready { readonly kind: 'ready'; readonly region: string; readonly instanceId: string; readonly host: string; readonly port: number; readonly pid: number }

/** Node and the SDK load in about a second on a busy machine. */
const READY_MS_MAX = 30_000;

/** Resolves when it serves. Rejects with its own words when it ends before. */
export async function startApplication(config: ApplicationConfigInput): Promise<ApplicationProcess> {
  // Only what Node needs: no account of the user's AWS, and no NODE_OPTIONS of a test runner.
  const { PATH = '', HOME = '' } = process.env;
  const child = fork(fileURLToPath(new URL('main.ts', import.meta.url)), [], {
    env: { PATH, HOME, HOTSHIFT_APPLICATION: JSON.stringify(config) }, execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let output = '';
  child.stderr?.on('data', (bytes: Buffer) => { output += bytes.toString(); });
  const exited = once(child, 'exit');
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, READY_MS_MAX, 'late').unref());
  const first = await Promise.race([once(child, 'message'), exited.then(() => 'ended' as const), late]);
  if (typeof first === 'string') {
    child.kill('SIGKILL');
    throw new Error(`the application of ${config.region} ${first === 'late' ? `was not ready within ${READY_MS_MAX / 1000} s` : 'ended at its start'}: ${output.trim()}`);
  }
  const { region, instanceId, host, port, pid } = first[0] as Ready;
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const end = async (send: () => void): Promise<void> => {
    if (!running()) return;
    send();
    await exited;
  };
  return {
    pid, region, host, port, instanceId, output: () => output,
    get isRunning() { return running(); },
    freeze: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => end(() => child.kill('SIGKILL')),
    stop: () => end(() => {
      child.kill('SIGCONT');
      child.send({ kind: 'stop' });
    }),
  };
}
