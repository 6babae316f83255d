// The guard under situations: granted, refused, failed, late, overtaken, suspended; and its promise as a property.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGuard, WriteOutcomeUnknownError, WriteRefusedError, type GuardOptions, type Permit, type RenewalAnswer } from '../../../guard/index.ts';
import { settle, VirtualTime } from './virtual-time.ts';

const TTL_SECONDS = 5;
const granted = (epoch = 1, writer = 'a'): RenewalAnswer => ({ granted: true, epoch, writer });
const refused: RenewalAnswer = { granted: false, reason: 'withdrawn', epoch: 1 };

function guardWith(options: Partial<GuardOptions> & Pick<GuardOptions, 'renew'>, time = new VirtualTime()) {
  const guard = createGuard({
    permitTtlSeconds: TTL_SECONDS, renewEverySeconds: 1, monotonicNow: () => time.nowMs, wallClock: () => 1_700_000_000_000 + time.nowMs, timers: time.timers,
    instanceId: 'server-1', ...options,
  });
  return { guard, time };
}

describe('a permit', () => {
  test('is not there before the store granted one', async () => {
    const { guard } = guardWith({ renew: () => new Promise(() => undefined) });
    guard.start();
    await settle();
    expect(guard.permit()).toMatchObject({ writable: false, reason: 'no permit was granted yet', remainingMs: 0 });
    expect(() => guard.assertWritable()).toThrow(WriteRefusedError);
    guard.stop();
  });

  test('counts from before the renewal was sent, not from its answer', async () => {
    const time = new VirtualTime();
    const { guard } = guardWith({ renew: () => time.sleep(3000).then(() => granted(7, 'b')) }, time);
    void guard.renewNow();
    await time.runUntil(3000);
    expect(guard.permit()).toMatchObject({ writable: true, epoch: 7, writer: 'b', remainingMs: 2000, expiresAt: new Date(1_700_000_005_000) });
    await time.runUntil(4999.9);
    expect(guard.permit().writable).toBe(true);
    await time.runUntil(5000);
    expect(guard.permit().writable).toBe(false);
  });

  test('whose answer took longer than its life was never there', async () => {
    const time = new VirtualTime();
    const { guard } = guardWith({ renew: () => time.sleep(6000).then(() => granted()) }, time);
    void guard.renewNow();
    await time.runUntil(6000);
    expect(guard.permit().writable).toBe(false);
  });

  test('runs out when renewals fail, and says why they did', async () => {
    const answers = [Promise.resolve(granted())];
    const failures: unknown[] = [];
    const { guard, time } = guardWith({
      renew: () => answers.shift() ?? Promise.reject(new Error('no route to the store')), onRenewalFailed: (error) => failures.push(error),
    });
    guard.start();
    await time.runUntil(4900);
    expect(guard.permit().writable).toBe(true);
    await time.runUntil(5400);
    expect(guard.permit()).toMatchObject({ writable: false, reason: expect.stringMatching(/epoch 1 ran out 400 ms ago.*no route to the store/) });
    expect(failures.length).toBe(5);
    guard.stop();
  });

  test('ends at once when it is refused', async () => {
    const answers = [granted(), refused];
    const { guard, time } = guardWith({ renew: () => Promise.resolve(answers.shift() ?? refused) });
    guard.start();
    await time.runUntil(1000);
    expect(guard.permit()).toMatchObject({ writable: false, reason: 'refused: withdrawn' });
    guard.stop();
  });

  test('is not brought back by an older renewal that answers after a refusal', async () => {
    const time = new VirtualTime();
    const answers = [time.sleep(500).then(() => granted()), Promise.resolve(refused)];
    const { guard } = guardWith({ renew: () => answers.shift() ?? Promise.resolve(refused) }, time);
    const first = guard.renewNow();
    await guard.renewNow();
    await time.runUntil(500);
    await first;
    expect(guard.permit()).toMatchObject({ writable: false, reason: 'refused: withdrawn' });
  });

  test('of a smaller epoch than before is not believed', async () => {
    const answers = [granted(4), granted(3)];
    const { guard } = guardWith({ renew: () => Promise.resolve(answers.shift() ?? refused) });
    await guard.renewNow();
    await guard.renewNow();
    expect(guard.permit()).toMatchObject({ writable: false, reason: 'the store granted epoch 3 after epoch 4: an epoch never goes back' });
  });

  test.each([{ epoch: Number.NaN, writer: 'a' }, { epoch: 1.5, writer: 'a' }, { epoch: 1, writer: '' }])('without a valid epoch and writer is none: %j', async ({ epoch, writer }) => {
    const { guard } = guardWith({ renew: () => Promise.resolve(granted(epoch, writer)) });
    await guard.renewNow();
    expect(guard.permit().writable).toBe(false);
  });

  test('ends by the wall clock when the machine was suspended and its monotonic clock with it', async () => {
    let wall = 1_700_000_000_000;
    const { guard } = guardWith({ renew: () => Promise.resolve(granted()), wallClock: () => wall });
    await guard.renewNow();
    wall += 5001;
    expect(guard.permit().writable).toBe(false);
  });

  test('does not grow when the wall clock is set back', async () => {
    let wall = 1_700_000_000_000;
    const { guard, time } = guardWith({ renew: () => Promise.resolve(granted()), wallClock: () => wall });
    await guard.renewNow();
    wall -= 60_000;
    await time.runUntil(4000);
    expect(guard.permit()).toMatchObject({ remainingMs: 1000, expiresAt: new Date(wall + 1000) });
    await time.runUntil(5000);
    expect(guard.permit().writable).toBe(false);
  });

  test('is shorter by the clock error', async () => {
    const { guard, time } = guardWith({ renew: () => Promise.resolve(granted()), clockErrorSeconds: 2 });
    await guard.renewNow();
    await time.runUntil(3000);
    expect(guard.permit().writable).toBe(false);
  });

  test('tells of each change once, also of the one that only time makes', async () => {
    const changes: string[] = [];
    const answers = [granted(1, 'a'), granted(1, 'a'), granted(2, 'b')];
    const { guard, time } = guardWith({
      renew: () => { const answer = answers.shift(); return answer === undefined ? Promise.reject(new Error('gone')) : Promise.resolve(answer); },
      onChange: ({ writable, epoch, writer }) => changes.push(`${writable} ${epoch} ${writer}`),
    });
    guard.start();
    await time.runUntil(20_000);
    expect(changes).toEqual(['true 1 a', 'true 2 b', 'false 2 b']);
    guard.stop();
  });

  test('cannot be kept by renewals that are rarer than its life', () => {
    expect(() => guardWith({ renew: () => Promise.resolve(granted()), renewEverySeconds: 5 })).toThrow(/5 s less 0 s clock error cannot be kept by a renewal every 5 s/);
  });
});

