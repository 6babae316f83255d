// `hotshift console`: the page over a real table, without a button. Runs until it is interrupted.
import { randomBytes } from 'node:crypto';
import type { Connection } from '../cli/world.ts';
import type { ApplicationPlan } from '../domain/plan.ts';
import { makeAssets } from './assets.ts';
import { EventLog } from './event-log.ts';
import { outlines } from './outlines.ts';
import { startConsole } from './server.ts';
import { watchTable } from './table-watch.ts';
import { emptyView } from './view.ts';

export interface TableConsole { readonly url: string; close(): Promise<void> }

/** Rejects when the table cannot be read. */
export async function startTableConsole(plan: ApplicationPlan, connection: Connection, port: number, now: () => number): Promise<TableConsole> {
  const log = new EventLog(randomBytes(6).toString('hex'), emptyView('aws', outlines(), now()));
  const watch = await watchTable(log, plan, connection, now);
  try {
    // Nobody is told this token: there is nothing to do with it.
    const server = await startConsole({ log, token: randomBytes(24).toString('base64url'), assets: await makeAssets(), port, report: () => undefined });
    return { url: server.url, close: async () => { watch.close(); await server.close(); } };
  } catch (error) {
    watch.close();
    throw error;
  }
}
