// Route 53's rules of choice, each as a situation.
import { describe, expect, test } from '@jest/globals';
import { choose } from '../../../twin/dns/choice.ts';
import { set, seeded } from './zone-fixture.ts';
import type { RecordSet } from '../../../twin/dns/record-sets.ts';

const weighted = (setIdentifier: string, weight: number): RecordSet => set('app.twin.test', 'A', ['192.0.2.1'], { setIdentifier, weight, healthCheckId: setIdentifier });

function shares(sets: readonly RecordSet[], healthy: (id: string) => boolean, seed = 7, draws = 10_000): Record<string, number> {
  const random = seeded(seed);
  const counts: Record<string, number> = {};
  for (let draw = 0; draw < draws; draw += 1) {
    const id = choose(sets, healthy, random)?.setIdentifier ?? 'none';
    counts[id] = (counts[id] ?? 0) + 1 / draws;
  }
  return counts;
}

const all = (): boolean => true;
const none = (): boolean => false;

describe('weighted record sets', () => {
  test('share the answers by their weights', () => {
    for (const seed of [1, 2, 3]) {
      const counts = shares([weighted('a', 75), weighted('b', 25)], all, seed);
      // 10 000 draws of 0.25: four standard deviations are 0.0173.
      expect(counts['b']).toBeGreaterThan(0.25 - 0.0173);
      expect(counts['b']).toBeLessThan(0.25 + 0.0173);
    }
  });

  test('a set with weight 0 is never drawn while another is healthy', () => {
    expect(shares([weighted('a', 10), weighted('b', 0)], all)).toEqual({ a: expect.closeTo(1) });
  });

  test('a set with weight 0 answers when all with more are unhealthy', () => {
    expect(shares([weighted('a', 10), weighted('b', 0)], (id) => id === 'b')).toEqual({ b: expect.closeTo(1) });
  });

  test('all weights zero: each with the same chance', () => {
    const counts = shares([weighted('a', 0), weighted('b', 0)], all);
    expect(counts['a']).toBeGreaterThan(0.48);
    expect(counts['b']).toBeGreaterThan(0.48);
  });

  test('an unhealthy set is left out', () => {
    expect(shares([weighted('a', 200), weighted('b', 1)], (id) => id === 'b')).toEqual({ b: expect.closeTo(1) });
  });

  test('none healthy: all count as healthy, and weight 0 stays out', () => {
    const counts = shares([weighted('a', 75), weighted('b', 25), weighted('c', 0)], none);
    expect(counts['a']).toBeGreaterThan(0.7);
    expect(counts['b']).toBeGreaterThan(0.2);
    expect(counts['c']).toBeUndefined();
  });

  test('a set without a health check is always healthy', () => {
    const unchecked = set('app.twin.test', 'A', ['192.0.2.2'], { setIdentifier: 'u', weight: 1 });
    expect(shares([weighted('a', 255), unchecked], none)).toEqual({ u: expect.closeTo(1) });
  });
});

describe('failover record sets', () => {
  const primary = set('app.twin.test', 'A', ['192.0.2.1'], { setIdentifier: 'p', failover: 'PRIMARY', healthCheckId: 'p' });
  const secondary = set('app.twin.test', 'A', ['192.0.2.2'], { setIdentifier: 's', failover: 'SECONDARY', healthCheckId: 's' });

  test.each([
    ['both healthy', ['p', 's'], 'p'],
    ['primary down', ['s'], 's'],
    ['secondary down', ['p'], 'p'],
    ['both down: the primary', [], 'p'],
  ])('%s', (_, healthyIds, expected) => {
    expect(choose([secondary, primary], (id) => healthyIds.includes(id), seeded(1))?.setIdentifier).toBe(expected);
  });
});

test('a simple set answers whatever its health check says', () => {
  const simple = set('app.twin.test', 'A', ['192.0.2.1'], { healthCheckId: 'x' });
  expect(choose([simple], none, seeded(1))).toBe(simple);
  expect(choose([], none, seeded(1))).toBeUndefined();
});
