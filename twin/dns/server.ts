// The name server: UDP and TCP listeners on loopback, each with its own view of the addresses (what a region's resolver
// answers differs from what users get), over one set of zones. It can be told to fail in the ways that name servers do.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { AnswerContext } from './answer.ts';
import type { Healthy, Random } from './choice.ts';
import { respond } from './message.ts';
import { pieces } from './stream.ts';
import type { ZoneStore } from './zones.ts';

/** An idle TCP client is let go after this long (RFC 7766 section 6.2.3 asks for some seconds). */
const TCP_IDLE_MS = 10_000;
/** How often a free port is sought that both transports can have. */
const PORT_ATTEMPTS_MAX = 20;

/** `loss` drops the given share of UDP queries unanswered; TCP retransmits, so there it answers. */
export type DnsMode = 'ok' | 'servfail' | 'black-hole' | 'loss';

export interface ListenOptions {
  readonly host: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly view?: (address: string) => string;
  /** Act as a region's resolver: RA is set and CNAMEs are followed across zones. It keeps no cache of its own. */
  readonly resolver?: boolean;
}

export interface DnsServerOptions {
  readonly zones: ZoneStore;
  readonly healthy: Healthy;
  readonly random?: Random;
}

export class DnsServer {
  readonly #options: DnsServerOptions;
  readonly #random: Random;
  readonly #udp: UdpSocket[] = [];
  readonly #tcp: Server[] = [];
  readonly #clients = new Set<Socket>();
  #mode: DnsMode = 'ok';
  #lossShare = 0.5;
  #queries = 0;

  constructor(options: DnsServerOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  /** How many messages arrived, answered or not. */
  get queries(): number {
    return this.#queries;
  }

  setMode(mode: DnsMode, lossShare = 0.5): void {
    this.#mode = mode;
    this.#lossShare = lossShare;
  }

  /** Opens UDP and TCP on the same port and answers where it listens. */
  async listen(options: ListenOptions): Promise<{ host: string; port: number }> {
    const context: AnswerContext = { ...this.#options, random: this.#random, view: options.view, resolver: options.resolver };
    for (let attempt = 1; ; attempt += 1) {
      const tcp = createServer((socket) => this.#serve(socket, context));
      tcp.listen(options.port ?? 0, options.host);
      await once(tcp, 'listening');
      const { port } = tcp.address() as AddressInfo;
      const udp = createSocket({ type: options.host.includes(':') ? 'udp6' : 'udp4' });
      try {
        udp.bind(port, options.host);
        await once(udp, 'listening');
      } catch (error) {
        // The TCP port was free and the UDP port is not: only where any port will do can we try another.
        await new Promise((resolve) => tcp.close(resolve));
        if (options.port || attempt >= PORT_ATTEMPTS_MAX) throw error;
        continue;
      }
      udp.on('message', (message, from) => {
        const response = this.#respond(message, 'udp', context);
        // A client that is gone (ICMP unreachable, port closed) is no fault of the server.
        if (response) udp.send(response, from.port, from.address, () => undefined);
      });
      this.#udp.push(udp);
      this.#tcp.push(tcp);
      return { host: options.host, port };
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await Promise.all([
      ...this.#udp.splice(0).map((socket) => new Promise<void>((resolve) => socket.close(resolve))),
      ...this.#tcp.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
    ]);
  }

  #respond(message: Buffer, transport: 'udp' | 'tcp', context: AnswerContext): Buffer | undefined {
    this.#queries += 1;
    if (this.#mode === 'black-hole') return undefined;
    if (this.#mode === 'loss' && transport === 'udp' && this.#random() < this.#lossShare) return undefined;
    return respond(message, transport, context, this.#mode === 'servfail' ? 'SERVFAIL' : undefined);
  }

  #serve(socket: Socket, context: AnswerContext): void {
    this.#clients.add(socket);
    const read = pieces();
    socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#clients.delete(socket));
    socket.on('data', (chunk) => {
      for (const message of read(chunk)) {
        const response = this.#respond(message, 'tcp', context);
        if (!response || socket.destroyed) continue;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(response.length);
        socket.write(Buffer.concat([length, response]));
      }
    });
  }
}
