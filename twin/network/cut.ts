// Ends a TCP connection the hard way: the other side gets a reset, not an end.
import type { Socket } from 'node:net';

/** Resets a socket. One that is just sending its end is destroyed instead: libuv refuses to reset it, and Node then keeps the handle for ever. */
export function cut(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
