// Evacuations of a small fleet: the deployed machine and the production step start the same failovers that alarms start. Whatever is
// wrong with one application stays its own, and is named.
import { expect, test } from '@jest/globals';
import { endOf, evacuate } from '../../simulator/evacuation.ts';
import { Fleet } from '../../simulator/fleet.ts';
import { simulatedPlan } from '../../simulator/plan.ts';
import type { World } from '../../simulator/world.ts';

const plan = simulatedPlan();
const [home, standby] = plan.regions;

/** Applications `app-0` on; the events of vantage points are lost, so that only the evacuation starts anything. */
function fleetOf(size: number, change: (world: World, index: number) => void = () => undefined): Fleet {
  const plans = Array.from({ length: size }, (_, index) => ({ ...plan, application: `app-${index}`, priority: size - index }));
  const fleet = new Fleet({ seed: 7, plans });
  [...fleet.members.values()].forEach(({ world }, index) => {
    world.bus.lostChance = 1;
    change(world, index);
  });
  return fleet;
}

interface Told { readonly outcome: string; readonly reason: string; readonly seconds: number }
async function evacuated(fleet: Fleet, name = 'out-of-it'): Promise<Told> {
  let told: Told | undefined;
  const begunAt = fleet.clock.now();
  void evacuate({ fleet, region: home, name }).result.then((result) => {
    told = { ...endOf(result), seconds: (fleet.clock.now() - begunAt) / 1000 };
    fleet.clock.touched();
  });
  await fleet.run(20_000, () => told !== undefined);
  if (told === undefined) throw new Error('the evacuation has not ended');
  return told;
}

const runs = (fleet: Fleet): readonly (readonly [string, string | undefined])[] => [...fleet.members.values()].flatMap(({ world }) => [...world.executions.runs.values()].map((run) => [run.name, run.outcome] as const));
const writers = (fleet: Fleet): readonly string[] => [...fleet.members.values()].map(({ world }) => [...world.table.permits.values()].map((permit) => (permit.withdrawn ? 'nobody' : permit.writer)).join());

test('every application of the region is failed over, each by its own execution', async () => {
  const fleet = fleetOf(4);
  await fleet.run(25);
  expect(await evacuated(fleet)).toMatchObject({ outcome: 'Evacuated' });
  expect(runs(fleet)).toEqual([0, 1, 2, 3].map((index) => [`app-${index}-out-of-it`, 'Failed over']));
  expect(writers(fleet)).toEqual([standby, standby, standby, standby]);
}, 60_000);

test('one that was failed over before stays, and is nothing to look at', async () => {
  const fleet = fleetOf(2, (world, index) => { if (index === 1) world.bus.lostChance = 0; });
  await fleet.run(150);
  expect(runs(fleet).map(([, outcome]) => outcome)).toContain('Failed over');
  const before = runs(fleet).length;
  expect(await evacuated(fleet)).toMatchObject({ outcome: 'Evacuated' });
  expect(runs(fleet).filter(([name]) => name.endsWith('out-of-it'))).toEqual([['app-0-out-of-it', 'Failed over']]);
  expect(runs(fleet).length).toBeGreaterThan(before);
}, 60_000);

test('one that is paused is not touched, and handed to a human by name', async () => {
  const fleet = fleetOf(3);
  await fleet.run(25);
  const { table } = fleet.member('app-1').world;
  table.lease = { ...table.lease, pausedUntil: fleet.clock.now() + 7_200_000, pausedBy: 'ben' };
  const told = await evacuated(fleet);
  expect(told).toMatchObject({ outcome: 'Handed to a human' });
  expect(told.reason).toMatch(/2 are out; app-1: left where it is: paused until .* by ben/);
  expect(runs(fleet).map(([name]) => name)).toEqual(['app-0-out-of-it', 'app-2-out-of-it']);
  expect(writers(fleet)).toEqual([standby, home, standby]);
}, 60_000);

test('one that is stuck holds up no other', async () => {
  const fleet = fleetOf(3, (world, index) => { if (index === 0) world.pairs.forEach(({ name }) => world.rds.stalled.add(name)); });
  await fleet.run(25);
  const told = await evacuated(fleet);
  expect(told).toMatchObject({ outcome: 'Handed to a human' });
  expect(told.reason).toMatch(/^Muster outcomes: 2 are out; app-0: Handed to a human: orders: not writable after 240 s/);
  expect(runs(fleet).map(([, outcome]) => outcome)).toEqual(['Handed to a human', 'Failed over', 'Failed over']);
}, 60_000);

test('a region that is well is not left by anybody', async () => {
  const fleet = fleetOf(2);
  for (const { world } of fleet.members.values()) world.places.kill = () => undefined;
  await fleet.run(25);
  const told = await evacuated(fleet);
  expect(told).toMatchObject({ outcome: 'Handed to a human' });
  expect(told.reason).toMatch(/app-1: Stood down: .*app-0: Stood down: /);
  expect(writers(fleet)).toEqual([home, home]);
}, 60_000);

test('an account that is nearly used up makes it slow, not wrong', async () => {
  const fleet = fleetOf(6);
  fleet.budgets.limit('database', 8, 2);
  await fleet.run(25);
  expect(await evacuated(fleet)).toMatchObject({ outcome: 'Evacuated' });
  expect(fleet.budgets.throttled.get('database') ?? 0).toBeGreaterThan(0);
}, 60_000);

test('the same evacuation twice starts nothing twice, and another one joins', async () => {
  const fleet = fleetOf(2);
  await fleet.run(25);
  void evacuate({ fleet, region: home, name: 'out-of-it' });
  expect(await evacuated(fleet)).toMatchObject({ outcome: 'Evacuated' });
  expect(runs(fleet)).toHaveLength(2);
  // All are out and not acknowledged: nobody is to be moved again.
  expect(await evacuated(fleet, 'again')).toMatchObject({ outcome: 'Evacuated', seconds: expect.any(Number) });
  expect(runs(fleet)).toHaveLength(2);
}, 60_000);
