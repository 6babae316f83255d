// Warming: on the survivor, at a pace that it bears; a path that fails is counted and told, and the application hears of the epoch.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import { replacing, textOf } from '../../../functions/warm/notice.ts';
import { FIRST, nextPace, type Pace } from '../../../functions/warm/pace.ts';
import { warm } from '../../../functions/warm/warm.ts';
import { failover, home, Memory, plan, survivor } from '../ports.ts';

const withPaths = (count: number): ApplicationPlan => ({ ...plan, warm: { ...plan.warm, paths: Array.from({ length: count }, (_, index) => `/page/${index}`) } });

test('all paths of the survivor: one at first, then more, never more at once than allowed', async () => {
  const memory = new Memory(withPaths(11));
  const urls: string[] = [];
  const busy = { now: 0, most: 0 };
  const atOnce: number[] = [];
  const fetch = async (url: string): Promise<number> => {
    urls.push(url);
    busy.most = Math.max(busy.most, (busy.now += 1));
    await new Promise((resolve) => setImmediate(resolve));
    atOnce.push(busy.now);
    busy.now -= 1;
    return 200;
  };
  const ports = memory.ports();
  expect(await warm({ ...ports, prober: { ...ports.prober, fetch } }, memory.plan)({ failover, epoch: 1 })).toEqual({ fetched: 11, failed: 0 });
  expect(urls).toEqual(memory.plan.warm.paths.map((path) => new URL(path, plan.probeUrls[survivor]).href));
  expect([atOnce[0], busy.most]).toEqual([1, plan.warm.concurrency]);
});

test.each([[200, 0], [399, 0], [400, 2], [503, 2], [199, 2], [0, 2]])('status %i', async (status, failed) => {
  const memory = new Memory();
  memory.statusOf = () => status;
  expect(await warm(memory.ports(), plan)({ failover, epoch: 1 })).toEqual({ fetched: 2 - failed, failed });
  if (failed > 0) expect(memory.journal[0]!.summary).toContain(`statuses ${status}, ${status}`);
});

test('a survivor that answers nothing well is let alone after three turns, and one that is slow when time is up', async () => {
  const sick = new Memory(withPaths(50));
  sick.statusOf = () => 503;
  expect(await warm(sick.ports(), sick.plan)({ failover, epoch: 1 })).toEqual({ fetched: 0, failed: 3 });
  expect(sick.journal[0]!.summary).toContain('47 were not tried');
  const slow = new Memory(withPaths(50));
  slow.statusOf = () => { slow.now += 15_000; return 200; };
  expect(await warm(slow.ports(), slow.plan)({ failover, epoch: 1 })).toMatchObject({ failed: 0 });
  expect(slow.journal[0]!.summary).toContain('were not tried');
});

test('the pace: never above the most, never zero, halved by a bad turn, and every sequence of bad turns ends', () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (goods, most) => {
    let pace: Pace | undefined = FIRST;
    for (const good of goods) {
      if (pace === undefined) break;
      const before: Pace = pace;
      pace = nextPace(before, Array.from({ length: before.atOnce }, () => (good ? 200 : 503)), most);
      if (pace !== undefined) {
        expect(pace.atOnce).toBeGreaterThanOrEqual(1);
        expect(pace.atOnce).toBeLessThanOrEqual(most);
        if (!good) expect(pace.atOnce).toBeLessThanOrEqual(Math.max(1, before.atOnce / 2));
      }
    }
  }));
  expect(nextPace({ atOnce: 4, badTurns: 2 }, [503, 503], 8)).toBeUndefined();
  expect(nextPace({ atOnce: 4, badTurns: 2 }, [200, 503], 8)).toEqual({ atOnce: 2, badTurns: 0 });
});

describe('the application hears of the epoch', () => {
  const topicArns = { [home]: `arn:aws:sns:${home}:111122223333:app`, [survivor]: `arn:aws:sns:${survivor}:111122223333:app` };
  const heard: ApplicationPlan = { ...plan, sessions: { signingKeySecretIds: [], parameterName: '/shop/epoch', topicArns } };
  const notice = { application: plan.application, epoch: 1, writer: survivor, pins: { [home]: survivor } };

  test('in the survivor alone: pins lead there, and the topic tells', async () => {
    const memory = new Memory(heard).held(1);
    expect(await warm(memory.ports(), heard)({ failover, epoch: 1 })).not.toHaveProperty('remark');
    expect([...memory.notices]).toEqual([[survivor, textOf(notice)]]);
    expect(memory.noticed).toEqual([{ region: survivor, notice }]);
  });
  test('after a failback in both, and nobody is pinned elsewhere', async () => {
    const memory = new Memory(heard).held(1);
    memory.lease = { ...memory.lease, failback: true };
    await warm(memory.ports(), heard)({ failover: { ...failover, mode: 'failback', evacuated: survivor }, epoch: 1 });
    const back = textOf({ ...notice, writer: home, pins: {} });
    expect(Object.fromEntries(memory.notices)).toEqual({ [home]: back, [survivor]: back });
    expect(memory.noticed).toHaveLength(2);
  });
  test('a topic that is gone is told, and the rest is done', async () => {
    const memory = new Memory(heard).held(1);
    const ports = memory.ports();
    const sessions = { ...ports.sessions, tell: async () => Promise.reject(new Error('NotFound')) };
    expect(await warm({ ...ports, sessions }, heard)({ failover, epoch: 1 })).toEqual({ fetched: 2, failed: 0, remark: 'NotFound' });
    expect(memory.notices.size).toBe(1);
  });
  test('an execution that lost the lease changes nothing', async () => {
    const memory = new Memory(heard).held(2, 'run-2');
    await expect(warm(memory.ports(), heard)({ failover, epoch: 1 })).rejects.toThrow(/epoch/);
    expect([memory.notices.size, memory.noticed.length]).toEqual([0, 0]);
  });
  test.each<[string, string | undefined, string]>([
    ['nothing stands', undefined, 'write'], ['the same stands', textOf(notice), 'stands already'], ['an older one stands', textOf({ ...notice, epoch: 0 }), 'write'],
    ['a newer one stands', textOf({ ...notice, epoch: 2 }), 'a newer one stands'], ['another of the same epoch', textOf({ ...notice, pins: {} }), 'write'], ['garbage', '<html>', 'write'], ['another form', '{"epoch":"9"}', 'write'],
  ])('%s', (_, stored, expected) => expect(replacing(stored, notice)).toBe(expected));
});
