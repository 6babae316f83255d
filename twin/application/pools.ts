// Connection pools of the sample application: one for the region's own database, one for the writer. The writer's pool belongs to
// one epoch: when that changes, all of its connections are cut at once, those in use too, and the next write connects anew.
import { Resolver } from 'node:dns/promises';
import { Socket } from 'node:net';
import { Pool, type PoolClient, type PoolConfig, type QueryResultRow } from 'pg';
import type { Permit } from '../../guard/index.ts';
import type { ApplicationConfig } from './config.ts';

export interface PoolCounts { readonly total: number; readonly idle: number; readonly waiting: number }
export interface Statement { readonly text: string; readonly values: readonly unknown[]; readonly timeoutMs?: number }

/** The database could not be reached, so nothing was sent to it. */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';
}

/** A pool whose connections can be cut while they are in use. */
export class CuttablePool {
  readonly #pool: Pool;
  readonly #clients = new Set<PoolClient>();
  #closed = false;

  constructor(config: PoolConfig) {
    this.#pool = new Pool(config);
    this.#pool.on('connect', (client) => {
      this.#clients.add(client);
      // While a client is lent out the pool does not listen; a connection that breaks then fails its statement, not the process.
      client.on('error', () => undefined);
    });
    this.#pool.on('remove', (client) => this.#clients.delete(client));
    // An idle connection that breaks is replaced by the pool at the next query; without a listener it would end the process.
    this.#pool.on('error', () => undefined);
  }

  get counts(): PoolCounts {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount };
  }

  /** Rejects with NoConnectionError when nothing was sent, with the driver's error when it may have been. */
  async query<Row extends QueryResultRow>({ text, values, timeoutMs }: Statement): Promise<readonly Row[]> {
    const limit = timeoutMs === undefined ? {} : { query_timeout: timeoutMs };
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw new NoConnectionError(`no connection to the database: ${error instanceof Error ? error.message || error.name : String(error)}`, { cause: error });
    });
    try {
      const { rows } = await client.query<Row>({ text, values: [...values], ...limit });
      client.release();
      return rows;
    } catch (error) {
      // A statement that was answered leaves its connection usable; any other failure does not.
      client.release(!/^[0-9A-Z]{5}$/.test((error as { readonly code?: string }).code ?? ''));
      throw error;
    }
  }

  /** Nothing of it can commit any more from here; a statement that the server already has may. */
  cut(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const client of this.#clients) (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
    // Resolves when the last one is gone; all of them have just been cut.
    void this.#pool.end();
  }
}

/** The pool of the region's own database. */
export const localPool = (config: ApplicationConfig): CuttablePool => new CuttablePool({ ...poolConfig(config), ...config.local });

export class WriterPools {
  readonly #config: ApplicationConfig;
  #current: { readonly epoch: number | undefined; readonly writer: string | undefined; readonly pool: CuttablePool } | undefined;
  #recycled = 0;

  constructor(config: ApplicationConfig) {
    this.#config = config;
  }

  /** How often an epoch ended the connections of the one before. */
  get recycled(): number {
    return this.#recycled;
  }

  get counts(): PoolCounts {
    return this.#current?.pool.counts ?? { total: 0, idle: 0, waiting: 0 };
  }

  /** Follows a permit: another epoch or writer ends the connections of the old one now. A lapse alone changes nothing. */
  follow(permit: Permit): CuttablePool | undefined {
    if (permit.epoch === undefined || permit.writer === undefined) return this.#current?.pool;
    const { epoch, writer } = permit;
    const same = this.#current?.epoch === epoch && this.#current.writer === writer;
    if (this.#current !== undefined && (same || this.#config.longLivedConnections)) return this.#current.pool;
    if (this.#current !== undefined) {
      this.#current.pool.cut();
      this.#recycled += 1;
    }
    this.#current = { epoch, writer, pool: new CuttablePool({ ...poolConfig(this.#config), ...this.#target(writer) }) };
    return this.#current.pool;
  }

  /** The pool led to another server than the writer: its connections are given up, so that the next write resolves and connects anew. */
  abandon(pool: CuttablePool): void {
    if (this.#current?.pool !== pool || this.#config.longLivedConnections) return;
    pool.cut();
    this.#current = undefined;
  }

  close(): void {
    this.#current?.pool.cut();
  }

  #target(writer: string): PoolConfig {
    const config = this.#config.writer;
    if (config.mode === 'dns') return { host: config.name, port: config.port, stream: () => resolvingSocket(config.servers) } as PoolConfig;
    const found = config.endpoints[writer];
    if (found === undefined) throw new Error(`the permit names ${writer} as the writer, whose database is not configured here`);
    return found;
  }
}

function poolConfig(config: ApplicationConfig): PoolConfig {
  return {
    user: config.user, password: config.password, database: config.databaseName, max: config.poolSize, application_name: `${config.application}/${config.region}`,
    connectionTimeoutMillis: config.connectTimeoutMs, statement_timeout: config.statementTimeoutMs,
    // A server that hangs does not time out its statement: the client does, a little later.
    query_timeout: config.statementTimeoutMs + 500, idleTimeoutMillis: config.longLivedConnections ? 0 : 10_000,
  };
}

/** A socket that asks the given name servers whenever it connects: no cache but theirs lies between a changed record and it. */
function resolvingSocket(servers: readonly string[]): Socket {
  const socket = new Socket();
  const resolver = new Resolver({ timeout: 500, tries: 2 });
  resolver.setServers([...servers]);
  const plain = socket.connect.bind(socket);
  const connect = (port: number, host: string): Socket => plain({
    port, host, lookup: (name, options, done) => {
      resolver.resolve4(name).then(
        (addresses) => (options.all === true ? done(null, addresses.map((address) => ({ address, family: 4 }))) : done(null, addresses[0] ?? '', 4)),
        (error: NodeJS.ErrnoException) => done(error, ''),
      );
    },
  });
  return Object.assign(socket, { connect });
}
