// The fence for real: an old region that comes back after it was left, with clients that never heard of it. What its database took is
// counted as its rows. Each way back once, and once without the agent that closes it: then the same checks must fail.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClientFigures } from '../../twin/old-writer.ts';
import { ANY_LOSS, broken, runDirectory, twinRun } from './command-line.ts';

const RUN_MS_MAX = 360_000;
let directory = '';
beforeAll(() => { directory = runDirectory(); });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const of = (clients: readonly ClientFigures[], kind: ClientFigures['kind']): ClientFigures | undefined => clients.find((entry) => entry.kind === kind);

describe('the old region closes its own database when it comes back', () => {
  // A that returns on its old disks, one that wakes up in the middle of what it did, one that was never down, one that is still cut off from B.
  const all = [['region-return', 'restarts'], ['partition-crash', 'restarts'], ['region-hang', 'wakes'], ['region-isolated', 'heals']] as const;
  // Minutes each: two here, all with HOTSHIFT_EXHAUSTIVE=1.
  test.each(process.env['HOTSHIFT_EXHAUSTIVE'] === '1' ? all : all.slice(0, 2))('%s', async (fault, how) => {
    const { code, result, progress, report } = await twinRun(directory, fault, ...ANY_LOSS);
    const { oldWriter } = result;
    expect({ code, outcome: result.outcome, outside: result.lostOutsideWindow, broken: broken(result), writers: oldWriter.writersSeen }).toEqual({ code: 0, outcome: 'Failed over', outside: 0, broken: [], writers: 1 });
    expect(progress).toMatch(/Enforce fence in us-east-1 +orders: security group closed, \d+ sessions ended/);
    expect(oldWriter.returned?.how).toBe(how);
    expect(oldWriter.fence?.secondsAfterReturn).toBeGreaterThan(0);
    // All of them tried until the end, and none was taken after its region had said that it is closed.
    expect(oldWriter.clients.map(({ kind, attempted, acceptedAfterFence }) => [kind, attempted > 0, acceptedAfterFence])).toEqual(['application', 'guarded', 'pool', 'session', 'direct'].map((kind) => [kind, true, 0]));
    expect([of(oldWriter.clients, 'application')?.accepted, of(oldWriter.clients, 'guarded')?.accepted]).toEqual([0, 0]);
    // What was cut off for seconds before the crash is really lost, and really counted.
    if (fault === 'partition-crash') expect(result.lostAckedWrites).toBeGreaterThan(0);
    expect(report).toContain('The old writer');
  }, RUN_MS_MAX);
});

test('without the agent a client that ignores permits goes on writing, and the run says so; who keeps to permits is stopped all the same', async () => {
  const { code, result } = await twinRun(directory, 'region-hang', '--without-agent', ...ANY_LOSS);
  expect({ code, outcome: result.outcome, broken: broken(result), fence: result.oldWriter.fence }).toEqual({ code: 1, outcome: 'Failed over', broken: ['I1 the old region closes its own database'], fence: null });
  expect(of(result.oldWriter.clients, 'direct')?.accepted).toBeGreaterThan(0);
  expect([of(result.oldWriter.clients, 'application')?.accepted, of(result.oldWriter.clients, 'guarded')?.accepted]).toEqual([0, 0]);
}, RUN_MS_MAX);
