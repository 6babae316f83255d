// The sample application as real processes on a real pair: writes only under a permit and to the permit's writer, acknowledges
// nothing after the permit's end, follows an epoch at once, keeps sessions over regions, tells the truth about its health.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { addressOf } from '../../../twin/network/addresses.ts';
import { freePort } from '../../../twin/network/ports.ts';
import type { ApplicationConfigInput } from '../../../twin/application/config.ts';
import { startApplication, type ApplicationProcess } from '../../../twin/application/start.ts';
import { DnsServer } from '../../../twin/dns/server.ts';
import { recordSetKey, type RecordSet } from '../../../twin/dns/record-sets.ts';
import { ZoneStore } from '../../../twin/dns/zones.ts';
import { eventually, testPair, type TestPair } from '../postgres/twins.ts';
import { StubStore } from './stub-store.ts';

const TTL_SECONDS = 2;
let twin: TestPair;
let store: StubStore;
let awsEndpointUrl: string;
let epoch = 0;
const started: ApplicationProcess[] = [];

interface Body { readonly [field: string]: unknown }
interface Answer { readonly status: number; readonly body: Body }

async function ask(app: ApplicationProcess, method: string, path: string, body?: object, token?: string): Promise<Answer> {
  const response = await fetch(`http://${app.host}:${app.port}${path}`, {
    method, headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }), signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, body: await response.json() as Body };
}
const write = (app: ApplicationProcess, id: string = randomUUID()): Promise<Answer> => ask(app, 'POST', '/writes', { id });
const deep = async (app: ApplicationProcess, nonce: string = randomUUID()): Promise<Body> => (await ask(app, 'GET', `/health/deep?nonce=${nonce}`)).body;
const permitted = (app: ApplicationProcess): Promise<void> => eventually('the application holds the newest permit', async () => {
  const permit = (await ask(app, 'GET', '/metrics')).body.permit as { readonly writable: boolean; readonly epoch?: number };
  return permit.writable && permit.epoch === epoch;
});
const rowsOn = async (region: string, id: string): Promise<number> => (await twin.pair.server(region).query('select 1 from client_write where id = $1', [id])).length;

async function configOf(region: string, more: Partial<ApplicationConfigInput> = {}): Promise<ApplicationConfigInput> {
  const { pair } = twin;
  return {
    application: 'shop', database: 'orders', region, host: addressOf(region), port: await freePort([addressOf(region)]), tableName: 'hotshift', awsEndpointUrl,
    permitTtlSeconds: TTL_SECONDS, renewEverySeconds: 0.2,
    writer: { mode: 'permit', endpoints: Object.fromEntries(pair.regions.map((other) => [other, pair.endpoint(region, other)])) },
    local: pair.endpoint(region, region), password: pair.passwords.app, sessionKey: 'a key that both regions have: 0123456789', statementTimeoutMs: 15_000, ...more,
  };
}
async function start(region: string, more: Partial<ApplicationConfigInput> = {}): Promise<ApplicationProcess> {
  const app = await startApplication(await configOf(region, more));
  started.push(app);
  return app;
}
const grant = (writer: string): void => store.grant(++epoch, writer);

beforeAll(async () => {
  store = new StubStore();
  awsEndpointUrl = await store.start();
  twin = await testPair();
});
beforeEach(() => {
  store.mode = 'ok';
  grant(twin.A);
});
afterEach(async () => { await Promise.all(started.splice(0).map((app) => app.kill())); });
afterAll(async () => {
  await twin.close();
  await store.stop();
});

