// The pairs of the twin's application: one, or three beside each other, each with engines, ports and passwords of its own. Several are made
// from one initdb, which costs as much as all the rest of a pair. They start whole or not at all.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { databasesOf, otherRegion, type TwinDatabase } from '../databases.ts';
import type { Network } from '../network/network.ts';
import type { Settings } from '../settings.ts';
import { findBinaries } from './binaries.ts';
import { initialize } from './data-directory.ts';
import { startPair, type Pair, type Template } from './pair.ts';
import { newPasswords } from './schema.ts';

export interface DatabasePair extends TwinDatabase { readonly pair: Pair }
export type Databases = readonly [DatabasePair, ...DatabasePair[]];
export interface DatabasesOptions { readonly settings: Pick<Settings, 'databases'>; readonly runDirectory: string; readonly network: Network }

/** Starts them. What was started is ended again when one of them fails. */
export async function startDatabases({ settings, runDirectory, network }: DatabasesOptions): Promise<{ readonly databases: Databases; close(): Promise<void> }> {
  const plans = databasesOf(settings);
  const template = plans.length > 1 ? await templateIn(runDirectory) : undefined;
  const started = await Promise.allSettled(plans.map(async (plan): Promise<DatabasePair> => {
    const at = template === undefined ? { runDirectory } : { runDirectory: join(runDirectory, plan.name), template };
    return { ...plan, pair: await startPair({ ...at, network, regions: [plan.writer, otherRegion(plan.writer)] }) };
  }));
  if (template !== undefined) rmSync(template.directory, { recursive: true, force: true });
  const standing = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async (): Promise<void> => void await Promise.all(standing.map(({ pair }) => pair.close()));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  const [first, ...others] = standing;
  if (first === undefined) throw new Error('the twin needs a database');
  return { databases: [first, ...others], close };
}

async function templateIn(runDirectory: string): Promise<Template> {
  const template = { directory: join(runDirectory, 'postgres-template'), superuserPassword: newPasswords().postgres };
  await initialize(template.directory, findBinaries(), template.superuserPassword);
  return template;
}
