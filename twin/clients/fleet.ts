// The clients of the old writer from the twin's side: one process in the old region, which shares its fate, and one in the survivor,
// which lives on. Keeps every attempt that they tell of.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Applications } from '../faults.ts';
import { addressOf, linkAddress, USERS } from '../network/addresses.ts';
import type { Databases } from '../postgres/databases.ts';
import { APPLICATION_USER } from '../postgres/schema.ts';
import { APPLICATION, REGION_A, REGION_B, TABLE, type Settings } from '../settings.ts';
import type { Attempt, Kind } from './attempts.ts';
import type { ClientsConfig, FromClients } from './config.ts';

export interface ClientFleetOptions {
  /** Of several they go to the writer of the first. */
  readonly databases: Databases;
  readonly settings: Settings;
  readonly applicationPort: number;
  readonly endpointOf: (region: string) => string;
}

/** Often enough to see a window of a second, and little beside the load. */
const EVERY_MS = 250;
/** Node and the SDK load in about a second on a busy machine. */
const READY_MS_MAX = 30_000;
const WORDS_LENGTH_MAX = 2000;

/** Users keep an old DNS answer: they come to the old application from outside, wherever its clients run. */
const KINDS_IN: Readonly<Record<string, readonly Kind[]>> = {
  [REGION_A]: ['guarded', 'pool', 'session', 'direct'],
  [REGION_B]: ['application', 'guarded', 'pool', 'session', 'direct'],
};

export class ClientFleet implements Applications {
  readonly attempts: Attempt[] = [];
  /** Clients that ended unasked, with their last words: what they would have tried is not known, so a run with one says nothing. */
  readonly died: string[] = [];
  readonly #options: ClientFleetOptions;
  readonly #processes = new Map<string, ChildProcess>();
  readonly #killed = new Set<ChildProcess>();
  #closed = false;

  constructor(options: ClientFleetOptions) {
    this.#options = options;
  }

  /** Starts the clients of a place unless they run. Rejects when they are not ready in time. */
  async start(place: string): Promise<void> {
    if (this.#processes.has(place) || this.#closed) return;
    const { PATH = '', HOME = '' } = process.env;
    const child = fork(fileURLToPath(new URL('main.ts', import.meta.url)), [], {
      env: { PATH, HOME, HOTSHIFT_CLIENTS: JSON.stringify(this.#config(place)) }, execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#processes.set(place, child);
    let output = '';
    child.stderr?.on('data', (bytes: Buffer) => { output += bytes.toString(); });
    child.once('exit', () => this.#processes.delete(place));
    // Its last words are whole only once its output is closed.
    child.once('close', (code, signal) => {
      if (!this.#closed && !this.#killed.has(child)) this.died.push(`the clients in ${place} ended with ${signal ?? code}: ${output.trim().slice(-WORDS_LENGTH_MAX)}`);
    });
    const ready = new Promise<'ready'>((resolve) => child.on('message', (message: FromClients) => {
      if (message.kind === 'attempt') this.attempts.push(message.attempt);
      else resolve('ready');
    }));
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, READY_MS_MAX, 'late').unref());
    const first = await Promise.race([ready, once(child, 'exit').then(() => 'ended' as const), late]);
    if (first === 'ready' || this.#closed) return;
    this.#killed.add(child);
    child.kill('SIGKILL');
    throw new Error(`the clients in ${place} ${first === 'late' ? `were not ready within ${READY_MS_MAX / 1000} s` : 'ended at their start'}: ${output.trim()}`);
  }

  kill(place: string): void {
    const child = this.#processes.get(place);
    if (child === undefined) return;
    this.#killed.add(child);
    child.kill('SIGKILL');
  }

  freeze(place: string): void {
    this.#processes.get(place)?.kill('SIGSTOP');
  }

  resume(place: string): void {
    this.#processes.get(place)?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#processes.values()].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }));
  }

  #config(place: string): ClientsConfig {
    const { databases: [{ name, pair }], settings, applicationPort, endpointOf } = this.#options;
    return {
      place, kinds: KINDS_IN[place] ?? [], everyMs: EVERY_MS,
      database: { ...pair.endpoint(place, REGION_A), name: pair.databaseName, user: APPLICATION_USER, password: pair.passwords.app, region: REGION_A },
      applicationUrl: `http://${place === REGION_A ? addressOf(REGION_A) : linkAddress(USERS, REGION_A)}:${applicationPort}`,
      permit: {
        awsEndpointUrl: endpointOf(place), tableName: TABLE, application: APPLICATION, database: name, region: place,
        permitTtlSeconds: settings.permitTtlSeconds, renewEverySeconds: Math.min(0.5, settings.permitTtlSeconds / 4), clockErrorSeconds: 0, surrender: true,
      },
    };
  }
}
