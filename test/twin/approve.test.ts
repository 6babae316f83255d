// Two people must agree, in Slack: the built `hear`, real signatures, real buttons. What is forged, old, changed, copied or foreign comes to
// nothing; after both have pressed, the failover goes on, and its card says who decided.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { broken, runDirectory, twinRun, UNHURRIED } from './command-line.ts';

const RUN_MS_MAX = 400_000;
let directory = '';
beforeAll(() => { directory = runDirectory(); });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('approval required, buttons pressed, the failover goes on', async () => {
  const { code, result, progress } = await twinRun(directory, 'region-crash', ...UNHURRIED, '--approve');
  const pressed = [...progress.matchAll(/slack: (.*): (\d+)$/gm)].map(([, what, status]) => [what, Number(status)]);
  expect(pressed).toEqual([
    ['forged with another secret', 401], ['an old one', 401], ['changed after it was signed', 401], ['somebody who may not', 200],
    ['ana approves', 200], ["a copy of ana's", 409], ['ana presses again', 200], ['ben approves', 200],
  ]);
  expect(broken(result)).toEqual([]);
  expect(result).toMatchObject({ outcome: 'Failed over' });
  expect(code).toBe(0);
  // In the order of the journal: one yes decides nothing, and nothing is fenced before both have agreed.
  expect(progress).toMatch(/Approve failover[\s\S]*approve by ana, and another person must agree \(Slack\)[\s\S]*approve by ana and ben \(Slack\)[\s\S]*Fence writer/);
  expect(progress.slice(0, progress.indexOf('approve by ana and ben'))).not.toMatch(/Fence writer|Promote replica/);
}, RUN_MS_MAX);
