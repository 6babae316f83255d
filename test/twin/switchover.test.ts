// Both ways of the writer as a person drills them: the deployed workflow moves a real PostgreSQL writer under load to the other region,
// makes the old one its replica, and the next drill brings it home. What counts is read from the engines and from the load's ledger.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problemsOf } from '../../functions/archive/evidence.ts';
import type { SwitchoverResult } from '../../twin/switchover-run.ts';
import { hotshift, resultIn, runDirectory } from './command-line.ts';

/** Never judged by its time: some 100 s alone, several times that beside other work. */
const RUN_MS_MAX = 900_000;
let directory = '';
beforeAll(() => { directory = runDirectory(); });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the writer goes to the other region and comes home, and no acknowledged write is lost', async () => {
  // Slow probes: a machine that is busy with other tests is not to look like a sick region. Short steps, so that the run is.
  const { code, stdout, stderr } = await hotshift(directory, ['twin', 'run', '--drill', 'switchover', '--json', '--probe-interval', '8', '--probe-timeout', '7.5', '--permit-ttl', '12', '--rate', '40', '--hold', '2', '--step', '1', '--patience', '300', '--after', '1', '--directory', directory, '--report', join(directory, 'out')]);
  const result = resultIn(stdout, stderr.slice(-3000)) as unknown as SwitchoverResult;
  expect({ outcome: result.outcome, reason: result.reason, missing: result.rights.filter(({ allowed }) => !allowed) })
    .toEqual({ outcome: 'Drill passed', reason: expect.stringContaining('the writer is in us-east-1'), missing: [] });
  expect(result.writers).toEqual([['us-east-1'], ['us-west-2'], ['us-east-1']]);
  expect({ lost: result.lostAckedWrites, whole: result.whole }).toEqual({ lost: 0, whole: true });
  expect(result.acknowledgedInHold).toBeGreaterThan(0);
  expect(result.acknowledgedWrites).toBeGreaterThan(result.acknowledgedInHold);
  expect(result.shareError).toBeLessThanOrEqual(0.1);
  expect(code).toBe(0);
  for (const { files } of result.moves) {
    const [record = '', page = ''] = files.map((file) => readFileSync(file, 'utf8'));
    expect(problemsOf(record)).toEqual([]);
    expect(problemsOf(record.replace('Drill passed', 'Drill passes'))).not.toEqual([]);
    expect(page).toContain('Drill passed');
  }
}, RUN_MS_MAX);
