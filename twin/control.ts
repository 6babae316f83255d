// The control endpoint: something that is neither region. When a vantage point cannot reach it, the monitor is what is sick.
import { createServer } from 'node:http';

export interface ControlEndpoint { readonly port: number; close(): Promise<void> }

export async function startControl(host: string, port: number): Promise<ControlEndpoint> {
  const server = createServer((_request, response) => response.writeHead(204).end());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
