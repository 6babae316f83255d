// A process of the old writer's clients, in one place: each of them writes again and again, whatever came of the last time, and every
// attempt is told to the twin. It ends when the twin goes away.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { permitsOf } from '../application/permits.ts';
import type { Kind } from './attempts.ts';
import type { ClientsConfig, FromClients } from './config.ts';
import { openWriters, type Write } from './writers.ts';

const tell = (message: FromClients): void => void process.send?.(message);
process.on('disconnect', () => process.exit(0));
// The terminal's Ctrl-C reaches this process too; the twin ends it.
process.on('SIGINT', () => undefined);

const config = JSON.parse(process.env['HOTSHIFT_CLIENTS'] ?? '{}') as ClientsConfig;
const guard = permitsOf(config.permit, { onChange: () => undefined, onRenewalFailed: () => undefined });
if (config.kinds.includes('guarded')) {
  guard.start();
  await guard.renewNow();
}
const writers = await openWriters(config, guard);
tell({ kind: 'ready' });
await Promise.all(writers.map(([kind, write]) => forEver(kind, write)));

async function forEver(kind: Kind, write: Write): Promise<never> {
  await sleep(Math.random() * config.everyMs);
  for (;;) {
    const sentAt = Date.now();
    const id = randomUUID();
    const failure = await write(id).then(() => undefined, reasonOf);
    const endedAt = Date.now();
    tell({ kind: 'attempt', attempt: { kind, place: config.place, id, sentAt, endedAt, acknowledged: failure === undefined, ...(failure === undefined ? {} : { reason: failure }) } });
    await sleep(Math.max(0, sentAt + config.everyMs - endedAt));
  }
}

function reasonOf(error: unknown): string {
  const { code, message, name } = error as { readonly code?: string; readonly message?: string; readonly name?: string };
  return [code, message === '' ? name : message].filter((part) => part !== undefined).join(' ');
}
