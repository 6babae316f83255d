// The security group of a database, made real: a TCP gate in front of PostgreSQL that lets kinds of sessions in or not, and can
// end those that are in. It knows the kind from the caller's first message, which a security group (by address) does not.
// Ending a connection does not undo a statement that the server is already running: it may still commit, unacknowledged.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../network/link.ts';
import { cut } from '../network/cut.ts';
import { startupPacket, type SessionKind } from './startup-packet.ts';

export type IngressRules = Readonly<Record<SessionKind, boolean>>;

export interface IngressPlan {
  readonly listen: Endpoint;
  readonly target: Endpoint;
  readonly maintenanceUser: string;
}

export interface CloseOptions {
  /** AWS tracks connections: sessions that exist survive a rule that is revoked. False by default: they are cut. */
  readonly keepEstablished?: boolean;
  readonly maintenance?: boolean;
  readonly replication?: boolean;
  /** How new sessions are turned away: a reset at once, or silence as from a security group, until the caller gives up. */
  readonly refusal?: 'reset' | 'silence';
}

interface Admitted { readonly kind: SessionKind; readonly client: Socket; readonly target: Socket }

const OPEN: IngressRules = { client: true, maintenance: true, replication: true };

export class DatabaseIngress {
  readonly #plan: IngressPlan;
  readonly #sessions = new Set<Admitted>();
  /** Callers that have not said who they are, or were answered with silence. */
  readonly #callers = new Set<Socket>();
  #server: Server | undefined;
  #rules: IngressRules = OPEN;
  #refusal: 'reset' | 'silence' = 'reset';

  constructor(plan: IngressPlan) {
    this.#plan = plan;
  }

  get rules(): IngressRules {
    return this.#rules;
  }

  /** How many sessions of each kind are established through it. */
  get sessions(): Readonly<Record<SessionKind, number>> {
    const counts = { client: 0, maintenance: 0, replication: 0 };
    for (const { kind } of this.#sessions) counts[kind] += 1;
    return counts;
  }

  async start(): Promise<void> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (caller) => this.#meet(caller));
    server.listen({ ...this.#plan.listen, exclusive: true });
    await once(server, 'listening');
    this.#server = server;
  }

  async stop(): Promise<void> {
    for (const caller of this.#callers) cut(caller);
    this.#cut(() => true);
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Lets every kind in. */
  open(): void {
    this.setRules(OPEN);
  }

  /** Turns clients away, and those of the other kinds that are named with false. Returns how many sessions were cut. */
  close({ keepEstablished = false, maintenance = true, replication = true, refusal = 'reset' }: CloseOptions = {}): number {
    this.#refusal = refusal;
    return this.setRules({ client: false, maintenance, replication }, { keepEstablished });
  }

  /** Sets who may call. Sessions of a kind that may not are cut, unless established ones are kept. Returns how many were cut. */
  setRules(rules: IngressRules, { keepEstablished = false }: { readonly keepEstablished?: boolean } = {}): number {
    this.#rules = rules;
    return keepEstablished ? 0 : this.#cut(({ kind }) => !rules[kind]);
  }

  #cut(chosen: (session: Admitted) => boolean): number {
    const ended = [...this.#sessions].filter(chosen);
    for (const { client, target } of ended) {
      cut(client);
      cut(target);
    }
    return ended.length;
  }

  /** Reads the first message, whatever its pieces, then decides. */
  #meet(caller: Socket): void {
    let heard = Buffer.alloc(0);
    this.#callers.add(caller);
    caller.on('error', () => undefined);
    caller.once('close', () => this.#callers.delete(caller));
    caller.on('end', () => { if (this.#callers.has(caller)) caller.destroy(); });
    const hear = (bytes: Buffer): void => {
      heard = Buffer.concat([heard, bytes]);
      const packet = startupPacket(heard, this.#plan.maintenanceUser);
      switch (packet.kind) {
        case 'incomplete': return;
        case 'encryption':
          heard = heard.subarray(packet.length);
          caller.write('N');
          return;
        case 'garbage':
          cut(caller);
          return;
        default:
          caller.off('data', hear);
          // A cancel request names nobody; PostgreSQL checks its secret.
          if (packet.kind === 'cancel' || this.#rules[packet.session]) this.#admit(caller, heard, packet.kind === 'cancel' ? 'client' : packet.session);
          else if (this.#refusal === 'reset') cut(caller);
          else caller.resume();
      }
    };
    caller.on('data', hear);
  }

  #admit(client: Socket, heard: Buffer, kind: SessionKind): void {
    client.pause();
    this.#callers.delete(client);
    const target = connect({ ...this.#plan.target, noDelay: true, allowHalfOpen: true });
    const session: Admitted = { kind, client, target };
    this.#sessions.add(session);
    target.write(heard);
    client.pipe(target);
    target.pipe(client);
    // What breaks on one side is broken on the other: a server that was killed is a reset for its client.
    const breakBoth = (): void => {
      this.#sessions.delete(session);
      cut(client);
      cut(target);
    };
    for (const socket of [client, target]) {
      socket.on('error', breakBoth);
      socket.once('close', () => {
        if (client.destroyed && target.destroyed) this.#sessions.delete(session);
      });
    }
  }
}