describe('writes', () => {
  test('are acknowledged under a permit by both regions, with the epoch, on the one writer; a repeated id is written once', async () => {
    const { A, B } = twin;
    const [near, far] = await Promise.all([start(A), start(B)]);
    await Promise.all([permitted(near), permitted(far)]);
    const id = randomUUID();
    expect(await write(near, id)).toEqual({ status: 201, body: { id, epoch, writer: A, repeated: false } });
    expect(await write(far, id)).toEqual({ status: 201, body: { id, epoch, writer: A, repeated: true } });
    expect(await rowsOn(A, id)).toBe(1);
    const other = randomUUID();
    expect((await write(far, other)).status).toBe(201);
    await eventually('it is read in B', async () => (await ask(far, 'GET', `/reads/${other}`)).status === 200);
    expect((await ask(far, 'GET', `/reads/${other}`)).body).toMatchObject({ id: other, region: B, epoch: String(epoch) });
  });

  test('are refused without a permit, after a withdrawal, and when the store does not answer for longer than a permit lives', async () => {
    const { A } = twin;
    store.permit = undefined;
    const app = await start(A);
    const id = randomUUID();
    await eventually('it was refused', async () => String((await write(app, id)).body.reason).includes('no permit for orders of shop was ever granted'));
    expect(await write(app, id)).toMatchObject({ status: 503, body: { error: 'refused' } });
    grant(A);
    await permitted(app);
    expect((await write(app, id)).status).toBe(201);
    store.withdraw();
    await eventually('it was refused again', async () => (await write(app)).status === 503);
    expect((await write(app)).body).toMatchObject({ error: 'refused', reason: `not writable: refused: the permit of epoch ${epoch} for orders was withdrawn` });
    grant(A);
    await permitted(app);
    store.mode = 'silent';
    expect((await write(app)).status).toBe(201);
    await eventually('the permit ran out', async () => (await write(app)).status === 503);
    expect((await write(app)).body.reason).toMatch(/ran out/);
    store.mode = 'broken';
    expect((await write(app)).status).toBe(503);
    store.mode = 'ok';
    await permitted(app);
    expect((await write(app)).status).toBe(201);
  });

  test('surrender: after a withdrawal a server that writes nothing says so, which ends the wait of the fence', async () => {
    const app = await start(twin.A);
    await permitted(app);
    await write(app);
    store.withdraw();
    await eventually('it surrendered', () => store.surrenders[app.instanceId] === epoch);
  });

  test('a process that was stopped between the commit and the check does not acknowledge after its permit', async () => {
    const { pair, A } = twin;
    const app = await start(A);
    await permitted(app);
    const id = randomUUID();
    let answer: Promise<Answer> = Promise.reject(new Error('not asked'));
    answer.catch(() => undefined);
    await pair.server(A).session(async (session) => {
      await session.query('begin');
      await session.query('lock table client_write in share mode');
      answer = write(app, id);
      await eventually('the insert waits for the lock', async () => (await pair.server(A).query(`select 1 from pg_locks where not granted`)).length > 0);
      app.freeze();
      await session.query('commit');
    });
    // The database commits while the process stands still; the store withdraws, and the permit runs out.
    await eventually('it is committed', async () => (await rowsOn(A, id)) === 1);
    store.withdraw();
    await new Promise((resolve) => setTimeout(resolve, TTL_SECONDS * 1000 + 200));
    app.resume();
    expect(await answer).toMatchObject({ status: 503, body: { error: 'unknown', reason: expect.stringMatching(/must not be acknowledged/) } });
    expect((await write(app)).body).toMatchObject({ error: 'refused' });
  });

  test('a statement that waits for longer than the permit writes nothing, since the database checks the time', async () => {
    const { pair, A } = twin;
    const app = await start(A);
    await permitted(app);
    const id = randomUUID();
    let answer: Promise<Answer> = Promise.reject(new Error('not asked'));
    answer.catch(() => undefined);
    await pair.server(A).session(async (session) => {
      await session.query('begin');
      await session.query('lock table client_write in share mode');
      answer = write(app, id);
      await eventually('the insert waits for the lock', async () => (await pair.server(A).query(`select 1 from pg_locks where not granted`)).length > 0);
      await new Promise((resolve) => setTimeout(resolve, TTL_SECONDS * 1000 + 200));
      await session.query('commit');
    });
    expect(await answer).toMatchObject({ status: 503, body: { error: 'refused', reason: 'the permit ran out before the database wrote' } });
    expect(await rowsOn(A, id)).toBe(0);
  });

  test('of an older epoch are refused by a database in which a newer one has written', async () => {
    const { pair, A } = twin;
    const app = await start(A);
    await permitted(app);
    await pair.server(A).query(`insert into hotshift_heartbeat (region, epoch) values ('elsewhere', $1)`, [epoch + 1]);
    expect(await write(app)).toMatchObject({ status: 503, body: { error: 'refused', reason: 'a newer epoch has written to this database' } });
    await pair.server(A).query(`delete from hotshift_heartbeat where region = 'elsewhere'`);
  });

  test('that are no writes are told so', async () => {
    const app = await start(twin.A);
    expect(await ask(app, 'POST', '/writes', { id: 'x' })).toMatchObject({ status: 400 });
    expect(await ask(app, 'GET', '/reads/x')).toMatchObject({ status: 400 });
    expect(await ask(app, 'GET', `/reads/${randomUUID()}`)).toMatchObject({ status: 404 });
    expect(await ask(app, 'GET', '/nothing')).toMatchObject({ status: 404 });
    const bad = await fetch(`http://${app.host}:${app.port}/writes`, { method: 'POST', body: 'not json' });
    expect(bad.status).toBe(400);
  });
});

