// docs/fidelity.md tells every known difference in the words of differences.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MOTO } from './differences.ts';

const rows = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'fidelity.md'), 'utf8').split('\n');

test('the table of moto has each difference, and no other', () => {
  const told = rows.filter((row) => row.includes('| moto ')).filter((row) => !row.startsWith('| case'));
  expect(told).toEqual(MOTO.map(({ case: title, aws, here }) => `| ${title} | ${aws} | ${here} |`));
});
