// What could be lost: unknown is infinite, more evidence of writes never makes it less, and writes count that came through either region.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exposureSeconds } from '../../../domain/exposure.ts';
import type { DatabaseFacts } from '../../../domain/ports.ts';
import { home, seen, start, survivor, witness } from '../ports.ts';

const facts = (more: Partial<DatabaseFacts>): DatabaseFacts => ({ inRecovery: true, readAt: start, ...more });
const wrote = (at: number, target: string = home) => seen(witness, target, 'down', { lastWriteAt: at });

describe('exposureSeconds', () => {
  test.each<[string, DatabaseFacts | undefined, readonly ReturnType<typeof seen>[], number]>([
    ['the replica gives no answer', undefined, [wrote(start)], Infinity],
    ['the replica knows no commit', facts({}), [wrote(start)], Infinity],
    ['nobody ever saw a write', facts({ replayedAt: start }), [seen(witness, home, 'down')], Infinity],
    ['nobody looked', facts({ replayedAt: start }), [], Infinity],
    ['behind by ten seconds', facts({ replayedAt: start - 10_000 }), [wrote(start)], 10],
    ['the newer of commit and heartbeat is held', facts({ replayedAt: start - 10_000, heartbeatAt: start - 4000 }), [wrote(start)], 4],
    ['the newest write that anybody saw counts', facts({ replayedAt: start - 10_000 }), [wrote(start - 9000), seen(survivor, home, 'down', { lastWriteAt: start - 1000 })], 9],
    ['a replica that is ahead of every observation exposes nothing', facts({ replayedAt: start }), [wrote(start - 5000)], 0],
    ['a write through the survivor that reached the old writer', facts({ replayedAt: start - 40_000 }), [wrote(start - 30_000), seen(witness, survivor, 'up', { lastWriteAt: start - 1000, writer: home })], 39],
    ['writes of the survivor to itself are no loss', facts({ replayedAt: start - 5000 }), [wrote(start - 4000), seen(witness, survivor, 'up', { lastWriteAt: start, writer: survivor })], 1],
  ])('%s', (_, held, observations, seconds) => {
    expect(exposureSeconds(held, observations, home)).toBe(seconds);
  });

  test.each<[string, readonly number[], number | undefined, number]>([
    ['nobody missed a look', [], undefined, 2],
    ['the look that makes the quorum of two', [3000, 9000, 500_000], undefined, 11],
    ['of fewer the latest', [40_000], undefined, 42],
    ['who has seen none for an hour proves nothing', [-3_600_000, 5000], undefined, 7],
    ['never later than the end of the last permit', [40_000, 50_000], 20_000, 22],
    ['a fence does not undo what was seen', [40_000, 50_000], -60_000, 2],
  ])('what may have been written unseen counts: %s', (_, looks, endedAt, seconds) => {
    const observations = [wrote(start), ...looks.map((at) => seen(witness, home, 'down', { unwrittenSince: start + at }))];
    expect(exposureSeconds(facts({ replayedAt: start - 2000 }), observations, home, { quorum: 2, ...(endedAt === undefined ? {} : { endedAt: start + endedAt }) })).toBe(seconds);
  });

  const times = fc.array(fc.integer({ min: -100_000, max: 0 }), { minLength: 1, maxLength: 6 });
  test('never negative, and one more write seen never makes it less', () => {
    fc.assert(fc.property(times, fc.integer({ min: -100_000, max: 0 }), fc.integer({ min: -100_000, max: 0 }), (ago, more, held) => {
      const replica = facts({ replayedAt: start + held });
      const before = exposureSeconds(replica, ago.map((at) => wrote(start + at)), home);
      expect(before).toBeGreaterThanOrEqual(0);
      expect(exposureSeconds(replica, [...ago, more].map((at) => wrote(start + at)), home)).toBeGreaterThanOrEqual(before);
    }));
  });

  test('a replica that holds more never exposes more', () => {
    fc.assert(fc.property(times, fc.integer({ min: -100_000, max: 0 }), fc.nat(50_000), (ago, held, gained) => {
      const observations = ago.map((at) => wrote(start + at));
      const at = (replayedAt: number) => exposureSeconds(facts({ replayedAt }), observations, home);
      expect(at(start + held + gained)).toBeLessThanOrEqual(at(start + held));
    }));
  });
});
