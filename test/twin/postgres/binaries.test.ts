// The programs from npm as they come without install scripts: links are made, and a copy where another account cannot reach them.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closedAncestor } from '../../../twin/postgres/account.ts';
import { linkLibraries, reachable } from '../../../twin/postgres/binaries.ts';
import { remove, runDirectory } from './twins.ts';

let directory: string;
beforeEach(() => { directory = runDirectory(); });
afterEach(() => remove(directory));

test('missing library links are made, present ones are kept', () => {
  const native = join(directory, 'native');
  mkdirSync(join(native, 'lib'), { recursive: true });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), '');
  symlinkSync('mine', join(native, 'lib', 'libpq.so'));
  const entry = (target: string) => ({ source: 'native/lib/libpq.so.5.18', target: `native/lib/${target}` });
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([entry('libpq.so'), entry('libpq.so.5')]));
  linkLibraries(native);
  linkLibraries(native);
  expect(readlinkSync(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  expect(readlinkSync(join(native, 'lib', 'libpq.so'))).toBe('mine');
  expect(lstatSync(join(native, 'lib', 'libpq.so.5')).isSymbolicLink()).toBe(true);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot('programs below a folder that PostgreSQL\'s account cannot pass are copied once to where it can; a copy of others is not trusted', () => {
  const native = join(directory, 'closed', 'package', 'native');
  mkdirSync(join(native, 'bin'), { recursive: true });
  mkdirSync(join(native, 'lib'));
  writeFileSync(join(native, 'bin', 'postgres'), 'a program');
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), '');
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]));
  const version = `test-${process.pid}`;
  writeFileSync(join(native, '..', 'package.json'), JSON.stringify({ version }));
  const home = join(tmpdir(), `hotshift-postgres-${version}-0`);
  try {
    expect(reachable(native)).toBe(native);
    chmodSync(join(directory, 'closed'), 0o700);
    const copy = reachable(native);
    expect(copy).toBe(join(home, 'native'));
    expect(closedAncestor(join(copy, 'bin', 'postgres'))).toBeUndefined();
    expect(readFileSync(join(copy, 'bin', 'postgres'), 'utf8')).toBe('a program');
    expect(readlinkSync(join(copy, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    expect(reachable(native)).toBe(copy);
    chmodSync(home, 0o777);
    expect(() => reachable(native)).toThrow(/others may write to it/);
  } finally {
    remove(home);
  }
});
