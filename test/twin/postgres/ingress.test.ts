// The ingress in front of a real PostgreSQL: live sessions are really cut, new ones refused, each kind by its own flag.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { connect } from 'node:net';
import { replicationTo } from '../../../twin/postgres/replication.ts';
import { startupPacket } from '../../../twin/postgres/startup-packet.ts';
import { eventually, insertRows, login, testPair, type TestPair } from './twins.ts';

let twin: TestPair;
beforeAll(async () => { twin = await testPair(); });
afterAll(async () => { await twin.close(); });
afterEach(() => twin.pair.ingress(twin.A).open());

const appAt = (from: string): Promise<Client> => login(twin.pair, twin.pair.endpoint(from, twin.A), 'app');
const ended = (client: Client): Promise<void> => new Promise((resolve) => client.once('end', resolve));

describe('closed', () => {
  test('it cuts live client sessions, near and far, and refuses new ones; replication and maintenance go on', async () => {
    const { pair, A, B } = twin;
    const ingress = pair.ingress(A);
    const [near, far, hotshift] = [await appAt(A), await appAt(B), await login(pair, pair.endpoint(A, A), 'hotshift')];
    expect(ingress.sessions).toEqual({ client: 2, maintenance: 1, replication: 1 });
    const ends = [ended(near), ended(far)];
    expect(ingress.close()).toBe(2);
    await Promise.all(ends);
    await expect(near.query('select 1')).rejects.toThrow();
    await expect(appAt(A)).rejects.toThrow(/ECONNRESET|terminated/);
    await expect(appAt(B)).rejects.toThrow(/ECONNRESET|terminated/);
    expect((await hotshift.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    const again = await login(pair, pair.endpoint(B, A), 'hotshift');
    await Promise.all([again.end(), hotshift.end()]);
    await insertRows(pair, A, 1);
    expect(await replicationTo(pair.server(A), B)).toMatchObject({ state: 'streaming' });
    ingress.open();
    await (await appAt(B)).end();
  });

  test('a statement under way gets no answer', async () => {
    const client = await appAt(twin.A);
    const statement = client.query('select pg_sleep(20)').then(() => 'answered', () => 'cut');
    await eventually('it runs', async () => (await twin.pair.server(twin.A).query(`select 1 from pg_stat_activity where usename = 'app' and state = 'active'`)).length === 1);
    twin.pair.ingress(twin.A).close();
    expect(await statement).toBe('cut');
  });

  test('with established sessions kept, as AWS tracks connections, these live on and only new ones are refused', async () => {
    const client = await appAt(twin.A);
    expect(twin.pair.ingress(twin.A).close({ keepEstablished: true })).toBe(0);
    await client.query(`insert into client_write (id, region, epoch) values (gen_random_uuid(), 'kept', 1)`);
    await expect(appAt(twin.A)).rejects.toThrow(/ECONNRESET|terminated/);
    // Ended by the maintenance role, as adapters/locks.ts does after the network: then nobody is left.
    const hotshift = await login(twin.pair, twin.pair.endpoint(twin.A, twin.A), 'hotshift');
    const end = ended(client);
    await hotshift.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'`);
    await end;
    await hotshift.end();
  });

  test('in silence, new callers wait in vain until they give up', async () => {
    const { pair, A } = twin;
    pair.ingress(A).close({ refusal: 'silence' });
    await expect(login(pair, pair.endpoint(A, A), 'app', 400)).rejects.toThrow(/timeout/);
  });

  test('for maintenance and replication too, nobody is left', async () => {
    const { pair, A, B } = twin;
    const hotshift = await login(pair, pair.endpoint(A, A), 'hotshift');
    const end = ended(hotshift);
    expect(pair.ingress(A).close({ maintenance: false, replication: false })).toBe(2);
    await end;
    await expect(login(pair, pair.endpoint(A, A), 'hotshift')).rejects.toThrow(/ECONNRESET|terminated/);
    await eventually('replication ended', async () => (await replicationTo(pair.server(A), B)) === undefined);
    pair.ingress(A).open();
    await eventually('replication is back', async () => (await replicationTo(pair.server(A), B))?.state === 'streaming');
  });
});

test('a killed server is a reset for its clients, and they are forgotten', async () => {
  const { pair, A } = twin;
  const client = await appAt(A);
  const end = ended(client);
  await pair.server(A).kill();
  await end;
  await expect(appAt(A)).rejects.toThrow(/ECONNRESET|terminated/);
  await eventually('no sessions', () => Object.values(pair.ingress(A).sessions).every((count) => count === 0));
  await pair.server(A).start();
  await (await appAt(A)).end();
});

test('garbage is reset, and a caller that asks for TLS first may go on in plain', async () => {
  const at = twin.pair.endpoint(twin.A, twin.A);
  const garbage = connect(at, () => garbage.write('GET / HTTP/1.1\r\n\r\n'));
  expect(await new Promise((resolve) => garbage.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)))).toBe('ECONNRESET');
  const polite = connect(at, () => polite.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])));
  expect(String(await new Promise((resolve) => polite.once('data', resolve)))).toBe('N');
  polite.destroy();
});

describe('a first message', () => {
  const startup = (parameters: readonly string[], code = 196608): Buffer => {
    const body = Buffer.from(`${parameters.join('\0')}\0\0`);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + body.length, 0);
    head.writeUInt32BE(code, 4);
    return Buffer.concat([head, body]);
  };
  test.each([
    [['user', 'app', 'database', 'x'], 'client'],
    [['user', 'hotshift'], 'maintenance'],
    [['user', 'replicator', 'replication', 'true'], 'replication'],
    [['user', 'hotshift', 'replication', 'database'], 'replication'],
    [['user', 'app', 'replication', 'off'], 'client'],
  ])('of %j is a %s session', (parameters, session) => {
    expect(startupPacket(startup(parameters), 'hotshift')).toMatchObject({ kind: 'session', session });
  });
  test('is not judged before it is complete, and never longer than PostgreSQL takes', () => {
    const whole = startup(['user', 'app']);
    for (let length = 0; length < whole.length; length += 1) expect(startupPacket(whole.subarray(0, length), 'hotshift')).toEqual({ kind: 'incomplete' });
    expect(startupPacket(startup(['user', 'a'.repeat(20_000)]), 'hotshift')).toEqual({ kind: 'garbage' });
    expect(startupPacket(startup(['user', 'app'], 131072), 'hotshift')).toEqual({ kind: 'garbage' });
  });
});
