// Whose turn it is, and when: by priority, within the rates, with a share left to people.
import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../../../domain/lease.ts';
import { DOCUMENTED_RATES, RESERVED_SHARE, callsOf, type Rate } from '../../../functions/muster/rates.ts';
import { turns, type Standing } from '../../../functions/muster/turns.ts';
import { home, plan, start, survivor } from '../ports.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...plan, application: `app-${index}` }));
const free = (application: string): Lease => ({ application, epoch: 0, expiresAt: 0, acknowledgementDue: false });
const standing = (lease: Partial<Lease>, ...writers: readonly (string | undefined)[]): ReadonlyMap<string, Standing> => new Map([['app-0', { lease: { ...free('app-0'), ...lease }, writers }]]);
const rates: readonly Rate[] = [{ service: 'database', burst: 15, perSecond: 5 }];

describe('turns', () => {
  test('the burst goes at once, the rest at the rate, and a fifth is left to others', () => {
    const calls = callsOf(plan).database;
    const waits = turns(many(10), new Map(), home, rates, start).turns.map(({ at }) => (at - start) / 1000);
    const expected = waits.map((_, index) => Math.max(0, ((index + 1) * calls - 15 * (1 - RESERVED_SHARE)) / (5 * (1 - RESERVED_SHARE))));
    waits.forEach((wait, index) => expect(wait).toBeCloseTo(expected[index]!, 2));
    expect(waits[0]).toBe(0);
    expect(waits.at(-1)).toBeGreaterThan(2);
  });

  test('the smaller number first, and the order of the file among equals', () => {
    const plans = many(4).map((one, index) => (index === 0 ? one : { ...one, priority: [100, 900, 1, 100][index]! }));
    expect(turns(plans, new Map(), home, rates, start).turns.map(({ application }) => application)).toEqual(['app-2', 'app-0', 'app-3', 'app-1']);
  });

  test('no rate is exceeded at any moment: bucket by bucket', () => {
    const all = turns(many(400), new Map(), home, DOCUMENTED_RATES, start).turns;
    for (const { service, burst, perSecond } of DOCUMENTED_RATES) {
      let [tokens, at] = [burst, start];
      for (const turn of all) {
        tokens = Math.min(burst, tokens + ((turn.at - at) / 1000) * perSecond) - callsOf(plan)[service];
        at = turn.at;
        expect(tokens).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test('an application of other regions is nobody here', () => {
    expect(turns([{ ...plan, regions: [survivor, 'sa-east-1'] }], new Map(), home, rates, start)).toEqual({ turns: [], left: [] });
  });
});

describe('who stays', () => {
  test.each<[string, ReadonlyMap<string, Standing>, { readonly well: boolean; readonly reason: RegExp } | undefined]>([
    ['nothing is known of it: it goes, and its own failover looks', new Map(), undefined],
    ['paused', standing({ pausedUntil: start + 1000, pausedBy: 'ben' }, home), { well: false, reason: /^paused until .* by ben$/ }],
    ['a pause that is over', standing({ pausedUntil: start - 1, pausedBy: 'ben' }, home), undefined],
    ['at work out of this region', standing({ holder: 'run-1', expiresAt: start + 1000, evacuated: home }, home), { well: true, reason: /run-1 is at work/ }],
    ['at work out of the other region', standing({ holder: 'run-1', expiresAt: start + 1000, evacuated: survivor }, home), { well: false, reason: /run-1 is at work/ }],
    ['a drill is no reason', standing({ holder: 'drill-1', expiresAt: start + 1000, drill: true }, home), undefined],
    ['failed over before', standing({ acknowledgementDue: true, evacuated: home, epoch: 3 }, survivor), { well: true, reason: /out of .* under epoch 3/ }],
    ['handed over half way: its writer is nowhere', standing({ acknowledgementDue: true, evacuated: home, epoch: 3 }, undefined), undefined],
    ['handed over half way: one of two has moved', standing({ acknowledgementDue: true, evacuated: home, epoch: 3 }, survivor, home), undefined],
  ])('%s', (_, standings, wanted) => {
    const found = turns(many(1), standings, home, rates, start);
    expect(found.turns).toHaveLength(wanted === undefined ? 1 : 0);
    if (wanted !== undefined) expect(found.left[0]).toMatchObject({ well: wanted.well, reason: expect.stringMatching(wanted.reason) });
  });
});
