// The databases at the end of a run, each by itself: its locks as they stand, then, with everybody else shut out, the rows of both sides,
// what was ordered and granted for it, and which lines of the journal are about it. Nothing here is judged.
import type { JournalEntry } from '../domain/journal.ts';
import type { AcknowledgedWrite, DatabaseEvidence, StoredWrite } from './invariants.ts';
import { otherRegion } from './databases.ts';
import { USERS } from './network/addresses.ts';
import type { OldWriterEvidence } from './old-writer.ts';
import type { DatabasePair, Databases } from './postgres/databases.ts';
import { readLocks, readOrders, readPermit, readRows, readWrites, running } from './readings.ts';
import { REGION_A, REGION_B, returnsOf } from './settings.ts';
import type { RunEnd } from './read-back.ts';

/** `home`: what the first writer's place holds now, where a failback has put another instance there. */
export type DatabaseRead = Omit<DatabaseEvidence, 'acknowledged' | 'lost'> & { readonly home: string; readonly rowsAtHome?: readonly StoredWrite[] };

export async function readDatabases(end: RunEnd, journal: readonly JournalEntry[], endpoint: string, alive: string): Promise<readonly [DatabaseRead, ...DatabaseRead[]]> {
  const { databases } = end.twin;
  const locks = await Promise.all(databases.map(({ writer, pair }) => readLocks(pair.server(writer), pair.ingress(writer).rules.client)));
  const attempts = [...end.twin.clients.attempts];
  if (end.twin.clients.died.length > 0) throw new Error(end.twin.clients.died.join('; '));
  for (const { pair } of databases) for (const region of [REGION_A, REGION_B]) pair.ingress(region).setRules({ client: false, maintenance: false, replication: false });
  const [first, ...others] = databases;
  // Who goes past everything knows the first one alone.
  const read = async (database: DatabasePair, at: number): Promise<DatabaseRead> => readDatabase(end, database, linesOf(journal, database, databases), endpoint, alive, { locks: locks[at] ?? { networkOpen: true, sql: undefined }, attempts: at === 0 ? attempts : [] });
  const found = await read(first, 0);
  const rest: DatabaseRead[] = [];
  // One after the other: the servers of a region that stays dead are started for it.
  for (const [at, database] of others.entries()) rest.push(await read(database, at + 1));
  return [found, ...rest];
}

async function readDatabase(end: RunEnd, { name, writer, pair, shardOf }: DatabasePair, journal: readonly JournalEntry[], endpoint: string, alive: string, seen: Pick<OldWriterEvidence, 'locks' | 'attempts'>): Promise<DatabaseRead> {
  const { settings, returned, failback, mustEnforce = returnsOf(settings) !== undefined } = end;
  const [first, bypassing] = await running(pair.server(writer), async (server) => [await readWrites(server), await readRows(server)] as const);
  const second = await running(pair.server(otherRegion(writer)), readWrites);
  const orders = await readOrders(endpoint, alive, name);
  const oldWriter: OldWriterEvidence = {
    deposedAt: fenceProvenAt(journal), returned, mustEnforce, ...seen,
    orders: orders.filter(({ region }) => region === writer), rows: [...bypassing, ...first.map(throughApplication)],
  };
  const read = { database: name, ...(shardOf === undefined ? {} : { shardOf }), home: writer, stored: { first, second }, oldWriter, orders, lossWindow: lossWindowOf(journal, end.twin.databases.length === 1 ? 'Conclude' : 'Promote replica'), journal, permit: await readPermit(endpoint, alive, name) };
  if (failback === undefined) return read;
  // The old writer as it was before it was set aside; what stands in its place now is another instance, with the writer's data.
  const { before } = failback;
  const rows = [...before.bypassing, ...before.stored.map(throughApplication)];
  return { ...read, stored: { first: before.stored, second }, oldWriter: { ...oldWriter, rows, locks: before.locks, attempts: before.attempts, orders: before.orders }, rowsAtHome: first };
}

/** With its ledger: acknowledged writes that the writer of the end lacks are lost. `moved`: that writer is in the other region. */
export function withLedger({ rowsAtHome, ...read }: DatabaseRead, acknowledged: readonly AcknowledgedWrite[], moved: boolean): DatabaseEvidence {
  const final = new Set((rowsAtHome ?? (moved ? read.stored.second : read.stored.first)).map(({ id }) => id));
  return { ...read, acknowledged, lost: acknowledged.filter(({ id }) => !final.has(id)) };
}

export const isWritten = (journal: readonly JournalEntry[]): boolean => journal.some((entry) => entry.summary.includes('a write was committed'));

/** Of one database all lines; of several those that begin with its name, as every step says of whom it speaks, or name it in the fence's order. */
function linesOf(journal: readonly JournalEntry[], { name }: DatabasePair, databases: Databases): readonly JournalEntry[] {
  return databases.length === 1 ? journal : journal.filter(({ step, summary }) => summary.startsWith(`${name}: `) || (step === 'Fence writer' && summary.includes(` of ${name} `)));
}

const throughApplication = ({ id, writtenAt }: StoredWrite): OldWriterEvidence['rows'][number] => ({ id, writtenAt, kind: 'application', place: USERS });

/** The first proof counts: from then on another writer may be promoted. */
function fenceProvenAt(journal: readonly JournalEntry[]): number | undefined {
  const proofs = journal.filter((entry) => entry.step === 'Fence writer' && entry.gates?.some((gate) => gate.passed) === true).map((entry) => entry.at);
  return proofs.length === 0 ? undefined : Math.min(...proofs);
}

/** Of all databases the conclusion reports one window that holds all; of each of several its promotion reports its own, which is narrower. */
function lossWindowOf(journal: readonly JournalEntry[], step: string): DatabaseEvidence['lossWindow'] {
  return journal.filter((entry) => entry.step === step).map(({ evidence }) => (evidence as { readonly lossWindow?: { readonly from: number; readonly to: number } } | undefined)?.lossWindow).find((window) => window !== undefined);
}