describe('the way to the writer', () => {
  test('a permit for a region whose database is a replica is refused there; the right one cuts the old connections at once', async () => {
    const { A, B } = twin;
    const app = await start(A);
    await permitted(app);
    await write(app);
    grant(B);
    await permitted(app);
    expect(await write(app)).toMatchObject({ status: 503, body: { error: 'refused', reason: 'the database takes no writes' } });
    expect((await ask(app, 'GET', '/metrics')).body.pool).toMatchObject({ recycled: 1 });
    grant(A);
    await permitted(app);
    expect((await write(app)).status).toBe(201);
  });

  test('a new epoch cuts even the connection of a write that is under way, which is not acknowledged', async () => {
    const { pair, A, B } = twin;
    const app = await start(A, { statementTimeoutMs: 60_000 });
    await permitted(app);
    await pair.server(A).session(async (session) => {
      await session.query('begin');
      await session.query('lock table client_write in share mode');
      const answer = write(app);
      await eventually('the insert waits for the lock', async () => (await pair.server(A).query(`select 1 from pg_locks where not granted`)).length > 0);
      grant(B);
      // The lock is still held: only the cut can end the wait.
      expect((await answer).status).toBe(503);
      await session.query('commit');
    });
  });

  test('by DNS: the record is resolved at each connect, and a cached answer that leads elsewhere is found out', async () => {
    const { pair, A, B } = twin;
    const zones = new ZoneStore();
    const hosts = [A, B].map((region): RecordSet => ({ name: `${region}.shop.test.`, type: 'A', ttlSeconds: 1, values: [pair.endpoint(A, region).host] }));
    const recordsTo = (region: string): readonly RecordSet[] => [...hosts, { name: 'writer.shop.test.', type: 'CNAME', ttlSeconds: 1, values: [`${region}.shop.test.`] }];
    zones.create({ id: 'z', name: 'shop.test', callerReference: 'test', recordSets: recordsTo(A) });
    const point = (region: string): void => zones.publish('z', (zones.get('z')?.served.version ?? 0) + 1, new Map(recordsTo(region).map((set) => [recordSetKey(set), set])));
    const dns = new DnsServer({ zones, healthy: () => true });
    const at = await dns.listen({ host: '127.0.0.1', resolver: true });
    try {
      const app = await start(A, { writer: { mode: 'dns', name: 'writer.shop.test', servers: [`${at.host}:${at.port}`], port: pair.port } });
      await permitted(app);
      expect((await write(app)).status).toBe(201);
      // The epoch moves on, the record does not: the connection leads to the old writer, which is not the permit's.
      grant(B);
      await permitted(app);
      expect(await write(app)).toMatchObject({ status: 503, body: { error: 'refused', reason: `reached the database of ${A}, the writer is ${B}` } });
      // Once the record follows, the next connection leads there: it is a replica still, and says no by itself.
      await eventually('its connections to the wrong one are given up, long before they would be for idleness',
        async () => (await pair.server(A).query(`select 1 from pg_stat_activity where usename = 'app' and query like '%client_write%'`)).length === 0, 6000);
      point(B);
      await eventually('it reaches the other database', async () => (await write(app)).body.reason === 'the database takes no writes');
      point(A);
      grant(A);
      await eventually('it writes again', async () => (await write(app)).status === 201);
    } finally {
      await dns.close();
    }
  });

  test('connections that outlive epochs are what a closed ingress cuts', async () => {
    const { pair, A } = twin;
    const app = await start(A, { longLivedConnections: true });
    await permitted(app);
    expect((await write(app)).status).toBe(201);
    grant(A);
    await permitted(app);
    expect((await ask(app, 'GET', '/metrics')).body.pool).toMatchObject({ recycled: 0 });
    pair.ingress(A).close();
    expect((await write(app)).status).toBe(503);
    pair.ingress(A).open();
    expect((await write(app)).status).toBe(201);
  });
});