describe('a write', () => {
  test('is refused without a permit, and its work is not begun', async () => {
    const { guard } = guardWith({ renew: () => Promise.resolve(refused) });
    let begun = false;
    await expect(guard.write(async () => { begun = true; })).rejects.toThrow(WriteRefusedError);
    expect(begun).toBe(false);
  });

  test('hands its permit to the work and its result to the caller', async () => {
    const { guard } = guardWith({ renew: () => Promise.resolve(granted(3, 'b')) });
    await guard.renewNow();
    expect(await guard.write(async ({ epoch, writer, expiresAt }) => `${epoch} ${writer} ${expiresAt.toISOString()}`)).toBe('3 b 2023-11-14T22:13:25.000Z');
  });

  test('may be acknowledged when the same permit was renewed meanwhile', async () => {
    const time = new VirtualTime();
    const { guard } = guardWith({ renew: () => Promise.resolve(granted()) }, time);
    guard.start();
    await settle();
    const write = guard.write(() => time.sleep(12_000).then(() => 'done'));
    await time.runUntil(12_000);
    expect(await write).toBe('done');
    guard.stop();
  });

  test.each<[string, () => Promise<RenewalAnswer>]>([
    ['ran out', () => Promise.reject(new Error('gone'))],
    ['was refused', () => Promise.resolve(refused)],
    ['has another epoch', () => Promise.resolve(granted(2, 'a'))],
    ['has another writer', () => Promise.resolve(granted(1, 'b'))],
  ])('whose permit %s meanwhile is not acknowledged', async (_what, later) => {
    const time = new VirtualTime();
    const answers = [() => Promise.resolve(granted())];
    const { guard } = guardWith({ renew: () => (answers.shift() ?? later)() }, time);
    guard.start();
    await settle();
    const write = guard.write(() => time.sleep(5500).then(() => 'done'));
    const outcome = expect(write).rejects.toThrow(WriteOutcomeUnknownError);
    await time.runUntil(5500);
    await outcome;
    guard.stop();
  });

  test('that fails keeps its own error', async () => {
    const { guard } = guardWith({ renew: () => Promise.resolve(granted()) });
    await guard.renewNow();
    await expect(guard.write(() => Promise.reject(new Error('unique violation')))).rejects.toThrow('unique violation');
  });
});

