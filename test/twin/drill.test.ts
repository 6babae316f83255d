// A whole drill as a person starts it: the deployed workflow moves real clients out and back, with more load in between.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problemsOf } from '../../functions/archive/evidence.ts';
import type { DrillResult } from '../../twin/drill-run.ts';
import { hotshift, resultIn, runDirectory } from './command-line.ts';

const RUN_MS_MAX = 300_000;
let directory = '';
beforeAll(() => { directory = runDirectory(); });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('all users to one region under more load, and back to a half each', async () => {
  // Slow probes: a machine that is busy with other tests is not to look like a sick region.
  const { code, stdout, stderr } = await hotshift(directory, ['twin', 'run', '--drill', 'traffic', '--json', '--probe-interval', '8', '--probe-timeout', '7.5', '--rate', '40', '--directory', directory, '--report', join(directory, 'out')]);
  const result = resultIn(stdout, stderr.slice(-3000)) as unknown as DrillResult;
  expect(result.shareError).toBeLessThanOrEqual(0.1);
  expect({ code, outcome: result.outcome, missing: result.rights.filter(({ allowed }) => !allowed) }).toEqual({ code: 0, outcome: 'Drill passed', missing: [] });
  expect(result.shareInHold).toBe(0);
  expect(result.loadRequests).toBeGreaterThan(0);
  const [record = '', page = ''] = result.files.map((file) => readFileSync(file, 'utf8'));
  expect(problemsOf(record)).toEqual([]);
  expect(page).toContain('Drill passed');
  // The end itself has started the function that keeps the record, with what the workflow's own history says of its cost.
  expect(problemsOf(result.record)).toEqual([]);
  expect(JSON.parse(result.record)).toMatchObject({ kind: 'drill', outcome: 'Drill passed', counts: true, previous: '', cost: { lines: expect.arrayContaining([expect.objectContaining({ item: 'state transitions', basis: 'measured' })]) } });
}, RUN_MS_MAX);
