// What a server is told of its permit, to the word; and the edges of time, order and surrender that decide whether it may write.
import { describe, expect, test } from '@jest/globals';
import { createGuard, WriteOutcomeUnknownError, WriteRefusedError, type GuardOptions, type RenewalAnswer } from '../../../guard/index.ts';
import { answered, failed, givenUp, NO_PERMIT, permitAt, stillHolds, type PermitState } from '../../../guard/permit.ts';
import { surrendering } from '../../../guard/surrender.ts';
import { settle, VirtualTime } from './virtual-time.ts';

const at = (ms: number) => ({ monotonicMs: ms, wallMs: 1_700_000_000_000 + ms });
const granted = (epoch = 1, writer = 'a'): RenewalAnswer => ({ granted: true, epoch, writer });
const held = (sequence = 0, epoch = 1, sentMs = 0): PermitState => answered(NO_PERMIT, { sequence, sentAt: at(sentMs) }, granted(epoch));

describe('what a permit says', () => {
  test('before any answer', () => {
    expect(permitAt(NO_PERMIT, at(0), 5000)).toEqual({ writable: false, epoch: undefined, writer: undefined, remainingMs: 0, expiresAt: new Date(0), reason: 'no permit was granted yet' });
  });

  test('before any answer, when the store cannot be reached', () => {
    expect(permitAt(failed(NO_PERMIT, new Error('no route')), at(0), 5000).reason).toBe('no permit was granted yet; the newest renewal failed: no route');
  });

  test('while it holds', () => {
    expect(permitAt(held(), at(1000), 5000)).toEqual({ writable: true, epoch: 1, writer: 'a', remainingMs: 4000, expiresAt: new Date(1_700_000_005_000), reason: 'granted under epoch 1' });
  });

  test('when it has run out, how long ago', () => {
    expect(permitAt(held(), at(5250), 5000)).toMatchObject({ writable: false, remainingMs: 0, reason: 'the permit of epoch 1 ran out 250 ms ago and no renewal was granted since' });
  });

  test('a failure is told until the next answer, and takes nothing away', () => {
    const failing = failed(held(), new Error('timed out'));
    expect(permitAt(failing, at(1000), 5000).writable).toBe(true);
    expect(permitAt(failing, at(5001), 5000).reason).toBe('the permit of epoch 1 ran out 1 ms ago and no renewal was granted since; the newest renewal failed: timed out');
    expect(permitAt(answered(failing, { sequence: 1, sentAt: at(500) }, granted()), at(6000), 5000).reason).not.toContain('timed out');
  });

  test.each<[string, unknown, string]>([
    ['its message', new Error('no route'), 'no route'], ['its name when it has no message', Object.assign(new Error(''), { name: 'TimeoutError' }), 'TimeoutError'], ['what was thrown when that is no error', 'just text', 'just text'],
  ])('a failure is told by %s', (_, error, text) => {
    expect(failed(NO_PERMIT, error).failure).toBe(text);
  });

  test('a grant without a valid epoch or writer is told as what it is', () => {
    expect(answered(NO_PERMIT, { sequence: 0, sentAt: at(0) }, granted(1, '')).reason).toBe('the store granted a permit without a valid epoch and writer');
  });
});

describe('the order of answers', () => {
  test('the very renewal that was given up with a permit still counts, an older one does not', () => {
    const surrendered = givenUp(answered(held(3), { sequence: 3, sentAt: at(0) }, { granted: false, reason: 'withdrawn' }), 5);
    expect(answered(surrendered, { sequence: 4, sentAt: at(10) }, granted(2))).toBe(surrendered);
    expect(permitAt(answered(surrendered, { sequence: 5, sentAt: at(10) }, granted(2)), at(20), 5000)).toMatchObject({ writable: true, epoch: 2 });
  });

  test('an epoch that was seen before a refusal is remembered after it', () => {
    const refused = answered(held(0, 7), { sequence: 1, sentAt: at(10) }, { granted: false, reason: 'withdrawn' });
    expect(permitAt(answered(refused, { sequence: 2, sentAt: at(20) }, granted(6)), at(30), 5000).writable).toBe(false);
    expect(permitAt(answered(refused, { sequence: 2, sentAt: at(20) }, granted(7)), at(30), 5000).writable).toBe(true);
  });

  test('an invalid grant does not lower the epoch that was seen', () => {
    const odd = answered(held(0, 7), { sequence: 1, sentAt: at(10) }, granted(Number.NaN));
    expect(odd).toMatchObject({ epochSeen: 7, newestAnswered: 1 });
    expect(permitAt(odd, at(20), 5000).writable).toBe(false);
  });

  test('an epoch that went back is not believed afterwards either', () => {
    const back = answered(held(0, 7), { sequence: 1, sentAt: at(10) }, granted(6));
    expect(back).toMatchObject({ epochSeen: 7, newestAnswered: 1 });
  });
});

