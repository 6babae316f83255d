// A process of the sample application: reads its configuration, renews its permit, serves, and says so to the process that
// started it. It ends when that one goes away: nothing of a twin outlives the twin.
import { once } from 'node:events';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { Server } from 'node:http';
import { readConfig } from './config.ts';
import { openStores } from './stores.ts';
import { applicationServer, Counts } from './server.ts';

const config = readConfig(process.argv[2], process.env);
const counts = new Counts();
const stores = openStores(config, () => counts.add('renewals failed'));
const [{ guard }] = stores;
const server = applicationServer({ config, stores, counts });
// A client's idle connection must not be closed just when it sends: the load generator keeps its own for seconds.
server.keepAliveTimeout = 30_000;

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', close);
process.on('message', (message) => {
  if ((message as { readonly kind?: unknown }).kind === 'stop') close();
});

await listen(server, { host: config.host, port: config.port });
for (const store of stores) store.guard.start();
const { port } = server.address() as AddressInfo;
process.send?.({ kind: 'ready', region: config.region, instanceId: guard.instanceId, host: config.host, port, pid: process.pid });

/** Several processes of a region share its port where the system can spread connections (Linux; not macOS). */
async function listen(target: Server, at: ListenOptions): Promise<void> {
  try {
    target.listen({ ...at, reusePort: true });
    await once(target, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTSUP') throw error;
    target.listen(at);
    await once(target, 'listening');
  }
}

function close(): void {
  for (const store of stores) store.guard.stop();
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  for (const { writers, local } of stores) {
    writers.close();
    local.cut();
  }
}
