// Drills: turns and freezes, gates and guards, the lease that yields and is never a failover's, and what is given back.
import { describe, expect, test } from '@jest/globals';
import { authority } from '../../domain/authority.ts';
import { lastGood, type DrillPlan, type DrillRecord } from '../../domain/drill.ts';
import { LeaseLostError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import type { Lease } from '../../domain/lease.ts';
import { fenceInput, promoteInput, verifyInput } from '../../events/contracts.ts';
import { drillInput } from '../../events/contracts-drill.ts';
import { claimable } from '../../functions/claim/claimable.ts';
import { tripped, unfit } from '../../functions/hold/guards.ts';
import { direction, frozen } from '../../functions/prepare/direction.ts';
import { gatesOf, type Found } from '../../functions/prepare/gates.ts';
import { scale, scaleBack } from '../../functions/scale/scale.ts';
import { ending, released } from '../../functions/settle/ending.ts';
import { shiftReads } from '../../functions/shift/shift-reads.ts';
import { failover, home, Memory, plan, seen, start, survivor, witness } from './ports.ts';

const drill: Failover = { ...failover, execution: 'drill-1', mode: 'drill' };
const free: Lease = { application: 'shop', epoch: 4, expiresAt: 0, acknowledgementDue: false };
const held: Lease = { ...free, epoch: 5, holder: 'drill-1', expiresAt: start + 100_000, drill: true, evacuated: home };
const record = (evacuated: string, at: number, more: Partial<DrillRecord> = {}): DrillRecord =>
  ({ application: 'shop', execution: `d-${at}`, mode: 'traffic', outcome: 'Drill passed', evacuated, startedAt: at - 1, at, step: '', reason: '', heldSeconds: 60, open: false, scaled: [], ...more });

describe('turns and freezes', () => {
  test('the regions take turns, whatever came of the last one; a refused one does not count', () => {
    expect(direction(plan, [])).toBe(home);
    expect(direction(plan, [record(home, 1)])).toBe(survivor);
    expect(direction(plan, [record(home, 1), record(survivor, 2, { outcome: 'Drill stopped' }), record(survivor, 3, { outcome: 'Drill refused' })])).toBe(home);
  });
  test('only one that moved users and passed is good', () => {
    const records = [record(home, 1), record(home, 2, { mode: 'rehearsal' }), record(home, 3, { outcome: 'Drill stopped' }), record(survivor, 4)];
    expect([lastGood(records)?.at, lastGood(records, home)?.at]).toEqual([4, 1]);
  });
  test('a freeze goes by the calendar of its zone', () => {
    const drills: DrillPlan = { ...plan.drills, freeze: [{ from: '2026-12-24', to: '2026-12-26' }], schedule: { cron: 'cron(0 10 ? * 3#1 *)', timeZone: 'Asia/Tokyo' } };
    expect(frozen(drills, Date.parse('2026-12-23T14:59:00Z'))).toBeUndefined();
    expect(frozen(drills, Date.parse('2026-12-23T15:01:00Z'))).toBeDefined();
    expect(frozen(drills, Date.parse('2026-12-26T14:59:00Z'))).toBeDefined();
    expect(frozen(drills, Date.parse('2026-12-26T15:01:00Z'))).toBeUndefined();
  });
});

const well = [home, survivor, witness].flatMap((place) => [home, survivor].map((target) => seen(place, target, 'up', { latencyMs: 50 })));
describe('gates', () => {
  const found: Found = {
    lease: free, observations: well, intents: [], trafficSwitch: { application: 'shop', epoch: 0 }, weights: plan.traffic.map(({ endpoints }) => Object.fromEntries(Object.entries(endpoints).map(([region, { weight }]) => [region, weight]))),
    alarms: [], rehearsals: plan.regions.map((region) => ({ region, last: { at: start - 60_000, seen: [], told: [], critical: [] } })),
  };
  const failed = (change: Partial<Found>, mode: 'traffic' | 'return' = 'traffic') => gatesOf(mode, plan, { ...found, ...change }, start).filter(({ passed }) => !passed).map(({ gate }) => gate);
  test.each<[string, Partial<Found>, readonly string[]]>([
    ['all is well', {}, []],
    ['paused', { lease: { ...free, pausedUntil: start + 1 } }, ['lease']],
    ['cooling down', { lease: { ...free, cooldownUntil: start + 1 } }, ['lease']],
    ['not acknowledged', { lease: { ...free, acknowledgementDue: true } }, ['lease']],
    ['somebody is at work', { lease: held }, ['lease']],
    ['an alarm', { alarms: [{ name: 'a', reason: 'r' }] }, ['alarms']],
    ['a region that is slow for one', { observations: well.map((entry, index) => (index === 0 ? { ...entry, result: 'slow' as const } : entry)) }, ['regions']],
    ['nobody looked', { observations: [] }, ['regions']],
    ['a fence order', { intents: [{ application: 'shop', database: 'orders', region: home, epoch: 1, recordedAt: 1, execution: 'x' }] }, ['fence orders']],
    ['the switch', { trafficSwitch: { application: 'shop', epoch: 1, evacuated: home } }, ['records']],
    ['other weights', { weights: [{ [home]: 1, [survivor]: 99 }] }, ['records']],
    ['no rehearsal', { rehearsals: [{ region: home, last: undefined }] }, ['rehearsal']],
    ['an old rehearsal', { rehearsals: [{ region: home, last: { at: start - 5_400_001, seen: [], told: [], critical: [] } }] }, ['rehearsal']],
    ['something critical', { rehearsals: [{ region: home, last: { at: start, seen: ['x'], told: [], critical: ['x'] } }] }, ['rehearsal']],
  ])('%s', (_, change, gates) => expect(failed(change)).toEqual(gates));
  test.each([['traffic', ['freeze']], ['switchover', ['freeze']], ['rehearsal', []], ['return', []]] as const)('a freeze stops a drill of mode %s as it should', (mode, gates) => {
    const frozen = { ...plan, drills: { ...plan.drills, freeze: [{ from: '2026-11-24', to: '2026-11-24' }], schedule: { cron: 'cron(0 10 ? * 3#1 *)', switchover: 'cron(0 10 ? * 3#3 *)', timeZone: 'Europe/Berlin' } } };
    expect(gatesOf(mode, frozen, found, start).filter(({ passed }) => !passed).map(({ gate }) => gate)).toEqual(gates);
  });
  test('a return asks for the lease alone', () => expect(failed({ alarms: [{ name: 'a', reason: 'r' }], observations: [] }, 'return')).toEqual([]));
});

describe('guards', () => {
  const fail = plan.detection.failuresToSuspect;
  const change = (place: string, target: string, more: object) => well.map((entry) => (entry.vantagePoint === place && entry.target === target ? { ...entry, ...more } : entry));
  test('one failed probe is no reason, as many as a suspicion needs are, from one place alone', () => {
    expect(tripped(plan, well, [], survivor, start)).toEqual([]);
    expect(tripped(plan, change(witness, survivor, { result: 'slow', consecutiveFailures: fail - 1 }), [], survivor, start)).toEqual([]);
    expect(tripped(plan, change(witness, survivor, { result: 'slow', consecutiveFailures: fail }), [], survivor, start)).toHaveLength(1);
    expect(tripped(plan, change(witness, home, { result: 'down', consecutiveFailures: fail }), [], survivor, start)).toEqual([]);
  });
  test('silence, an alarm and lateness in a quorum of places', () => {
    expect(tripped(plan, [], [], survivor, start)).toHaveLength(1);
    expect(tripped(plan, well, [{ name: 'p99', reason: 'high' }], survivor, start)).toEqual(['alarm p99: high']);
    expect(tripped(plan, well.map((entry) => ({ ...entry, latencyMs: plan.drills.latencySeconds * 1000 + 1 })), [], survivor, start)).toHaveLength(1);
    expect(tripped(plan, change(witness, survivor, { latencyMs: 99_999 }), [], survivor, start)).toEqual([]);
  });
  test('nobody is brought back to a region that one place sees failing, or that too few see', () => {
    expect(unfit(plan, well, home, start)).toEqual([]);
    expect(unfit(plan, change(witness, home, { result: 'slow' }), home, start)).toHaveLength(1);
    expect(unfit(plan, well.filter(({ vantagePoint }) => vantagePoint === witness), home, start)).toHaveLength(1);
    expect(unfit(plan, well, home, start + 3_600_000)).toHaveLength(1);
  });
});

describe('the lease', () => {
  test.each(['automatic', 'manual'] as const)('a drill yields to a failover that is %s, which notes that it took over', (mode) => {
    const found = claimable(held, { ...failover, mode }, plan, start);
    expect(found).toMatchObject({ kind: 'grant', next: { epoch: 6, holder: 'run-1', takenOverAt: start } });
    expect(found.kind === 'grant' && found.next.drill).toBeUndefined();
  });
  test('it yields to no other drill, and takes nothing from a failover', () => {
    expect(claimable(held, { ...drill, execution: 'drill-2' }, plan, start).kind).toBe('refuse');
    expect(claimable({ ...held, holder: 'run-1', drill: false }, drill, plan, start).kind).toBe('refuse');
  });
  test.each<Partial<Lease>>([{ cooldownUntil: start + 1 }, { acknowledgementDue: true }, { pausedUntil: start + 1 }])('%j refuses a drill', (change) => {
    expect(claimable({ ...free, ...change }, drill, plan, start).kind).toBe('refuse');
  });
  test('under the lease of a drill nobody acts as a failover, and the other way round', () => {
    expect(authority(held, 'drill-1', 5, plan.lease, start, { mode: 'drill' }).kind).toBe('granted');
    expect(authority(held, 'drill-1', 5, plan.lease, start, { mode: 'automatic' }).kind).toBe('lost');
    const { drill: _drill, ...other } = held;
    expect(authority(other, 'drill-1', 5, plan.lease, start, { mode: 'drill' }).kind).toBe('lost');
  });
  test('an abort stops a drill on its way out and not on its way back; a pause stops both', () => {
    const aborted = { ...held, abortExecution: 'drill-1' };
    expect(authority(aborted, 'drill-1', 5, plan.lease, start, { mode: 'drill' }).kind).toBe('stopped');
    expect(authority(aborted, 'drill-1', 5, plan.lease, start, { mode: 'drill', returning: true }).kind).toBe('granted');
    expect(authority({ ...held, pausedUntil: start + 1 }, 'drill-1', 5, plan.lease, start, { mode: 'drill', returning: true }).kind).toBe('stopped');
  });
  test('the steps of a failover take no drill', () => {
    for (const [contract, more] of [[verifyInput, {}], [fenceInput, { epoch: 1, database: 'orders' }], [promoteInput, { epoch: 1, database: 'orders' }]] as const) {
      expect(contract.safeParse({ failover: drill, ...more }).success).toBe(false);
      expect(contract.safeParse({ failover, ...more }).success).toBe(true);
    }
  });
  test('after a take-over the moved users are looked at again until a late request of the drill would have come', async () => {
    const memory = new Memory().held();
    memory.lease = { ...memory.lease, takenOverAt: start };
    const first = await shiftReads(memory.ports(), plan)({ failover, epoch: 1 });
    expect(first.shift).toBe('waiting');
    // The drill's last request arrives late and lets users in again.
    memory.weights.set('web', { [home]: 25, [survivor]: 75 });
    memory.now = start + plan.lease.marginSeconds * 1000;
    expect((await shiftReads(memory.ports(), plan)({ failover, epoch: 1 })).shift).toBe('moved');
    expect(memory.weights.get('web')?.[home]).toBe(0);
  });
});

describe('the end', () => {
  test('a lease that ran out is no take-over', () => {
    expect(ending('Drill yielded', { ...held, epoch: 6 }, 5)).toBe('Drill yielded');
    expect(ending('Drill yielded', held, 5)).toBe('Handed to a human');
    expect(ending('Drill passed', held, 5)).toBe('Drill passed');
  });
  test('the lease is given back with no word left in it, and only by its holder', () => {
    expect(released({ ...held, abortExecution: 'drill-1 other' }, 'drill-1', start)).toMatchObject({ abortExecution: 'other' });
    expect(released({ ...held, holder: 'other', abortExecution: 'drill-1' }, 'drill-1', start)).toMatchObject({ holder: 'other', drill: true });
    expect(released({ ...held, abortExecution: 'drill-1' }, 'drill-1', start)).toEqual({ application: 'shop', epoch: 5, expiresAt: start, acknowledgementDue: false, evacuated: home });
    expect(released(held, 'drill-2', start)).toBeUndefined();
  });
  test('capacity: what was meant first is taken back, whatever was told; what somebody else has set stays', async () => {
    const memory = new Memory().held(1, 'drill-1');
    memory.lease = { ...memory.lease, drill: true };
    const capacity = plan.capacity[0]!;
    const at = () => memory.desired.get(`${capacity.name}#${survivor}`);
    const before = at();
    await scale(memory.ports(), plan)({ failover: drill, epoch: 1 });
    // Repeated, as after a lost answer: what there was before is not forgotten.
    const { scaled } = await scale(memory.ports(), plan)({ failover: drill, epoch: 1 });
    expect(scaled[0]).toMatchObject({ from: before, to: at() });
    await scaleBack(memory.ports(), plan)({ failover: drill, epoch: 1, scaled: [] });
    expect(at()).toBe(before);
    await scale(memory.ports(), plan)({ failover: drill, epoch: 1 });
    memory.desired.set(`${capacity.name}#${survivor}`, 33);
    await scaleBack(memory.ports(), plan)({ failover: drill, epoch: 1, scaled });
    expect(at()).toBe(33);
    memory.desired.set(`${capacity.name}#${survivor}`, scaled[0]!.to);
    await expect(scaleBack(memory.ports(), plan)({ failover, epoch: 1, scaled })).rejects.toThrow(LeaseLostError);
  });
  test('switchover is no mode of a drill', () => expect(drillInput.safeParse({ application: 'shop', mode: 'switchover' }).success).toBe(false));
});
