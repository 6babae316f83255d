// A link: a TCP proxy that carries connections from one place to a port of another over the two directed paths between them.
// It refuses for real (it stops listening), but cannot withhold the kernel's handshake: over a black hole a client connects
// and then hears nothing. Lost and reordered packets cannot be made in user space; both show as stalls.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Place } from './addresses.ts';
import { cut } from './cut.ts';
import { LinkConnection } from './link-connection.ts';
import type { PathState } from './paths.ts';

export interface Endpoint { readonly host: string; readonly port: number }
export interface LinkPlan {
  readonly from: Place;
  readonly to: Place;
  readonly listen: Endpoint;
  readonly target: Endpoint;
  /** The address that the target sees as the client's; the system chooses when absent. */
  readonly sourceAddress?: string | undefined;
}

export class Link {
  readonly plan: LinkPlan;
  readonly #path: (from: Place, to: Place) => PathState;
  readonly #connections = new Set<LinkConnection>();
  #server: Server | undefined;
  #settling: Promise<void> = Promise.resolve();
  #closed = false;
  #bytesLost = 0;

  constructor(plan: LinkPlan, path: (from: Place, to: Place) => PathState) {
    this.plan = plan;
    this.#path = path;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Bytes that were under way when their connection was reset. */
  get bytesLost(): number {
    return this.#bytesLost;
  }

  /** Follows a change of its paths; resolves when it listens, or has stopped to. Rejects when the port was taken meanwhile. */
  settle(): Promise<void> {
    if (this.#refused()) this.#resetAll();
    for (const connection of this.#connections) connection.advance();
    // One after the other: two quick changes must not bind the port twice. An earlier failure was its own caller's to hear.
    this.#settling = this.#settling.catch(() => undefined).then(() => this.#listenOrNot());
    return this.#settling;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.settle();
  }

  #refused(): boolean {
    const { from, to } = this.plan;
    // A connection needs both directions: a reset of its answers is the end of it as well.
    return this.#closed || [this.#path(from, to), this.#path(to, from)].some(({ mode }) => mode === 'refuse');
  }

  async #listenOrNot(): Promise<void> {
    const refused = this.#refused();
    if (refused && this.#server !== undefined) {
      const server = this.#server;
      this.#server = undefined;
      this.#resetAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    } else if (!refused && this.#server === undefined) {
      const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => this.#accept(client));
      server.listen({ ...this.plan.listen, exclusive: true });
      await once(server, 'listening');
      this.#server = server;
    }
  }

  #accept(client: Socket): void {
    if (this.#refused()) {
      cut(client);
      return;
    }
    const { from, to } = this.plan;
    const connection: LinkConnection = new LinkConnection(client, this.plan, {
      outward: () => this.#path(from, to),
      homeward: () => this.#path(to, from),
      ended: (bytesLost) => {
        this.#connections.delete(connection);
        this.#bytesLost += bytesLost;
      },
    });
    this.#connections.add(connection);
    connection.start();
  }

  #resetAll(): void {
    for (const connection of [...this.#connections]) connection.reset();
  }
}