describe('the same right to write', () => {
  const now = permitAt(held(), at(1000), 5000);
  test.each([
    ['stands when it was renewed meanwhile', permitAt(held(1, 1, 900), at(2000), 5000), true], ['does not under another epoch', permitAt(held(0, 2), at(1000), 5000), false],
    ['does not for another writer', { ...now, writer: 'b' }, false], ['does not once it is over', permitAt(held(), at(5000), 5000), false],
  ])('%s', (_, later, same) => {
    expect(stillHolds(now, later)).toBe(same);
  });
});

function guardWith(options: Partial<GuardOptions> & Pick<GuardOptions, 'renew'>, time = new VirtualTime()) {
  return { time, guard: createGuard({ permitTtlSeconds: 5, renewEverySeconds: 1, monotonicNow: () => time.nowMs, wallClock: () => 1_700_000_000_000 + time.nowMs, timers: time.timers, ...options }) };
}

describe('the guard', () => {
  test('refuses with the reason, and its errors go by their names', async () => {
    const { guard } = guardWith({ renew: () => Promise.resolve({ granted: false, reason: 'withdrawn' }) });
    await guard.renewNow();
    expect(() => guard.assertWritable()).toThrow(expect.objectContaining({ name: 'WriteRefusedError', message: 'not writable: refused: withdrawn' }));
  });

  test.each<[string, RenewalAnswer, string]>([
    ['another epoch holds', granted(2), 'the write began under epoch 1 and must not be acknowledged: epoch 2 holds now'],
    ['none holds', { granted: false, reason: 'withdrawn' }, 'the write began under epoch 1 and must not be acknowledged: refused: withdrawn'],
  ])('says why a write must not be acknowledged: %s', async (_, later, message) => {
    const answers = [granted()];
    const { guard } = guardWith({ renew: () => Promise.resolve(answers.shift() ?? later) });
    await guard.renewNow();
    await expect(guard.write(() => guard.renewNow())).rejects.toThrow(expect.objectContaining({ name: 'WriteOutcomeUnknownError', message }));
    expect(new WriteOutcomeUnknownError('x')).toBeInstanceOf(Error);
  });

  test('has a name of its own that no other one has, and gives it to the store', async () => {
    const asked: string[] = [];
    const renew = async (instance: string) => { asked.push(instance); return granted(); };
    const [one, other] = [guardWith({ renew }).guard, guardWith({ renew }).guard];
    await one.renewNow();
    await other.renewNow();
    expect(asked).toEqual([one.instanceId, other.instanceId]);
    expect(new Set(asked).size).toBe(2);
  });

  test('started twice it renews once each turn; stopped it renews no more and can be started again', async () => {
    let asked = 0;
    const { guard, time } = guardWith({ renew: async () => { asked += 1; return granted(); } });
    guard.start();
    guard.start();
    await time.runUntil(2500);
    expect(asked).toBe(3);
    guard.stop();
    await time.runUntil(9000);
    expect(asked).toBe(3);
    guard.start();
    await settle();
    expect(asked).toBe(4);
    guard.stop();
  });

  test('stopped before it was started does nothing', () => {
    expect(() => guardWith({ renew: () => Promise.resolve(granted()) }).guard.stop()).not.toThrow();
  });

  test('tells that a permit lapsed although nothing asks it, and not after it was stopped', async () => {
    const changes: boolean[] = [];
    const answers = [granted()];
    const renew = () => { const answer = answers.shift(); return answer === undefined ? new Promise<RenewalAnswer>(() => undefined) : Promise.resolve(answer); };
    const { guard, time } = guardWith({ renew, onChange: ({ writable }) => changes.push(writable) });
    await guard.renewNow();
    await time.runUntil(5001);
    expect(changes).toEqual([true, false]);
    answers.push(granted());
    await guard.renewNow();
    guard.stop();
    await time.runUntil(20_000);
    expect(changes).toEqual([true, false, true]);
  });

  test('a renewal that fails is told to whoever wants to know, and to nobody else', async () => {
    const error = new Error('no route');
    const told: unknown[] = [];
    await guardWith({ renew: () => Promise.reject(error), onRenewalFailed: (what) => told.push(what) }).guard.renewNow();
    expect(told).toEqual([error]);
    await expect(guardWith({ renew: () => Promise.reject(error) }).guard.renewNow()).resolves.toBeUndefined();
  });

  test.each<[Partial<GuardOptions>, boolean]>([
    [{ renewEverySeconds: 4.9 }, true], [{ renewEverySeconds: 5 }, false], [{ renewEverySeconds: 0 }, false], [{ clockErrorSeconds: 0 }, true], [{ clockErrorSeconds: -1 }, false],
    [{ clockErrorSeconds: 4 }, false], [{ clockErrorSeconds: 3.9 }, true], [{ permitTtlSeconds: Number.NaN }, false],
  ])('of %j can keep its permit: %s', (options, can) => {
    const make = () => guardWith({ renew: () => Promise.resolve(granted()), ...options });
    if (can) expect(make).not.toThrow();
    else expect(make).toThrow(RangeError);
  });

  test('runs on the real clocks and timers when none are given, and does not keep the process alive', async () => {
    const keepingAlive = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = keepingAlive();
    const guard = createGuard({ permitTtlSeconds: 5, renewEverySeconds: 1, renew: () => Promise.resolve(granted()) });
    guard.start();
    expect(keepingAlive()).toBe(before);
    await settle();
    const { writable, remainingMs, expiresAt } = guard.permit();
    expect(writable).toBe(true);
    expect(remainingMs).toBeGreaterThan(0);
    expect(remainingMs).toBeLessThanOrEqual(5000);
    expect(Math.abs(expiresAt.getTime() - Date.now() - 5000)).toBeLessThan(60_000);
    guard.stop();
  });
});