describe('health', () => {
  test('deep: repeats the nonce, reads, writes a heartbeat, and says who the writer is', async () => {
    const { pair, A, B } = twin;
    const [near, far] = await Promise.all([start(A), start(B)]);
    await Promise.all([permitted(near), permitted(far)]);
    expect(await deep(near, 'n1')).toMatchObject({ nonce: 'n1', region: A, role: 'primary', read: 'ok', write: 'ok', epoch, writer: A });
    expect(await deep(far, 'n2')).toMatchObject({ nonce: 'n2', region: B, role: 'replica', read: 'ok', write: 'ok', epoch, writer: A });
    const beats = (): Promise<readonly { region: string; at: string }[]> => pair.server(A).query(`select region, at::text, epoch from hotshift_heartbeat order by region`);
    const first = await beats();
    expect(first).toEqual([{ region: A, epoch: String(epoch), at: expect.any(String) }, { region: B, epoch: String(epoch), at: expect.any(String) }]);
    await deep(near);
    expect((await beats())[0]?.at).not.toBe(first[0]?.at);
  });

  test('deep: without a permit the write is refused and the read still works', async () => {
    const app = await start(twin.A);
    await permitted(app);
    store.withdraw();
    await eventually('writes are refused', async () => (await deep(app)).write === 'refused');
    expect(await deep(app)).toMatchObject({ read: 'ok', write: 'refused' });
  });

  test('deep: a frozen database fails both within the limit; shallow health does not notice', async () => {
    const { pair, A } = twin;
    const app = await start(A, { healthWriteTimeoutMs: 300 });
    await permitted(app);
    pair.server(A).freeze();
    try {
      expect(await deep(app)).toMatchObject({ role: 'unknown', read: 'failed', write: 'failed' });
      expect(await ask(app, 'GET', '/health')).toEqual({ status: 200, body: { status: 'ok', region: A } });
    } finally {
      pair.server(A).resume();
    }
    await eventually('it works again', async () => (await deep(app)).write === 'ok');
  });

  test('deep: a cut to the writer in another region fails the write only', async () => {
    const { network, A, B } = twin;
    const app = await start(B, { healthWriteTimeoutMs: 300 });
    await permitted(app);
    await network.setPath(B, A, { mode: 'black-hole' });
    try {
      expect(await deep(app)).toMatchObject({ read: 'ok', write: 'failed' });
    } finally {
      await network.setPath(B, A, { mode: 'open' });
    }
  });
});

