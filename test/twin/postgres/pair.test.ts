// Two real PostgreSQL servers: they stream, the standby is promoted with a proof, the old primary comes back or, diverged, is reseeded.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { prove } from '../../../twin/postgres/promote.ts';
import { replicationTo } from '../../../twin/postgres/replication.ts';
import { countRows, eventually, insertRows, login, testPair, type TestPair } from './twins.ts';

let twin: TestPair;

describe('a fresh pair', () => {
  beforeAll(async () => { twin = await testPair(); });
  afterAll(async () => { await twin.close(); });

  test('streams what is written to the standby, which itself refuses to write', async () => {
    const { pair, A, B } = twin;
    await insertRows(pair, A, 500);
    await eventually('500 rows on B', async () => (await countRows(pair, B)) === 500);
    await expect(insertRows(pair, B, 1)).rejects.toMatchObject({ code: '25006' });
    expect(await replicationTo(pair.server(A), B)).toMatchObject({ state: 'streaming', syncState: 'async' });
  });

  test('is reached by each region through its links and ingress, with a password', async () => {
    const { pair, network, A, B } = twin;
    for (const from of network.regions) {
      const client = await login(pair, pair.endpoint(from, A), 'app');
      expect((await client.query(`select current_user as who, current_setting('cluster_name') as region`)).rows).toEqual([{ who: 'app', region: A }]);
      await client.end();
    }
    const wrong = { ...pair, passwords: { ...pair.passwords, app: 'wrong' } } as typeof pair;
    await expect(login(Object.assign(wrong, { databaseName: pair.databaseName }), pair.endpoint(B, A), 'app')).rejects.toMatchObject({ code: '28P01' });
  });

  test('lets the roles do what they are for, and no more', async () => {
    const { pair, A, B } = twin;
    const [app, hotshift] = [await login(pair, pair.endpoint(A, A), 'app'), await login(pair, pair.endpoint(A, A), 'hotshift')];
    await app.query(`insert into client_write (id, region, epoch) values (gen_random_uuid(), 'x', 1)`);
    await expect(app.query('delete from client_write')).rejects.toMatchObject({ code: '42501' });
    await expect(hotshift.query(`insert into client_write (id, region, epoch) values (gen_random_uuid(), 'x', 1)`)).rejects.toMatchObject({ code: '42501' });
    await hotshift.query(`insert into hotshift_heartbeat (region, epoch) values ($1, 1) on conflict (region) do update set at = clock_timestamp()`, [A]);
    expect((await hotshift.query('select application_name from pg_stat_replication where state = $1', ['streaming'])).rowCount).toBe(1);
    const ended = app.query('select pg_sleep(30)').catch((error: { code?: string }) => error.code);
    await eventually('the session is seen', async () => (await hotshift.query(`select pid from pg_stat_activity where usename = 'app' and state = 'active'`)).rowCount === 1);
    await hotshift.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'app'`);
    expect(await ended).toBe('57P01');
    // The lock that adapters/locks.ts closes: the maintenance role owns the database.
    await hotshift.query(`alter database postgres set default_transaction_read_only = on`);
    const late = await login(pair, pair.endpoint(A, A), 'app');
    await expect(late.query(`insert into client_write (id, region, epoch) values (gen_random_uuid(), 'x', 1)`)).rejects.toMatchObject({ code: '25006' });
    await hotshift.query('set default_transaction_read_only = off');
    await hotshift.query(`alter database postgres reset default_transaction_read_only`);
    await Promise.all([late.end(), hotshift.end()]);
    expect(await replicationTo(pair.server(A), B)).toMatchObject({ state: 'streaming' });
  });

  test('a black-holed link: the standby stays behind, its row goes away, and it catches up when the link heals', async () => {
    const { pair, network, A, B } = twin;
    const before = await countRows(pair, B);
    await network.setPath(A, B, { mode: 'black-hole' });
    await insertRows(pair, A, 200);
    await eventually('no row in pg_stat_replication', async () => (await replicationTo(pair.server(A), B)) === undefined);
    expect(await countRows(pair, B)).toBe(before);
    await network.setPath(A, B, { mode: 'open' });
    await eventually('200 more rows on B', async () => (await countRows(pair, B)) === before + 200, 40_000);
  });
});

describe('after the primary was killed', () => {
  beforeAll(async () => { twin = await testPair(); });
  afterAll(async () => { await twin.close(); });

  test('a standby proves nothing before it is promoted, and commits afterwards', async () => {
    const { pair, A, B } = twin;
    await insertRows(pair, A, 100);
    await eventually('100 rows on B', async () => (await countRows(pair, B)) === 100);
    await expect(prove(pair.server(B))).rejects.toThrow(`PostgreSQL of ${B} is still in recovery`);
    await pair.server(A).kill();
    const proof = await pair.promote(B);
    expect(proof).toMatchObject({ inRecovery: false, timeline: 2 });
    await insertRows(pair, B, 1);
    // Repeated, it only proves again.
    expect((await pair.promote(B)).timeline).toBe(2);
  });

  test('an old primary that has all of the old timeline rejoins with its own data', async () => {
    const { pair, A, B } = twin;
    expect(await pair.rejoin(B)).toBe(true);
    await eventually('101 rows on A', async () => (await countRows(pair, A)) === 101);
    await expect(insertRows(pair, A, 1)).rejects.toMatchObject({ code: '25006' });
  });

  test('the way back: the other one is promoted, and what the writer wrote alone is lost', async () => {
    const { pair, network, A, B } = twin;
    await network.setPath(B, A, { mode: 'black-hole' });
    await insertRows(pair, B, 500);
    await pair.server(B).kill();
    // The whole place dies: what its kernel still had to send is lost. Of a killed process alone it would arrive.
    await network.dead(B);
    await network.setPath(B, A, { mode: 'open' });
    await network.revive(B);
    expect((await pair.promote(A)).timeline).toBe(3);
    expect(await countRows(pair, A)).toBe(101);
    await insertRows(pair, A, 1);
  });

  test('a diverged old primary runs and answers, but does not count as rejoined', async () => {
    const { pair, A, B } = twin;
    expect(await pair.rejoin(A, 3000)).toBe(false);
    expect(pair.server(B).isRunning).toBe(true);
    expect(await countRows(pair, B)).toBe(601);
    expect(pair.server(B).logs.join('\n')).toMatch(/forked off|is not in this server's history/);
  });

  test('reseeded, it follows with the new data', async () => {
    const { pair, A, B } = twin;
    await pair.reseed(A);
    await eventually('102 rows on B', async () => (await countRows(pair, B)) === 102);
    await insertRows(pair, A, 10);
    await eventually('112 rows on B', async () => (await countRows(pair, B)) === 112);
  });

  test('reseeding while the primary is written to gives a consistent copy', async () => {
    const { pair, A, B } = twin;
    let writing = true;
    const writer = (async () => {
      let count = 0;
      for (; writing; count += 20) await insertRows(pair, A, 20);
      return count;
    })();
    await pair.reseed(A);
    writing = false;
    const written = await writer;
    expect(written).toBeGreaterThan(0);
    await eventually('all rows on B', async () => (await countRows(pair, B)) === 112 + written);
  });
});

test('with a synchronous standby a commit waits while it is cut off', async () => {
  twin = await testPair({ synchronous_standby_names: '*' });
  try {
    const { pair, network, A, B } = twin;
    await insertRows(pair, A, 1);
    await network.setPath(B, A, { mode: 'black-hole' });
    let done = false;
    const write = insertRows(pair, A, 1).then(() => { done = true; });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(done).toBe(false);
    await network.setPath(B, A, { mode: 'open' });
    await write;
  } finally {
    await twin.close();
  }
});