describe('a surrender', () => {
  const setUp = (answer: () => Promise<void> = () => Promise.resolve()) => {
    const [failures, steps, said]: [unknown[], string[], number[]] = [[], [], []];
    const surrender = (_instance: string, epoch: number): Promise<void> => { steps.push('say'); said.push(epoch); return answer(); };
    return { leaving: surrendering('s', surrender, { beforeSaying: () => void steps.push('give up'), failed: (error) => void failures.push(error) }), said, steps, failures };
  };
  const refused = (epoch?: number): RenewalAnswer => ({ granted: false, reason: 'withdrawn', ...(epoch === undefined ? {} : { epoch }) });

  test('gives up what is on its way before it is said', () => {
    const { leaving, steps } = setUp();
    leaving.answered(refused(1), 0);
    expect(steps).toEqual(['give up', 'say']);
  });

  test('is said once for each epoch', async () => {
    const { leaving, said } = setUp();
    for (const epoch of [1, 1, 2]) { leaving.answered(refused(epoch), 0); await settle(); }
    expect(said).toEqual([1, 2]);
  });

  test('is not said of a grant, nor of a refusal that names no epoch', () => {
    const { leaving, said } = setUp();
    leaving.answered(granted(), 0);
    leaving.answered(refused(), 0);
    expect(said).toEqual([]);
  });

  test('that fails is told, and said again with the next refusal', async () => {
    const { leaving, failures, said } = setUp(() => Promise.reject(new Error('throttled')));
    leaving.answered(refused(1), 0);
    await settle();
    leaving.answered(refused(1), 0);
    await settle();
    expect([said.length, failures.length]).toEqual([2, 2]);
  });

  test('is not delayed by a write that was refused: nothing was sent', async () => {
    const { leaving, said } = setUp();
    await expect(leaving.during(9000, () => Promise.reject(new WriteRefusedError('no permit')))).rejects.toThrow(WriteRefusedError);
    leaving.answered(refused(1), 0);
    expect(said).toEqual([1]);
  });

  test('waits for the longest doubt, to the very millisecond', async () => {
    const { leaving, said } = setUp();
    for (const untilMs of [9000, 4000]) await expect(leaving.during(untilMs, () => Promise.reject(new Error('timed out')))).rejects.toThrow('timed out');
    leaving.answered(refused(1), 8999);
    expect(said).toEqual([]);
    leaving.answered(refused(1), 9000);
    expect(said).toEqual([1]);
  });

  test('waits for the last of several writes', async () => {
    const { leaving, said } = setUp();
    let [endFirst, endSecond] = [() => undefined as void, () => undefined as void];
    const writes = [leaving.during(0, () => new Promise<void>((resolve) => { endFirst = resolve; })), leaving.during(0, () => new Promise<void>((resolve) => { endSecond = resolve; }))];
    endFirst();
    await writes[0];
    leaving.answered(refused(1), 0);
    expect(said).toEqual([]);
    endSecond();
    await writes[1];
    leaving.answered(refused(1), 0);
    expect(said).toEqual([1]);
  });
});