test('sessions: a token of one region is a session in the other; a forged or foreign one is not', async () => {
  const { A, B } = twin;
  const [a, b, foreign] = await Promise.all([start(A), start(B), start(B, { sessionKey: 'another key than the other region has 0123' })]);
  expect((await ask(a, 'POST', '/sessions', { user: 'nobody' })).status).toBe(404);
  const { status, body } = await ask(a, 'POST', '/sessions', { user: 'ada' });
  expect(status).toBe(201);
  const token = String(body.token);
  expect((await ask(b, 'GET', '/session', undefined, token)).body).toMatchObject({ sub: 'ada', iss: A, region: B });
  expect((await ask(b, 'GET', '/metrics')).body.counts).toMatchObject({ 'sessions kept': 1 });
  expect((await ask(foreign, 'GET', '/session', undefined, token)).status).toBe(401);
  // As a cookie it goes with each read: without a valid one a user must log in again.
  const reading = (app: ApplicationProcess, cookie: string) => fetch(`http://${app.host}:${app.port}/reads`, { headers: { cookie: `other=1; ${cookie}` }, signal: AbortSignal.timeout(30_000) });
  expect(await (await reading(b, `session=${token}`)).json()).toMatchObject({ session: 'accepted' });
  expect([(await reading(foreign, `session=${token}`)).status, (await reading(b, 'session=none')).status]).toEqual([401, 401]);
  const opened = await fetch(`http://${a.host}:${a.port}/sessions`, { method: 'POST', body: JSON.stringify({ user: 'ada' }), signal: AbortSignal.timeout(30_000) });
  expect(opened.headers.get('set-cookie')).toMatch(/^session=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  const [head, , signature] = token.split('.');
  const forged = Buffer.from(JSON.stringify({ sub: 'root', iss: A, iat: 0, exp: 9_999_999_999 })).toString('base64url');
  expect((await ask(b, 'GET', '/session', undefined, `${head}.${forged}.${signature}`)).status).toBe(401);
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
  expect((await ask(b, 'GET', '/session', undefined, `${none}.${forged}.`)).status).toBe(401);
});

test('reads are cached for a moment, and not over an epoch', async () => {
  const app = await start(twin.A, { readCacheMs: 60_000 });
  await permitted(app);
  await write(app);
  const read = async (): Promise<unknown> => (await ask(app, 'GET', '/reads')).body.cache;
  expect([await read(), await read()]).toEqual(['miss', 'hit']);
  expect((await ask(app, 'GET', '/metrics')).body.cache).toEqual({ hits: 1, misses: 1 });
  grant(twin.A);
  await permitted(app);
  expect(await read()).toBe('forgotten');
  expect((await ask(app, 'GET', '/metrics')).body.cache).toEqual({ hits: 1, misses: 2 });
});

describe('processes', () => {
  test('a second one of the same region shares the port, and both serve', async () => {
    const config = await configOf(twin.A);
    const pair = await Promise.all([startApplication(config), startApplication(config)]);
    started.push(...pair);
    const [first] = pair;
    if (first === undefined) throw new Error('no process');
    const seen = new Set<unknown>();
    await eventually('both answer', async () => {
      const response = await fetch(`http://${first.host}:${first.port}/metrics`, { headers: { connection: 'close' } });
      seen.add((await response.json() as Body).pid);
      return seen.size === 2;
    });
    await first.stop();
    expect(first.isRunning).toBe(false);
    expect((await ask(first, 'GET', '/health')).status).toBe(200);
  });

  test('it ends when the process that started it is killed', async () => {
    const config = await configOf(twin.A);
    const parent = fork(fileURLToPath(new URL('parent.ts', import.meta.url)), [JSON.stringify(config)], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const [pid] = (await once(parent, 'message')) as [number];
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
    await eventually('it is gone', () => { try { process.kill(pid, 0); return false; } catch { return true; } });
  });

  test('a wrong configuration stops it with the names of the fields', async () => {
    const config = { ...await configOf(twin.A), permitTtlSeconds: -1, nonsense: true } as ApplicationConfigInput;
    await expect(startApplication(config)).rejects.toThrow(/ended at its start.*nonsense.*permitTtlSeconds/s);
  });

  test('without an endpoint of the twin it does not start: it never calls the real AWS', async () => {
    const { awsEndpointUrl: _none, ...config } = await configOf(twin.A);
    await expect(startApplication(config)).rejects.toThrow(/never calls the real AWS/);
  });
});
