// One connection over a link: the client's socket, the socket to the target, and a delayed stream each way. What one side does
// (bytes, end, reset) reaches the other one delay later, or not before the path heals.
import { connect, type Socket } from 'node:net';
import type { LinkPlan } from './link.ts';
import type { PathState } from './paths.ts';
import { cut } from './cut.ts';
import { DelayedStream, type Cargo } from './stream.ts';

export interface ConnectionPaths {
  readonly outward: () => PathState;
  readonly homeward: () => PathState;
  readonly ended: (bytesLost: number) => void;
}

export class LinkConnection {
  readonly #client: Socket;
  readonly #plan: LinkPlan;
  readonly #paths: ConnectionPaths;
  readonly #outward: DelayedStream;
  readonly #homeward: DelayedStream;
  #target: Socket | undefined;
  #over = false;

  constructor(client: Socket, plan: LinkPlan, paths: ConnectionPaths) {
    this.#client = client;
    this.#plan = plan;
    this.#paths = paths;
    this.#outward = new DelayedStream({
      path: paths.outward, deliver: (cargo) => this.#deliverOutward(cargo), flow: (open) => flow(this.#client, open),
    });
    this.#homeward = new DelayedStream({
      path: paths.homeward, deliver: (cargo) => this.#deliver(cargo, this.#client), flow: (open) => flow(this.#target, open),
    });
  }

  /** An empty first piece stands for the handshake: the target is called one delay after the client called. */
  start(): void {
    this.#outward.push({ kind: 'bytes', bytes: Buffer.alloc(0) });
    this.#read(this.#client, this.#outward);
    this.#client.resume();
  }

  advance(): void {
    this.#outward.advance();
    this.#homeward.advance();
  }

  /** Both sides are reset now and what was under way is lost. */
  reset(): void {
    if (this.#over) return;
    this.#over = true;
    cut(this.#client);
    if (this.#target !== undefined) cut(this.#target);
    this.#paths.ended(this.#outward.drop() + this.#homeward.drop());
  }

  #deliverOutward(cargo: Cargo): void {
    this.#target ??= this.#callTarget();
    this.#deliver(cargo, this.#target);
  }

  #callTarget(): Socket {
    const { target, sourceAddress } = this.#plan;
    const socket = connect({ ...target, allowHalfOpen: true, noDelay: true, ...(sourceAddress === undefined ? {} : { localAddress: sourceAddress }) });
    this.#read(socket, this.#homeward);
    return socket;
  }

  /** A socket that closed without an end was reset, or never connected: the other side learns that, too. */
  #read(socket: Socket, stream: DelayedStream): void {
    socket.on('data', (bytes: Buffer) => stream.push({ kind: 'bytes', bytes }));
    socket.on('end', () => stream.push({ kind: 'end' }));
    socket.on('error', () => stream.push({ kind: 'reset' }));
    socket.on('close', () => this.#closeWhenBothClosed());
  }

  #deliver(cargo: Cargo, socket: Socket): void {
    if (cargo.kind === 'reset') return this.reset();
    if (socket.destroyed || socket.writableEnded) return;
    if (cargo.kind === 'end') socket.end();
    else if (cargo.bytes.length > 0) socket.write(cargo.bytes);
  }

  #closeWhenBothClosed(): void {
    if (this.#over || !this.#client.destroyed || this.#target?.destroyed === false) return;
    this.#over = true;
    this.#paths.ended(this.#outward.drop() + this.#homeward.drop());
  }
}

function flow(socket: Socket | undefined, open: boolean): void {
  if (open) socket?.resume();
  else socket?.pause();
}
