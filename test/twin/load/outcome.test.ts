// The figures of a run, each by its definition.
import { describe, expect, test } from '@jest/globals';
import { downtime, errorSpans, lateness, outcome, percentile, percentiles, spikeSeconds } from '../../../twin/load/outcome.ts';
import type { Sample } from '../../../twin/load/sample.ts';
import { secondStatistics } from '../../../twin/load/statistics.ts';

const sample = (sentAt: number, more: Partial<Sample> = {}): Sample => ({ kind: 'write', id: `w${sentAt}`, dueAt: sentAt, sentAt, endedAt: sentAt + 10, ok: true, status: '201', ...more });
const failed = (sentAt: number, more: Partial<Sample> = {}): Sample => sample(sentAt, { ok: false, status: 'timeout', endedAt: sentAt + 1_000, ...more });

describe('downtime', () => {
  test('runs from the last success known before to the first success known after, whatever failed in between', () => {
    const samples = [sample(0), sample(100), failed(200), failed(1_500), sample(5_000, { endedAt: 5_400 }), sample(5_010, { endedAt: 5_020 })];
    expect(downtime(samples, 'write', 6_000)).toEqual({ ms: 4_910, fromAt: 110, toAt: 5_020, recovered: true });
  });

  test('the other kind does not shorten it', () => {
    const samples = [sample(0), sample(1_000, { kind: 'read' }), sample(2_000)];
    expect(downtime(samples, 'write', 2_010)?.ms).toBe(2_000);
    expect(downtime(samples, 'read', 2_010)).toMatchObject({ ms: 1_000, recovered: false });
  });

  test('an outage that never ends counts up to the end of the record and says so', () => {
    expect(downtime([sample(0), sample(100), failed(200)], 'write', 9_000)).toEqual({ ms: 8_890, fromAt: 110, toAt: 9_000, recovered: false });
    expect(downtime([failed(0)], 'write', 9_000)).toBeUndefined();
  });
});

test('the spike counts seconds with more than 1 % errors', () => {
  const second = (from: number, errors: number): Sample[] => Array.from({ length: 100 }, (_, at) => (at < errors ? failed(from + at * 10) : sample(from + at * 10)));
  expect(spikeSeconds([...second(0, 0), ...second(1_000, 1), ...second(2_000, 2), ...second(3_000, 100), ...second(4_000, 0)])).toBe(2);
  expect(spikeSeconds([])).toBe(0);
});

test('seconds with errors that touch are one span', () => {
  const samples = [sample(0), failed(1_000), failed(2_100, { status: 'ECONNREFUSED' }), sample(3_000), failed(4_000), sample(4_100)];
  expect(errorSpans(samples)).toEqual([
    { fromAt: 1_000, toAt: 3_000, requests: 2, errors: 2, statuses: { timeout: 1, ECONNREFUSED: 1 } },
    { fromAt: 4_000, toAt: 5_000, requests: 2, errors: 1, statuses: { timeout: 1 } },
  ]);
});

test('percentiles are values that were seen, of good answers only', () => {
  expect(percentile([3, 1, 2, 4], 0.5)).toBe(2);
  expect(percentile([5], 0.99)).toBe(5);
  expect(percentile([], 0.5)).toBeUndefined();
  expect(percentiles([sample(0, { endedAt: 7 }), failed(0)])).toEqual({ p50Ms: 7, p99Ms: 7 });
  expect(percentiles([failed(0)])).toBeUndefined();
});

test('a generator that falls behind says so', () => {
  const late = (count: number): Sample[] => Array.from({ length: 100 }, (_, at) => sample(at, at < count ? { dueAt: at - 60 } : {}));
  expect(lateness(late(1))).toEqual({ msMax: 60, lateShare: 0.01, overloaded: false });
  expect(lateness(late(2)).overloaded).toBe(true);
});

test('the outcome holds every acknowledged write in order, and no other', () => {
  const result = outcome([sample(50, { region: 'b', epoch: 2 }), failed(20), sample(10), sample(30, { kind: 'read' })], 0, 100);
  expect(result.acknowledged).toEqual([
    { id: 'w10', sentAt: 10, acknowledgedAt: 20, region: '', epoch: -1 },
    { id: 'w50', sentAt: 50, acknowledgedAt: 60, region: 'b', epoch: 2 },
  ]);
  expect(result).toMatchObject({ requests: 4, errors: 1 });
});

test('a second is told by region, kind and reason', () => {
  const statistics = secondStatistics(1_000, [sample(0, { region: 'a', epoch: 1 }), failed(1, { region: 'a' }), sample(2, { kind: 'read', region: 'b', epoch: 3 }), failed(3, { status: 'dns ENOTFOUND' })], 5);
  expect(statistics).toMatchObject({ requests: 4, errors: 2, open: 5, epoch: 3, failures: { timeout: 1, 'dns ENOTFOUND': 1 }, reads: { requests: 1, errors: 0 } });
  expect(statistics.regions).toMatchObject({ a: { requests: 2, errors: 1, p50Ms: 10 }, b: { requests: 1, errors: 0 }, none: { requests: 1, errors: 1 } });
});
