// Plain TCP peers for the network's tests: an echo server that keeps its sockets, and a client that collects what it gets.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface EchoServer { readonly sockets: Socket[]; readonly received: () => string; close(): Promise<void> }

/** Answers every byte with itself. */
export async function echoServer(host: string, port: number): Promise<EchoServer> {
  const sockets: Socket[] = [];
  let received = '';
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      socket.write(bytes);
    });
    socket.on('end', () => socket.end());
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    sockets, received: () => received,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Caller {
  readonly socket: Socket;
  readonly text: () => string;
  /** `end`, `error <code>` or `open`. */
  readonly state: () => string;
  /** Resolves when the text is as long as `length`, rejects when the connection ends before. */
  readonly until: (length: number) => Promise<void>;
  readonly over: Promise<string>;
}

export function call(host: string, port: number): Caller {
  const socket = connect({ host, port, noDelay: true });
  let text = '';
  let state = 'open';
  socket.on('data', (bytes) => { text += bytes.toString('latin1'); });
  const over = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => { state = `error ${error.code}`; });
    socket.on('end', () => { if (state === 'open') state = 'end'; });
    socket.on('close', () => resolve(state));
  });
  const until = async (length: number): Promise<void> => {
    while (text.length < length) {
      if (socket.destroyed) throw new Error(`the connection is over (${state}) after ${text.length} of ${length} bytes`);
      await Promise.race([once(socket, 'data'), over]);
    }
  };
  return { socket, text: () => text, state: () => state, until, over };
}

/** Long enough that bytes on an open loopback path would have come many times over. */
export const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));
