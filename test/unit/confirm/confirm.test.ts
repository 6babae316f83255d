// Success is what the vantage points see from outside under the new epoch; the evacuated region has no say, and the wait has an end.
import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../../domain/observation.ts';
import { confirm } from '../../../functions/confirm/confirm.ts';
import { service } from '../../../functions/confirm/service.ts';
import { database, failover, home, Memory, plan, seen, start, survivor, witness } from '../ports.ts';

const good = (place: string, more: Partial<Observation> = {}) => seen(place, survivor, 'up', { epoch: 3, writer: survivor, ...more });
const old = { at: start - plan.detection.evidenceAgeSecondsMax * 1000 };

describe('service', () => {
  test.each<[string, readonly Observation[], string]>([
    ['survivor and witness see a write', [good(survivor), good(witness)], 'confirmed'],
    ['as old as evidence may be', [good(survivor, old), good(witness)], 'confirmed'],
    ['older', [good(survivor, { at: old.at - 1 }), good(witness)], 'unconfirmed'],
    ['one alone', [good(witness)], 'unconfirmed'],
    ['the evacuated region does not count', [good(home), good(witness)], 'unconfirmed'],
    ['of an older epoch', [good(survivor, { epoch: 2 }), good(witness)], 'unconfirmed'],
    ['of a newer epoch', [good(survivor, { epoch: 4 }), good(witness)], 'unconfirmed'],
    ['a refused write is none', [good(survivor, { write: 'refused' }), good(witness)], 'unconfirmed'],
    ['slow is not well', [good(survivor, { result: 'slow' }), good(witness)], 'unconfirmed'],
    ['the evacuated region works: that is not the question', [good(survivor, { target: home }), good(witness, { target: home })], 'unconfirmed'],
    ['nobody looks', [], 'unconfirmed'],
  ])('%s', (_, observations, kind) => {
    expect(service(observations, plan, survivor, home, 3, start, start - 5000).kind).toBe(kind);
  });

  const unguarded = { ...plan, permit: { ...plan.permit, enforced: false } };
  const { epoch: _none, ...without } = good(survivor);
  test.each<[string, Partial<Observation>, string]>([
    ['no epoch is needed of a write that came after the writers were moved', { at: start - 4999 }, 'confirmed'],
    ['a write from before may have reached the old writer', { at: start - 5000 }, 'unconfirmed'],
    ['a refused write is none', { at: start, write: 'refused' }, 'unconfirmed'],
  ])('an application that checks no permits: %s', (_, more, kind) => {
    const observations = [survivor, witness].map((vantagePoint) => ({ ...without, vantagePoint, ...more }));
    expect(service(observations, unguarded, survivor, home, 3, start, start - 5000).kind).toBe(kind);
  });
});

describe('confirm', () => {
  const limitMs = (plan.budgets.rtoSeconds + database.promoteTimeoutSeconds) * 1000;
  test.each([[limitMs - 1, 'waiting'], [limitMs, 'unconfirmed']])('not seen after %i ms: %s', async (afterMs, found) => {
    const memory = new Memory();
    memory.now += afterMs;
    expect(await confirm(memory.ports(), plan)({ failover, epoch: 3 })).toMatchObject({ service: found });
    expect(memory.journal).toHaveLength(found === 'waiting' ? 0 : 1);
  });

  test('seen, however late: it works', async () => {
    const memory = new Memory();
    memory.now += limitMs * 2;
    memory.see(good(survivor, { at: memory.now }), good(witness, { at: memory.now }));
    expect(await confirm(memory.ports(), plan)({ failover, epoch: 3 })).toMatchObject({ service: 'confirmed' });
  });

  test('without permits, what counts is a write after the last database was moved under this epoch', async () => {
    const memory = new Memory({ ...plan, permit: { ...plan.permit, enforced: false } });
    const moved = (epoch: number, at: number) => ({ execution: failover.execution, application: 'shop', at, step: 'Shift writes', kind: 'result' as const, epoch, summary: 'orders: writes go there' });
    memory.journal.push(moved(3, start + 2000), moved(3, start + 4000), moved(2, start + 9000));
    memory.now = start + 10_000;
    const { epoch: _none, ...view } = good(survivor, { at: start + 3000 });
    memory.see(view, { ...view, vantagePoint: witness });
    expect(await confirm(memory.ports(), memory.plan)({ failover, epoch: 3 })).toMatchObject({ service: 'waiting' });
    memory.see({ ...view, at: start + 4001 }, { ...view, vantagePoint: witness, at: start + 4001 });
    expect(await confirm(memory.ports(), memory.plan)({ failover, epoch: 3 })).toMatchObject({ service: 'confirmed' });
  });
});
