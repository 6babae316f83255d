// A user population: one resolver cache and its keep-alive connections. It sends one request at a time of many, never
// twice, and says in the end what its user saw. It never rejects: an error is an outcome.
import { Agent, request } from 'node:http';
import type { LoadConfig } from './config.ts';
import { ResolutionError, ResolverCache } from './resolver-cache.ts';
import type { Sample } from './sample.ts';

/** What is read of an answer; more than the application ever says. */
const BODY_BYTES_MAX = 16_384;

export interface Asked {
  readonly kind: Sample['kind'];
  readonly id?: string;
  readonly dueAt: number;
}

type Answered = Pick<Sample, 'ok' | 'status'> & Partial<Pick<Sample, 'region' | 'epoch'>>;

export class User {
  readonly #config: LoadConfig;
  readonly #now: () => number;
  readonly #cache: ResolverCache;
  #connections: { readonly address: string; readonly agent: Agent } | undefined;

  constructor(config: LoadConfig, random: () => number, now: () => number) {
    this.#config = config;
    this.#now = now;
    this.#cache = new ResolverCache({ name: config.name, dnsServer: config.dnsServer, dnsLimitMs: config.dnsLimitMs, random, now });
  }

  async ask(asked: Asked): Promise<Sample> {
    const sentAt = this.#now();
    const answered = await this.#try(asked);
    return { kind: asked.kind, ...(asked.id === undefined ? {} : { id: asked.id }), dueAt: asked.dueAt, sentAt, endedAt: this.#now(), ...answered };
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
    const { name, port, readPath, writePath, requestLimitMs } = this.#config;
    const body = asked.kind === 'write' ? JSON.stringify({ id: asked.id }) : undefined;
    return new Promise((resolve) => {
      const sent = request({
        host: address,
        port,
        agent: this.#agentFor(address),
        method: body === undefined ? 'GET' : 'POST',
        path: body === undefined ? readPath : writePath,
        headers: { host: `${name}:${port}`, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }) },
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
          end({ ok: status >= 200 && status < 300, status: String(status), ...told(Buffer.concat(chunks).toString('utf8')) });
        });
      });
      sent.end(body);
    });
  }
}

/** Region and epoch, where the answer tells them. */
function told(body: string): Partial<Pick<Sample, 'region' | 'epoch'>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // An error page of something in between; the status says enough.
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null) return {};
  const { region, epoch } = parsed as { region?: unknown; epoch?: unknown };
  return { ...(typeof region === 'string' ? { region } : {}), ...(typeof epoch === 'number' ? { epoch } : {}) };
}
