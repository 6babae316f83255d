// Room for both regions' load: counted from the baseline, so that scaling twice is scaling once; never fewer than there are.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scale } from '../../../functions/scale/scale.ts';
import { sizing } from '../../../functions/scale/sizing.ts';
import { failover, Memory, plan, survivor } from '../ports.ts';

const capacity = plan.capacity[0]!;
const size = (desired: number, running = desired, change: Partial<typeof capacity> = {}) => sizing({ ...capacity, ...change }, survivor, { desired, running });

test.each<[string, number, number, Partial<typeof capacity>, number]>([
  ['from the baseline', 10, 10, {}, 20],
  ['twice is once', 20, 20, {}, 20],
  ['half of it was there', 15, 15, {}, 20],
  ['more than enough: never fewer', 30, 30, {}, 30],
  ['more run than are wanted: never fewer', 10, 25, {}, 25],
  ['no more than the most', 10, 10, { desiredMax: 12 }, 12],
  ['the most is below what runs', 10, 10, { desiredMax: 4 }, 10],
  ['rounded up', 10, 10, { factor: 1.51 }, 16],
  ['no service of that region in the plan', 3, 3, { services: {} }, 6],
])('%s', (_, desired, running, change, to) => {
  expect(size(desired, running, change).to).toBe(to);
});

test('never fewer than now, within the most unless more run already, and stable', () => {
  fc.assert(fc.property(fc.nat(60), fc.nat(60), fc.double({ min: 1, max: 4, noNaN: true }), fc.integer({ min: 1, max: 80 }), (desired, running, factor, desiredMax) => {
    const { to } = size(desired, running, { factor, desiredMax });
    expect(to).toBeGreaterThanOrEqual(Math.max(desired, running));
    expect(to).toBeLessThanOrEqual(Math.max(desired, running, desiredMax));
    expect(size(to, to, { factor, desiredMax }).to).toBe(to);
  }));
});

test('a lease that was lost scales nothing', async () => {
  const memory = new Memory().held(2, 'run-2');
  await expect(scale(memory.ports(), plan)({ failover, epoch: 1 })).rejects.toThrow(/epoch/);
  expect(memory.desired.get(`${capacity.name}#${survivor}`)).toBe(10);
});