describe('a surrender', () => {
  const surrenders = async (during: (guard: ReturnType<typeof guardWith>['guard'], time: VirtualTime) => void, untilMs: number) => {
    const said: number[] = [];
    const time = new VirtualTime();
    let withdrawn = false;
    const { guard } = guardWith({
      renew: () => Promise.resolve(withdrawn ? refused : granted()),
      surrender: async (_instance, epoch) => { said.push(epoch); },
    }, time);
    guard.start();
    await settle();
    during(guard, time);
    withdrawn = true;
    await time.runUntil(untilMs);
    guard.stop();
    return said;
  };

  test('is said once after a refusal when nothing is under way', async () => {
    expect(await surrenders(() => undefined, 4000)).toEqual([1]);
  });

  test('waits for a write that is under way', async () => {
    const slow = (guard: ReturnType<typeof guardWith>['guard'], time: VirtualTime): void => {
      guard.write(() => time.sleep(2500)).catch(() => undefined);
    };
    expect(await surrenders(slow, 2400)).toEqual([]);
    expect(await surrenders(slow, 3000)).toEqual([1]);
  });

  test('waits until a write that failed in doubt cannot commit any more', async () => {
    const failing = (guard: ReturnType<typeof guardWith>['guard']): void => {
      guard.write(() => Promise.reject(new Error('query timed out'))).catch(() => undefined);
    };
    // Half a second longer than its permit: so much may the database's clock be behind.
    expect(await surrenders(failing, 5400)).toEqual([]);
    expect(await surrenders(failing, 6000)).toEqual([1]);
  });
});

test('property: whatever renewals do, no permit is seen that no granted renewal of less than its life ago explains', async () => {
  const renewal = fc.record({ answersAfterMs: fc.integer({ min: 0, max: 9000 }), outcome: fc.constantFrom('granted', 'granted', 'granted', 'next epoch', 'refused', 'fails', 'never') });
  let everWritable = 0;
  await fc.assert(fc.asyncProperty(fc.array(renewal, { minLength: 1, maxLength: 25 }), fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 5 }), async (plans, extraAt) => {
    const time = new VirtualTime();
    const life: { readonly sentAt: number; readonly epoch: number; readonly order: number }[] = [];
    let epoch = 1;
    let order = 0;
    let newest = -1;
    const { guard } = guardWith({
      renew: async () => {
        const plan = plans[order % plans.length];
        const mine = { sentAt: time.nowMs, order: order++ };
        if (plan === undefined || plan.outcome === 'never') return new Promise(() => undefined);
        if (plan.outcome === 'next epoch') epoch += 1;
        const given = epoch;
        await time.sleep(plan.answersAfterMs);
        if (plan.outcome === 'fails') throw new Error('failed');
        newest = Math.max(newest, mine.order);
        if (plan.outcome === 'refused') return refused;
        life.push({ ...mine, epoch: given });
        return granted(given);
      },
    }, time);
    guard.start();
    for (const at of extraAt) time.timers.after(at, () => void guard.renewNow());
    await time.runUntil(20_000, () => {
      const seen: Permit = guard.permit();
      if (!seen.writable) return;
      everWritable += 1;
      // Explained only by the newest answered renewal, and only for its life.
      const reasons = life.filter((entry) => entry.order === newest && entry.epoch === seen.epoch && time.nowMs < entry.sentAt + TTL_SECONDS * 1000);
      if (reasons.length === 0) throw new Error(`writable at ${time.nowMs} under epoch ${seen.epoch} without a reason`);
      if (seen.remainingMs > TTL_SECONDS * 1000) throw new Error('longer than its life');
    });
    guard.stop();
  }), { numRuns: 300 });
  expect(everWritable).toBeGreaterThan(1000);
});

describe('an epoch', () => {
  test('is told once, before anything is written under it, and never backwards', async () => {
    const answers: RenewalAnswer[] = [granted(3), granted(3), refused, granted(3), granted(5, 'b'), granted(4), granted(5, 'b')];
    const told: unknown[] = [];
    const writable: boolean[] = [];
    const { guard } = guardWith({ renew: async () => answers.shift()!, onEpoch: (change) => { told.push(change); }, onChange: (permit) => { if (permit.writable) writable.push(told.length > 0); } });
    for (let turn = 0; turn < 7; turn += 1) await guard.renewNow();
    expect(told).toEqual([{ epoch: 3, writer: 'a', previous: undefined }, { epoch: 5, writer: 'b', previous: 3 }]);
    expect(writable.every(Boolean)).toBe(true);
    guard.stop();
  });
});
