// Warming: a few at a time, on the survivor, and a path that fails is counted and told.
import { expect, test } from '@jest/globals';
import { warm } from '../../../functions/warm/warm.ts';
import { failover, Memory, plan, survivor } from '../ports.ts';

test('all paths of the survivor, never more at once than allowed', async () => {
  const paths = Array.from({ length: 11 }, (_, index) => `/page/${index}`);
  const memory = new Memory({ ...plan, warm: { ...plan.warm, paths } });
  const urls: string[] = [];
  const busy = { now: 0, most: 0 };
  const fetch = async (url: string): Promise<number> => {
    urls.push(url);
    busy.most = Math.max(busy.most, (busy.now += 1));
    await new Promise((resolve) => setImmediate(resolve));
    busy.now -= 1;
    return 200;
  };
  const ports = memory.ports();
  expect(await warm({ ...ports, prober: { ...ports.prober, fetch } }, memory.plan)({ failover, epoch: 1 })).toEqual({ fetched: 11, failed: 0 });
  expect(urls).toEqual(paths.map((path) => new URL(path, plan.probeUrls[survivor]).href));
  expect(busy.most).toBe(plan.warm.concurrency);
});

test.each([[200, 0], [399, 0], [400, 2], [503, 2], [199, 2], [0, 2]])('status %i', async (status, failed) => {
  const memory = new Memory();
  memory.statusOf = () => status;
  expect(await warm(memory.ports(), plan)({ failover, epoch: 1 })).toEqual({ fetched: 2 - failed, failed });
  if (failed > 0) expect(memory.journal[0]!.summary).toContain(`statuses ${status}, ${status}`);
});
