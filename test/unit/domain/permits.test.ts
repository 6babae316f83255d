// When write permits end: never earlier than any server that has not surrendered may still write.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Permit } from '../../../domain/lease.ts';
import { goneServers, permitsEndAt } from '../../../domain/permits.ts';
import { start } from '../ports.ts';

const rule = { enforced: true, ttlSeconds: 5, clockErrorSeconds: 0.5 };
const lifeMs = 5500;
const permit = (more: Partial<Permit>): Permit => ({ application: 'shop', database: 'orders', epoch: 3, writer: 'eu-west-1', withdrawn: true, withdrawnAt: start, renewals: {}, surrenders: {}, ...more });

describe('permitsEndAt', () => {
  test.each<[string, Partial<Permit>, number]>([
    ['no server ever renewed', {}, -Infinity],
    ['one server', { renewals: { a: start - 1000 } }, start - 1000 + lifeMs],
    ['the last of several counts', { renewals: { a: start - 4000, b: start - 200 } }, start - 200 + lifeMs],
    ['a server that surrendered has stopped', { renewals: { a: start - 1000 }, surrenders: { a: 3 } }, -Infinity],
    ['a surrender of an older epoch says nothing about this one', { renewals: { a: start - 1000 }, surrenders: { a: 2 } }, start - 1000 + lifeMs],
    ['a surrender of a newer epoch does not either', { renewals: { a: start - 1000 }, surrenders: { a: 4 } }, start - 1000 + lifeMs],
    ['one surrendered, one did not', { renewals: { a: start - 100, b: start - 3000 }, surrenders: { a: 3 } }, start - 3000 + lifeMs],
  ])('%s', (_, more, endsAt) => {
    expect(permitsEndAt(permit(more), rule)).toBe(endsAt);
  });

  test('a clock that is ahead cannot have renewed after the withdrawal had taken effect', () => {
    expect(permitsEndAt(permit({ renewals: { a: start + 600_000 } }), rule, start + 2000)).toBe(start + 2000 + lifeMs);
    expect(permitsEndAt(permit({ renewals: { a: start + 600_000 } }), rule)).toBe(start + 600_000 + lifeMs);
  });

  test('a grant that was not withdrawn has no last renewal: the recorded one counts in full', () => {
    const { withdrawnAt: _, ...granted } = permit({ withdrawn: false, renewals: { a: start + 9000 } });
    expect(permitsEndAt(granted, rule)).toBe(start + 9000 + lifeMs);
  });

  const servers = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.record({ agoMs: fc.nat(60_000), surrendered: fc.option(fc.integer({ min: 1, max: 5 })) }));
  test('is never earlier than an unsurrendered renewal, its life and the clock error', () => {
    fc.assert(fc.property(servers, (entries) => {
      const renewals = Object.fromEntries(Object.entries(entries).map(([name, { agoMs }]) => [name, start - agoMs]));
      const surrenders = Object.fromEntries(Object.entries(entries).flatMap(([name, { surrendered }]) => (surrendered === null ? [] : [[name, surrendered]])));
      const endsAt = permitsEndAt(permit({ renewals, surrenders }), rule);
      for (const [name, renewedAt] of Object.entries(renewals)) {
        if (surrenders[name] !== 3) expect(endsAt).toBeGreaterThanOrEqual(renewedAt + lifeMs);
      }
    }));
  });

  test('another server can only make it later', () => {
    fc.assert(fc.property(fc.array(fc.nat(60_000), { maxLength: 5 }), fc.nat(60_000), (before, more) => {
      const at = (agos: readonly number[]) => permitsEndAt(permit({ renewals: Object.fromEntries(agos.map((ago, index) => [`s${index}`, start - ago])) }), rule);
      expect(at([...before, more])).toBeGreaterThanOrEqual(at(before));
    }));
  });
});

test('a server is gone when it has not renewed for more than an hour', () => {
  const hour = 3_600_000;
  expect(goneServers(permit({ renewals: { a: start - hour, b: start - hour - 1, c: start } }), start)).toEqual([['b', start - hour - 1]]);
});
