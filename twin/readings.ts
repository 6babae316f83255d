// What is read back after a run: executions and their histories, the journal, the rows of both databases. Only facts; the
// judgement is in invariants.ts and figures.ts.
import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient, type GetExecutionHistoryCommandOutput, type HistoryEvent } from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { JournalEntry } from '../domain/journal.ts';
import type { FenceIntent } from '../domain/lease.ts';
import type { Call } from './aws/calls.ts';
import type { Kind } from './clients/attempts.ts';
import type { CallRecord, DatabaseEvidence, ExecutionRecord, StoredWrite } from './invariants.ts';
import type { ClientRow, LocksLeft } from './old-writer.ts';
import { APPLICATION_USER } from './postgres/schema.ts';
import type { PostgresServer } from './postgres/server.ts';
import { APPLICATION, TABLE } from './settings.ts';

const settingsOf = (endpoint: string, region: string) => ({ endpoint, region, credentials: { accessKeyId: 'AKIDTWIN', secretAccessKey: 'twin' }, maxAttempts: 2, requestHandler: { requestTimeout: 3000, throwOnRequestTimeout: true } });

export interface ExecutionReading extends ExecutionRecord { readonly history: string }

/** All executions of a region's failover machine with the state in which each ended; undefined while it runs. */
export async function readExecutions(endpoint: string, region: string, machine: string): Promise<readonly ExecutionReading[]> {
  const client = new SFNClient(settingsOf(endpoint, region));
  try {
    const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn: machine }));
    return await Promise.all(executions.map(async ({ executionArn = '', name = '', status = '' }) => {
      const events: HistoryEvent[] = [];
      for (let nextToken: string | undefined, page = 0; page === 0 || nextToken !== undefined; page += 1) {
        const answer: GetExecutionHistoryCommandOutput = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }));
        events.push(...answer.events ?? []);
        nextToken = answer.nextToken;
      }
      const last = events.filter((event) => event.stateEnteredEventDetails !== undefined).at(-1)?.stateEnteredEventDetails?.name;
      return { name, region, status, ended: status === 'RUNNING' ? undefined : last, history: JSON.stringify(events) };
    }));
  } finally {
    client.destroy();
  }
}

/** The journal of the given executions, from a replica that still answers. */
export async function readJournal(endpoint: string, region: string, executions: readonly string[]): Promise<readonly JournalEntry[]> {
  const client = new DynamoDBClient(settingsOf(endpoint, region));
  try {
    const lists = await Promise.all(executions.map(async (execution) => {
      const { Items = [] } = await client.send(new QueryCommand({ TableName: TABLE, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: `exec#${execution}` } }, ConsistentRead: true }));
      return Items.map(entryOf);
    }));
    return lists.flat().sort((left, right) => left.at - right.at);
  } finally {
    client.destroy();
  }
}

function entryOf(item: Record<string, unknown>): JournalEntry {
  const plain = unmarshall(item as Parameters<typeof unmarshall>[0]) as Record<string, unknown> & { evidence?: unknown };
  const evidence: unknown = typeof plain.evidence === 'string' ? JSON.parse(plain.evidence) : plain.evidence;
  return { ...plain, evidence } as unknown as JournalEntry;
}

/** Runs the reading on a server; one that was killed is started for it, and killed again. It must be cut off from everybody else. */
export async function running<T>(server: PostgresServer, read: (server: PostgresServer) => Promise<T>): Promise<T> {
  const started = !server.isRunning;
  if (started) await server.start();
  try {
    return await read(server);
  } finally {
    if (started) await server.kill();
  }
}

/** The client writes of one database, as that database holds them. */
export async function readWrites(server: PostgresServer): Promise<readonly StoredWrite[]> {
  const rows = await server.query<{ id: string; epoch: string; at: string }>('select id, epoch, extract(epoch from written_at) * 1000 as at from client_write');
  return rows.map(({ id, epoch, at }) => ({ id, epoch: Number(epoch), writtenAt: Number(at) }));
}

