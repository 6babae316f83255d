// A user population: one resolver cache and its keep-alive connections. It sends one request at a time of many, never
// twice, and says in the end what its user saw. It never rejects: an error is an outcome.
import { Agent, request } from 'node:http';
import type { LoadConfig } from './config.ts';
import { ResolutionError, ResolverCache } from './resolver-cache.ts';
import type { SessionSeen } from './aftermath.ts';
import type { Sample } from './sample.ts';
import { Sessions } from './session.ts';

/** What is read of an answer; more than the application ever says. */
const BODY_BYTES_MAX = 16_384;

export interface Asked {
  readonly kind: Sample['kind'];
  readonly id?: string;
  readonly dueAt: number;
  /** Sent without the user's pin. */
  readonly common?: boolean;
}

type Answered = Pick<Sample, 'ok' | 'status'> & Partial<Pick<Sample, 'region' | 'epoch' | 'cache'>> & { readonly served?: string; readonly session?: string };

/** Where a user is at home, and the regions by which it was told to be served, one after the other. */
export interface Pin { readonly home: string; readonly served: readonly string[] }

export class User {
  readonly #config: LoadConfig;
  readonly #now: () => number;
  readonly #cache: ResolverCache;
  readonly #home: string | undefined;
  readonly #served: string[] = [];
  readonly #sessions: Sessions;
  #connections: { readonly address: string; readonly agent: Agent } | undefined;

  constructor(config: LoadConfig, random: () => number, now: () => number, home?: string) {
    this.#home = home;
    this.#sessions = new Sessions(now);
    this.#config = config;
    this.#now = now;
    this.#cache = new ResolverCache({ name: config.name, dnsServer: config.dnsServer, dnsLimitMs: config.dnsLimitMs, random, now });
  }

  async ask(asked: Asked): Promise<Sample> {
    const sentAt = this.#now();
    const { served, session: _session, ...answered } = await this.#try(asked);
    if (served !== undefined && this.#served.at(-1) !== served) this.#served.push(served);
    const database = asked.kind === 'write' ? this.#databaseOf(asked) : undefined;
    return { kind: asked.kind, ...(asked.id === undefined ? {} : { id: asked.id }), ...(database === undefined ? {} : { database }), dueAt: asked.dueAt, sentAt, endedAt: this.#now(), ...answered };
  }

  /** Undefined when it is pinned to no region. */
  get pin(): Pin | undefined {
    return this.#home === undefined ? undefined : { home: this.#home, served: [...this.#served] };
  }

  get sessions(): readonly SessionSeen[] {
    return this.#sessions.seen;
  }

  #databaseOf({ common = false }: Asked): string | undefined {
    const { shards } = this.#config;
    return shards === undefined ? undefined : (common ? undefined : shards.databases[this.#home ?? '']) ?? shards.common;
  }

  close(): void {
    this.#cache.close();
    this.#connections?.agent.destroy();
  }

  async #try(asked: Asked): Promise<Answered> {
    let published: string;
    try {
      published = await this.#cache.address();
    } catch (error) {
      return { ok: false, status: `dns ${error instanceof ResolutionError ? error.code : String(error)}` };
    }
    const region = this.#config.addressRegions[published];
    const answered = await this.#send(asked, this.#config.addressMap[published] ?? published);
    return { ...(region === undefined ? {} : { region }), ...answered };
  }

  /** Connections to an address that is no longer answered end when their requests do. */
  #agentFor(address: string): Agent {
    if (this.#connections?.address === address) return this.#connections.agent;
    const old = this.#connections?.agent;
    if (old) {
      old.maxFreeSockets = 0;
      for (const socket of Object.values(old.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
    }
    this.#connections = { address, agent: new Agent({ keepAlive: true }) };
    return this.#connections.agent;
  }

  #send(asked: Asked, address: string): Promise<Answered> {
    const { name, port, readPath, writePath, requestLimitMs, sessionUser } = this.#config;
    const agent = this.#agentFor(address);
    if (sessionUser !== undefined) this.#sessions.ensure({ host: address, port, name, agent, user: sessionUser, limitMs: requestLimitMs });
    const session = asked.kind === 'read' ? this.#sessions.cookie : undefined;
    const cookies = [...(this.#home === undefined || asked.common === true ? [] : [`home=${this.#home}`]), ...(session === undefined ? [] : [session])];
    const cookie = cookies.length === 0 ? {} : { cookie: cookies.join('; ') };
    const body = asked.kind === 'write' ? JSON.stringify({ id: asked.id }) : undefined;
    return new Promise((resolve) => {
      const sent = request({
        host: address,
        port,
        agent,
        method: body === undefined ? 'GET' : 'POST',
        path: body === undefined ? readPath : writePath,
        headers: { host: `${name}:${port}`, ...cookie, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }) },
      });
      const end = (answered: Answered): void => {
        clearTimeout(limit);
        resolve(answered);
      };
      const limit = setTimeout(() => {
        end({ ok: false, status: 'timeout' });
        sent.destroy();
      }, requestLimitMs);
      sent.on('error', (error: NodeJS.ErrnoException) => end({ ok: false, status: error.code ?? error.message }));
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
        });
        response.on('error', (error: NodeJS.ErrnoException) => end({ ok: false, status: error.code ?? error.message }));
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          const answer = told(Buffer.concat(chunks).toString('utf8'));
          if (session !== undefined && (status === 401 || answer.session === 'accepted')) this.#sessions.heard(session, status === 401 ? 'refused' : 'accepted');
          end({ ok: status >= 200 && status < 300, status: String(status), ...answer });
        });
      });
      sent.end(body);
    });
  }
}

/** What the answer tells of itself. */
function told(body: string): Omit<Answered, 'ok' | 'status'> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // An error page of something in between; the status says enough.
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null) return {};
  const { epoch, ...texts } = parsed as Readonly<Record<string, unknown>>;
  const found = (['region', 'served', 'session', 'cache'] as const).flatMap((name) => (typeof texts[name] === 'string' ? [[name, texts[name]] as const] : []));
  return { ...Object.fromEntries(found), ...(typeof epoch === 'number' ? { epoch } : {}) };
}
