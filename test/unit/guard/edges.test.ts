// The rims of the guard: a surrender that nobody wants, that names no epoch or that fails, and the timers of a real process.
import { describe, expect, test } from '@jest/globals';
import { createGuard, type RenewalAnswer } from '../../../guard/index.ts';
import { surrendering } from '../../../guard/surrender.ts';
import { settle, VirtualTime } from './virtual-time.ts';

const granted: RenewalAnswer = { granted: true, epoch: 1, writer: 'a' };
const refused: RenewalAnswer = { granted: false, reason: 'withdrawn', epoch: 1 };

describe('a surrender', () => {
  test('is never said without an epoch, also after one was said with it', async () => {
    const said: unknown[] = [];
    const leaving = surrendering('s', async (_, epoch) => { said.push(epoch); }, { beforeSaying: () => undefined, failed: () => undefined });
    leaving.answered(refused, 0);
    await settle();
    leaving.answered({ granted: false, reason: 'withdrawn' }, 0);
    expect(said).toEqual([1]);
  });

  test('that nobody asked for is neither said nor missed', async () => {
    const failures: unknown[] = [];
    const leaving = surrendering('s', undefined, { beforeSaying: () => failures.push('given up'), failed: (error) => failures.push(error) });
    leaving.answered(refused, 0);
    await settle();
    expect(failures).toEqual([]);
  });

  test('that fails is told like a renewal that fails, when anybody wants to know', async () => {
    const told: unknown[] = [];
    const answers = [granted];
    const options = { permitTtlSeconds: 5, renewEverySeconds: 1, timers: new VirtualTime().timers, renew: () => Promise.resolve(answers.shift() ?? refused), surrender: () => Promise.reject(new Error('throttled')) };
    const guard = createGuard({ ...options, onRenewalFailed: (error) => told.push(error) });
    await guard.renewNow();
    await guard.renewNow();
    await settle();
    expect(told).toEqual([new Error('throttled')]);
    const silent = createGuard(options);
    await expect(silent.renewNow()).resolves.toBeUndefined();
    await settle();
  });
});

describe('on the timers of a real process', () => {
  test('a permit that is not renewed lapses, and that is told without anybody asking', async () => {
    const answers = [granted];
    const lapsed = new Promise<string>((resolve) => {
      const guard = createGuard({
        permitTtlSeconds: 0.02, renewEverySeconds: 0.01, renew: () => { const answer = answers.shift(); return answer === undefined ? new Promise(() => undefined) : Promise.resolve(answer); },
        onChange: ({ writable, reason }) => { if (!writable) { guard.stop(); resolve(reason); } },
      });
      guard.start();
    });
    expect(await lapsed).toMatch(/^the permit of epoch 1 ran out/);
  });

  test('a guard that was stopped asks no more, however long one waits', async () => {
    let asked = 0;
    const guard = createGuard({ permitTtlSeconds: 0.02, renewEverySeconds: 0.001, renew: async () => { asked += 1; return refused; } });
    guard.start();
    guard.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(1);
  });
});
