// One PostgreSQL: started, stopped, killed with all its processes, frozen and woken. It counts as ready when it answers a query,
// which holds for a standby too. It takes over a data directory only when nobody alive uses it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { asAccount } from './account.ts';
import type { Binaries } from './binaries.ts';
import { PROGRAM_ENVIRONMENT, programError, SETTINGS_FILE, SUPERUSER, writeOwned } from './data-directory.ts';
import { takeOver } from './leftover.ts';
import { continueTree, killTree, killTreeNow, stopTree } from './process-tree.ts';
import { settingsText, type Upstream } from './settings.ts';

export interface ServerPlan {
  /** The region; PostgreSQL's cluster_name. */
  readonly name: string;
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly binaries: Binaries;
  readonly superuserPassword: string;
  readonly databaseName?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Crash recovery of a twin's small database takes below a second; a loaded machine gets its time. */
const READY_MS_MAX = 30_000;
const READY_POLL_MS = 10;
const STOP_MS_MAX = 10_000;
const CONNECT_MS_MAX = 5_000;
const QUERY_MS_MAX = 30_000;
const LOG_LINES_MAX = 2_000;

const running = new Set<number>();
// A Node process that ends by itself takes its servers along; after a kill -9 the next start does (leftover.ts).
process.on('exit', () => running.forEach((pid) => killTreeNow(pid)));

export class PostgresServer {
  readonly plan: ServerPlan;
  readonly #log: string[] = [];
  #child: ChildProcess | undefined;
  #frozen = false;
  /** Where this server gets its WAL from while it is a standby; read at the next start. */
  upstream: Upstream | undefined;

  constructor(plan: ServerPlan, upstream?: Upstream) {
    this.plan = plan;
    this.upstream = upstream;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get isFrozen(): boolean {
    return this.#frozen;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The newest lines of the server's log, over restarts. */
  get logs(): readonly string[] {
    return this.#log;
  }

  /** Starts and resolves when it answers a query. Rejects with the end of the log when it does not. */
  async start(): Promise<void> {
    if (this.isRunning) throw new Error(`PostgreSQL of ${this.plan.name} runs already`);
    const { name, directory, host, port, binaries, settings = {} } = this.plan;
    await takeOver(directory);
    writeOwned(join(directory, SETTINGS_FILE), settingsText({ name, host, port, upstream: this.upstream, settings }));
    const child = spawn(binaries.postgres, ['-D', directory], { ...asAccount(), env: PROGRAM_ENVIRONMENT, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    await once(child, 'spawn');
    this.#follow(child);
    try {
      await this.#untilReady(child);
    } catch (error) {
      if (this.#child === child) await this.kill();
      throw error;
    }
  }

  /** A clean stop: sessions end, everything is on disk and sent. Falls back to kill when that takes too long. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    if (this.#frozen) this.resume();
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, STOP_MS_MAX, 'late').unref());
    if ((await Promise.race([exited, late])) === 'late') await this.kill();
  }

  /** What a lost machine does: every process ends at once, nothing is said to anybody. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const exited = once(child, 'exit');
    await killTree(child.pid);
    await exited;
  }

  /** Connections stay and nothing answers. A process forked meanwhile cannot exist, since the postmaster stands still. */
  freeze(): void {
    stopTree(this.#pidOrThrow());
    this.#frozen = true;
  }

  resume(): void {
    continueTree(this.#pidOrThrow());
    this.#frozen = false;
  }

  /** Runs one statement as superuser in a session of its own, past the ingress. */
  async query<Row extends QueryResultRow = QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.session((client) => client.query<Row>(sql, [...values]).then(({ rows }) => rows));
  }

  /** Runs `work` in one superuser session. */
  async session<T>(work: (client: Client) => Promise<T>, databaseName = this.plan.databaseName ?? SUPERUSER): Promise<T> {
    const client = new Client({
      host: this.plan.host, port: this.plan.port, user: SUPERUSER, password: this.plan.superuserPassword, database: databaseName,
      connectionTimeoutMillis: CONNECT_MS_MAX, query_timeout: QUERY_MS_MAX, application_name: 'twin',
    });
    // A connection that breaks fails the statement that uses it; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(client);
    } finally {
      void client.end().catch(() => undefined);
    }
  }

  #pidOrThrow(): number {
    const pid = this.pid;
    if (pid === undefined) throw new Error(`PostgreSQL of ${this.plan.name} does not run`);
    return pid;
  }

  #follow(child: ChildProcess): void {
    this.#child = child;
    this.#frozen = false;
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let rest = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.#log.push(...lines);
      this.#log.splice(0, this.#log.length - LOG_LINES_MAX);
    });
    child.once('exit', () => {
      if (pid !== undefined) running.delete(pid);
      this.#child = undefined;
    });
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = performance.now() + READY_MS_MAX;
    for (;;) {
      if (this.#child !== child) throw programError(`starting PostgreSQL of ${this.plan.name}`, this.plan.directory, this.#log.slice(-15).join('\n'));
      try {
        await this.session((client) => client.query('select 1'), SUPERUSER);
        return;
      } catch (error) {
        if (performance.now() > deadline) throw new Error(`PostgreSQL of ${this.plan.name} did not answer within ${READY_MS_MAX / 1000} s`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
  }
}