/** The writes of those who went past the application. */
export async function readRows(server: PostgresServer): Promise<readonly ClientRow[]> {
  const rows = await server.query<{ id: string; kind: Kind; place: string; at: string }>('select id, kind, place, extract(epoch from written_at) * 1000 as at from bypass_write');
  return rows.map(({ id, kind, place, at }) => ({ id, kind, place, writtenAt: Number(at) }));
}

/** The locks of a database as they stand: the rules of its network, and what the engine says of itself. */
export async function readLocks(server: PostgresServer, networkOpen: boolean): Promise<LocksLeft> {
  if (!server.isRunning) return { networkOpen, sql: undefined };
  const [row] = await server.query<{ readonly read_only: boolean; readonly sessions: number }>(`select
    exists (select 1 from pg_db_role_setting join pg_database on pg_database.oid = setdatabase where datname = current_database() and 'default_transaction_read_only=on' = any (setconfig)) as read_only,
    (select count(*)::int from pg_stat_activity where backend_type = 'client backend' and usename = $1) as sessions`, [APPLICATION_USER]);
  return { networkOpen, sql: { readOnly: row?.read_only === true, oldSessions: row?.sessions ?? Number.NaN } };
}

/** The orders to fence a database, in any region, with what the agent there answered. */
export async function readOrders(endpoint: string, region: string, database: string): Promise<readonly FenceIntent[]> {
  const client = new DynamoDBClient(settingsOf(endpoint, region));
  try {
    const { Items = [] } = await client.send(new QueryCommand({
      TableName: TABLE, KeyConditionExpression: 'pk = :pk and begins_with(sk, :sk)', ConsistentRead: true, ExpressionAttributeValues: { ':pk': { S: `app#${APPLICATION}` }, ':sk': { S: 'intent#' } },
    }));
    return Items.map((item) => unmarshall(item) as unknown as FenceIntent).filter((intent) => intent.database === database);
  } finally {
    client.destroy();
  }
}

/** The write permit of a database, as its servers read it. */
export async function readPermit(endpoint: string, region: string, database: string): Promise<DatabaseEvidence['permit']> {
  const client = new DynamoDBClient(settingsOf(endpoint, region));
  try {
    const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: { pk: { S: `app#${APPLICATION}` }, sk: { S: `permit#${database}` } }, ConsistentRead: true }));
    return Item === undefined ? undefined : unmarshall(Item) as unknown as DatabaseEvidence['permit'];
  } finally {
    client.destroy();
  }
}

/** The epochs of the lease in the order in which they were written. */
export function leaseEpochs(calls: readonly Call[]): readonly number[] {
  return calls.flatMap((call) => {
    if (call.service !== 'dynamodb' || call.operation !== 'PutItem' || call.outcome !== 'answered' || call.errorCode !== undefined) return [];
    const item = (call.input as { Item?: { sk?: { S?: string }; epoch?: { N?: string } } }).Item;
    return item?.sk?.S === 'lease' && item.epoch?.N !== undefined ? [Number(item.epoch.N)] : [];
  });
}

export const callRecords = (calls: readonly Call[]): readonly CallRecord[] =>
  calls.map(({ service, operation, region, caller, at, errorCode }) => ({ service, operation: operation, region, caller, at, error: errorCode }));

/** The entry that a call just wrote into the journal, for a live view. */
export function journaled(call: Call): JournalEntry | undefined {
  if (call.service !== 'dynamodb' || call.operation !== 'PutItem' || call.errorCode !== undefined) return undefined;
  const item = (call.input as { Item?: Record<string, unknown> }).Item;
  const pk = (item?.['pk'] as { S?: string } | undefined)?.S;
  return item !== undefined && pk?.startsWith('exec#') === true ? entryOf(item) : undefined;
}
