// The SQL of the database adapters against a real PostgreSQL pair: facts of a replica, the write probe, ending sessions.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { RDSClient } from '@aws-sdk/client-rds';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { rdsDatabase } from '../../../adapters/database.ts';
import { instant } from '../../../adapters/heartbeat.ts';
import { databaseLocks } from '../../../adapters/locks.ts';
import type { SqlSettings } from '../../../adapters/sql.ts';
import type { DatabasePlan } from '../../../domain/plan.ts';
import { handOver } from '../../../twin/postgres/account.ts';
import { findBinaries } from '../../../twin/postgres/binaries.ts';
import { copyCluster, initialize, makeStandby } from '../../../twin/postgres/data-directory.ts';
import { createSlot, slotOf } from '../../../twin/postgres/replication.ts';
import { PostgresServer } from '../../../twin/postgres/server.ts';

const PASSWORD = 'only-for-this-test';
let folder: string;
let primary: PostgresServer;
let replica: PostgresServer;
let silent: Server;
let database: DatabasePlan;
const forgotten: string[] = [];
let password = PASSWORD;
const sql: SqlSettings = { secrets: { text: async () => JSON.stringify({ username: 'hotshift', password }), forget: (secretId) => { forgotten.push(secretId); } }, tls: 'off' };
const none = (): never => { throw new Error('no AWS call is expected'); };
const port = () => rdsDatabase({ reading: none as () => RDSClient, changing: none as () => RDSClient }, sql);
const locks = () => databaseLocks(none as () => EC2Client, sql);

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return (server.address() as AddressInfo).port;
}
async function freePort(): Promise<number> {
  const server = createServer();
  const found = await listening(server);
  await new Promise((resolve) => { server.close(resolve); });
  return found;
}
const instance = (name: string, at: number) => ({ identifier: name, arn: '', host: '127.0.0.1', port: at, databaseName: 'postgres', secretId: `secret-${name}`, securityGroupId: 'sg-1' });
async function appSession(): Promise<Client> {
  const client = new Client({ host: '127.0.0.1', port: primary.plan.port, user: 'app', password: PASSWORD, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotshift-sql-'));
  handOver(folder);
  const binaries = findBinaries();
  const plan = async (name: string) => ({ name, directory: join(folder, name), host: '127.0.0.1', port: await freePort(), binaries, superuserPassword: PASSWORD });
  primary = new PostgresServer(await plan('primary'));
  await initialize(primary.plan.directory, binaries, PASSWORD);
  await primary.start();
  await primary.session(async (client) => {
    await client.query(readFileSync(new URL('../../../twin/postgres/schema.sql', import.meta.url), 'utf8'));
    for (const role of ['hotshift', 'app', 'replicator']) await client.query(`alter role ${role} password '${PASSWORD}'`);
  });
  await primary.stop();
  replica = new PostgresServer(await plan('replica'), { host: '127.0.0.1', port: primary.plan.port, user: 'replicator', password: PASSWORD, slot: slotOf('replica') });
  await copyCluster(primary.plan.directory, replica.plan.directory, { withWal: true });
  makeStandby(replica.plan.directory);
  await primary.start();
  await createSlot(primary, 'replica');
  await replica.start();
  silent = createServer(() => undefined);
  database = {
    name: 'orders',
    instances: {
      'us-east-1': instance('primary', primary.plan.port), 'eu-west-1': instance('replica', replica.plan.port),
      'ap-south-1': instance('silent', await listening(silent)), 'sa-east-1': instance('absent', await freePort()),
    },
  } as unknown as DatabasePlan;
});
afterAll(async () => {
  await replica?.stop();
  await primary?.stop();
  silent?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('facts', () => {
  test('a writer without a heartbeat yet', async () => {
    const facts = await port().facts(database, 'us-east-1');
    expect(facts.inRecovery).toBe(false);
    expect(facts.heartbeatAt).toBeUndefined();
    expect(Math.abs(facts.readAt - Date.now())).toBeLessThan(60_000);
  });
  test('a replica says what it has replayed and the newest heartbeat in it', async () => {
    await port().writeProbe(database, 'us-east-1', 1);
    const written = instant((await primary.query('select extract(epoch from max(at)) * 1000 as at from hotshift_heartbeat'))[0]?.at);
    for (let turn = 0; turn < 500 && (await port().facts(database, 'eu-west-1')).heartbeatAt !== written; turn += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    const facts = await port().facts(database, 'eu-west-1');
    expect(facts).toMatchObject({ inRecovery: true, heartbeatAt: written });
    expect(facts.replayedAt).toBeGreaterThanOrEqual(Number(written));
    expect(facts.readAt).toBeGreaterThanOrEqual(Number(facts.replayedAt));
  });
  test('nobody listens, and somebody who never answers: try again', async () => {
    for (const region of ['sa-east-1', 'ap-south-1']) await expect(port().facts(database, region)).rejects.toMatchObject({ name: 'TryAgainError' });
  });
  test('a wrong password is refused, forgotten and not repeated in the error', async () => {
    password = 'wrong-and-secret';
    const error = await port().facts(database, 'us-east-1').then(() => undefined, (thrown: Error) => thrown).finally(() => { password = PASSWORD; });
    expect(error).toMatchObject({ name: 'RefusedByAwsError', message: expect.stringContaining('28P01') });
    expect(`${error?.message} ${String(error?.cause)}`).not.toContain('wrong-and-secret');
    expect(forgotten).toContain('secret-primary');
  });
});

describe('write probe', () => {
  test('commits under its epoch, again under the same and under a newer one', async () => {
    for (const epoch of [2, 2, 3]) await port().writeProbe(database, 'us-east-1', epoch);
    expect(await primary.query('select epoch::int as epoch from hotshift_heartbeat')).toEqual([{ epoch: 3 }]);
  });
  test('refused under an older epoch than any region has stored', async () => {
    await primary.query("insert into hotshift_heartbeat (region, epoch) values ('elsewhere', 9)");
    await expect(port().writeProbe(database, 'us-east-1', 8)).rejects.toMatchObject({ name: 'LeaseLostError' });
    expect(await primary.query("select epoch::int as epoch from hotshift_heartbeat where region = 'us-east-1'")).toEqual([{ epoch: 3 }]);
    await port().writeProbe(database, 'us-east-1', 9);
  });
  test('a replica takes no write: try again', async () => {
    await expect(port().writeProbe(database, 'eu-west-1', 20)).rejects.toMatchObject({ name: 'TryAgainError', message: expect.stringContaining('25006') });
  });
  test('a lock that is never released ends at the statement time-out', async () => {
    await primary.session(async (client) => {
      await client.query('begin; lock table hotshift_heartbeat');
      await expect(port().writeProbe(database, 'us-east-1', 20)).rejects.toMatchObject({ name: 'TryAgainError' });
      await client.query('rollback');
    });
  });
});

describe('sessions', () => {
  /** "Not reached in time" is no answer, and the agent asks again in its next round: so does this, on a machine with other work. */
  const ended = async (region: string): Promise<number | undefined> => {
    for (let turn = 1; turn < 5; turn += 1) {
      const count = (await locks().endSessions(database, region))?.ended;
      if (count !== undefined) return count;
    }
    return (await locks().endSessions(database, region))?.ended;
  };
  test('client sessions end, replication goes on, and new sessions cannot write', async () => {
    const clients = await Promise.all([appSession(), appSession()]);
    expect(await ended('us-east-1')).toBe(2);
    for (const client of clients) await expect(client.query('select 1')).rejects.toThrow();
    expect(await primary.query('select count(*)::int as standbys from pg_stat_replication')).toEqual([{ standbys: 1 }]);
    const again = await appSession();
    await expect(again.query("insert into client_write (id, region, epoch) values (gen_random_uuid(), 'us-east-1', 1)")).rejects.toMatchObject({ code: '25006' });
    expect(await ended('us-east-1')).toBe(1);
    expect(await ended('us-east-1')).toBe(0);
  });
  test('on a replica sessions end too, though nothing can be altered there', async () => {
    expect(await ended('eu-west-1')).toBe(0);
  });
  test('an engine that cannot be reached has no known count', async () => {
    expect(await locks().endSessions(database, 'sa-east-1')).toBeUndefined();
    expect(await locks().endSessions(database, 'ap-south-1')).toBeUndefined();
  });
});
