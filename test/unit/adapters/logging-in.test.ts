// A session that is logging in while the fence ends all sessions is in no list: against a real PostgreSQL, held at each point of its
// login, and by a maintenance role that has no more rights than docs/deploy.md gives it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { databaseLocks } from '../../../adapters/locks.ts';
import type { EndedSessions } from '../../../domain/ports.ts';
import type { DatabasePlan } from '../../../domain/plan.ts';
import { handOver } from '../../../twin/postgres/account.ts';
import { findBinaries } from '../../../twin/postgres/binaries.ts';
import { initialize } from '../../../twin/postgres/data-directory.ts';
import { PostgresServer } from '../../../twin/postgres/server.ts';

const PASSWORD = 'only-for-this-test';
let folder: string;
let server: PostgresServer;
const open: Client[] = [];
const listeners: Server[] = [];

const listening = async (one: Server): Promise<number> => {
  await new Promise<void>((resolve) => { one.listen(0, '127.0.0.1', resolve); });
  return (one.address() as AddressInfo).port;
};
const client = (database: string, port = server.plan.port, options?: string): Client => {
  const made = new Client({ host: '127.0.0.1', port, user: 'app', password: PASSWORD, database, ...(options === undefined ? {} : { options }) });
  made.on('error', () => undefined);
  open.push(made);
  return made;
};
const write = (session: Client) => session.query('insert into orders values (1)');

/** "Not reached in time" is no answer, and "still starting" neither: the agent asks again in its next round. */
async function ended(databaseName: string): Promise<EndedSessions> {
  const instance = { identifier: 'primary', arn: '', host: '127.0.0.1', port: server.plan.port, databaseName, secretId: 'secret', securityGroupId: 'sg-1' };
  const database = { name: 'orders', instances: { 'us-east-1': instance } } as unknown as DatabasePlan;
  const locks = databaseLocks((() => { throw new Error('no AWS call is expected'); }) as () => EC2Client, { secrets: { text: async () => JSON.stringify({ username: 'hotshift', password: PASSWORD }), forget: () => undefined }, tls: 'off' });
  for (;;) {
    const found = await locks.endSessions(database, 'us-east-1').catch((error: Error) => { if (error.name !== 'TryAgainError') throw error; });
    if (found !== undefined) return found;
  }
}

/** A way to the server on which everything after the start-up packet waits: the client has connected and has not shown its password. */
async function heldBack(): Promise<{ readonly port: number; readonly reached: Promise<void>; readonly release: () => void }> {
  let [release, reach] = [() => {}, () => {}];
  const gate = new Promise<void>((resolve) => { release = resolve; });
  const reached = new Promise<void>((resolve) => { reach = resolve; });
  const proxy = createServer((near) => {
    const far = connect(server.plan.port, '127.0.0.1');
    let packets = 0;
    far.pipe(near);
    near.on('data', (data) => {
      packets += 1;
      if (packets === 1) return void far.write(data);
      reach();
      void gate.then(() => far.write(data));
    });
    for (const side of [near, far]) side.on('error', () => undefined);
    near.on('close', () => far.destroy());
  });
  listeners.push(proxy);
  return { port: await listening(proxy), reached, release };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotshift-login-'));
  handOver(folder);
  const probe = createServer();
  const port = await listening(probe);
  await new Promise((resolve) => { probe.close(resolve); });
  const binaries = findBinaries();
  server = new PostgresServer({ name: 'primary', directory: join(folder, 'primary'), host: '127.0.0.1', port, binaries, superuserPassword: PASSWORD });
  await initialize(server.plan.directory, binaries, PASSWORD);
  await server.start();
  await server.session(async (session) => {
    for (const role of ['app', 'hotshift']) await session.query(`create role ${role} login password '${PASSWORD}'`);
    await session.query('grant pg_signal_backend to hotshift');
    for (const [database, owner] of [['ours', 'hotshift'], ['theirs', 'app'], ['overruled', 'hotshift']]) await session.query(`create database ${database} owner ${owner}`);
    await session.query('alter role app in database overruled set default_transaction_read_only = off');
  });
  for (const database of ['ours', 'theirs', 'overruled']) {
    const owner = new Client({ host: '127.0.0.1', port, user: 'postgres', password: PASSWORD, database });
    await owner.connect();
    await owner.query('create table orders (id int); grant insert on orders to app');
    await owner.end();
  }
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.end().catch(() => undefined)));
  for (const one of listeners) one.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('sessions end by a role that may not see what kind they are', async () => {
  const session = client('ours');
  await session.connect();
  expect((await ended('ours')).ended).toBeGreaterThanOrEqual(1);
  await expect(session.query('select 1')).rejects.toThrow();
});

test('one that has not shown its password yet cannot write when it comes to its session', async () => {
  const held = await heldBack();
  const session = client('ours', held.port);
  const connected = session.connect();
  await held.reached;
  expect((await ended('ours')).loginSeconds).toBe(0);
  held.release();
  await connected;
  await expect(write(session)).rejects.toMatchObject({ code: '25006' });
});

test('one that has passed its login and read the settings, and is in no list yet, does not live on', async () => {
  await server.query('alter database ours reset default_transaction_read_only');
  // The engine stands still right after it has read the settings (a setting for those who debug it).
  const session = client('ours', server.plan.port, '-c post_auth_delay=2');
  const connected = session.connect();
  while ((await server.query("select 1 from pg_locks where locktype = 'object' and mode = 'RowExclusiveLock' and classid = 'pg_database'::regclass")).length === 0);
  const [found] = await Promise.all([ended('ours'), connected.catch(() => undefined)]);
  expect(found.loginSeconds).toBe(0);
  await expect(write(session)).rejects.toThrow();
});

test.each([['is owned by another role', 'theirs'], ['has a role with a setting of its own', 'overruled']])('of a database that %s it says how long a login may last, and a session that ends after that proves it', async (_, name) => {
  const held = await heldBack();
  const session = client(name, held.port);
  const connected = session.connect();
  await held.reached;
  const first = await ended(name);
  // Twice authentication_timeout, which is 60 s.
  expect(first.loginSeconds).toBe(120);
  held.release();
  await connected;
  await write(session);
  expect((await ended(name)).ended).toBeGreaterThanOrEqual(1);
  await expect(write(session)).rejects.toThrow();
});
