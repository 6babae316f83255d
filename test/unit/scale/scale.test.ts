// Room for both regions' load: counted from the baseline, so that scaling twice is scaling once; never fewer than there are.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CapacityFacts, CapacityPlan, ServiceCapacity } from '../../../domain/capacity.ts';
import { RefusedByAwsError, TryAgainError } from '../../../domain/errors.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import type { Capacity } from '../../../domain/ports.ts';
import { room } from '../../../functions/scale/room.ts';
import { scale } from '../../../functions/scale/scale.ts';
import { returning, shortOf, sizing } from '../../../functions/scale/sizing.ts';
import { failover, Memory, plan, survivor } from '../ports.ts';

const capacity = plan.capacity[0]! as ServiceCapacity;
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

describe('of every kind', () => {
  const bounds = { name: 'fleet', factor: 2, desiredMax: 40 };
  const kinds: readonly CapacityPlan[] = [
    { ...bounds, kind: 'ecs', services: { [survivor]: { cluster: 'c', service: 's', baseline: 10 } } },
    { ...bounds, kind: 'auto-scaling-group', groups: { [survivor]: { group: 'g', baseline: 10 } } },
    { ...bounds, kind: 'lambda-concurrency', functions: { [survivor]: { function: 'f', qualifier: 'live', baseline: 10 } } },
    { ...bounds, kind: 'scaling-minimum', targets: { [survivor]: { namespace: 'ecs', resource: 'r', dimension: 'd', baseline: 10 } } },
  ];
  test.each(kinds)('$kind is doubled from its baseline, and its own maximum is obeyed', (one) => {
    expect(sizing(one, survivor, { desired: 10, running: 10 })).toMatchObject({ from: 10, to: 20 });
    expect(sizing(one, survivor, { desired: 10, running: 10, most: 15 })).toEqual({ from: 10, to: 15, reason: '10 x 2 would be 20, its own maximum is 15' });
    expect(sizing(one, survivor, { desired: 10, running: 12, most: 5 }).to).toBe(12);
  });
  test.each(kinds)('$kind: what the maximum cut off comes back as well', (one) => {
    expect(returning({ from: 10, to: 20, reason: '' }, { desired: 15, most: 15 })).toMatchObject({ to: 10 });
    expect(returning({ from: 10, to: 20, reason: '' }, { desired: 14, most: 15 })).toMatchObject({ to: 14 });
    expect(shortOf(one, survivor, { desired: 20, running: 20 })).toBeUndefined();
    expect(shortOf(one, survivor, { desired: 20, running: 12, shortage: 'no m7g.large left' })).toBe('fleet runs 12 of 20 (no m7g.large left)');
    expect(shortOf(one, 'eu-north-1', { desired: 20, running: 12 })).toBeUndefined();
  });
});

describe('what cannot be had', () => {
  const two: ApplicationPlan = { ...plan, capacity: [{ ...capacity, name: 'first' }, { ...capacity, name: 'second' }] };
  const world = (change: Partial<Capacity>) => {
    const memory = new Memory(two).held(1);
    return { memory, ports: { ...memory.ports(), capacity: { ...memory.ports().capacity, ...change } } };
  };
  const refusing = (error: Error, facts?: CapacityFacts): Partial<Capacity> => ({
    ...(facts === undefined ? {} : { read: async () => facts }),
    setDesired: async ({ name }) => { if (name === 'first') throw error; },
  });

  test('a quota of one is told, and the other is scaled all the same', async () => {
    const { memory, ports } = world({});
    const { setDesired } = ports.capacity;
    const capacityPort: Capacity = { ...ports.capacity, setDesired: async (one, region, desired) => (one.name === 'first' ? Promise.reject(new RefusedByAwsError('LimitExceededException: no more')) : setDesired(one, region, desired)) };
    const found = await scale({ ...ports, capacity: capacityPort }, two)({ failover, epoch: 1 });
    expect(found).toMatchObject({ scaled: [{ name: 'second', to: 20 }], shortage: 'first was not scaled: LimitExceededException: no more' });
    expect(memory.desired.get(`second#${survivor}`)).toBe(20);
    expect(memory.journal.at(-1)?.summary).toContain('no more');
  });
  test('what may pass by itself fails the step, so that it is repeated', async () => {
    await expect(scale(world(refusing(new TryAgainError('throttled'))).ports, two)({ failover, epoch: 1 })).rejects.toThrow('throttled');
  });
  test('a planned move does not go on without its room', async () => {
    const drilling = { ...failover, mode: 'drill' as const };
    const { memory, ports } = world(refusing(new RefusedByAwsError('LimitExceededException')));
    memory.lease = { ...memory.lease, drill: true };
    await expect(scale(ports, two)({ failover: drilling, epoch: 1 })).rejects.toThrow('LimitExceededException');
  });
  test('in the end it is counted, and what is missing pages', async () => {
    const short = world({ read: async ({ name }) => (name === 'first' ? { desired: 20, running: 7, shortage: 'InsufficientInstanceCapacity' } : Promise.reject(new Error('no answer'))) });
    expect(await room(short.ports, two)({ failover, epoch: 1 })).toEqual({ scaled: [], shortage: 'first runs 7 of 20 (InsufficientInstanceCapacity); second could not be counted: no answer' });
    expect(short.memory.journal.at(-1)).toMatchObject({ kind: 'page', step: 'Scale check' });
    expect(await room(world({ read: async () => ({ desired: 20, running: 20 }) }).ports, two)({ failover, epoch: 1 })).toEqual({ scaled: [] });
  });
});
