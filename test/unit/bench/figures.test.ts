// The parts of the benchmark that only count: order statistics, who wins a cell, the bound of a fleet, gates that can break, and the
// reading of a twin's result.
import { describe, expect, test } from '@jest/globals';
import { drawsFor, nameOf } from '../../../bench/cloud.ts';
import { boundSeconds, fleetCloud } from '../../../bench/fleets.ts';
import { cellGates } from '../../../bench/gates.ts';
import type { CellResult, Figures } from '../../../bench/grid.ts';
import { quantile, ratio, shown } from '../../../bench/statistics.ts';
import { verdict } from '../../../bench/tables.ts';
import { readRun, twinFigures } from '../../../bench/twin.ts';

test('quantiles are values that were measured, and nothing has none', () => {
  expect([quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 0.95), quantile([], 0.5)]).toEqual([2, 3, undefined]);
  expect([shown(undefined), shown(1.26), ratio(10, 4), ratio(undefined, 4), ratio(100, 4), ratio(1, 0)]).toEqual(['-', '1.3', '2.50x', '-', '25x', '-']);
});

const figures = (p50: number | undefined, more: Partial<Figures> = {}): Figures => ({
  subject: 'hotshift', before: { p50: 5, p95: 6 }, after: { p50: 2, p95: 3 }, total: { p50, p95: p50 }, letIn: { p50, p95: p50 }, hung: 0, unfenced: 0, runs: 3, transitions: 1, databaseCalls: 3, gigabyteSeconds: 1, ...more,
});
const cell = (own: Figures, other: Figures, statusLagSeconds = 60): CellResult => ({ cell: { promotionSeconds: 240, statusLagSeconds, transitionMs: 50, eventLoss: 0 }, hotshift: own, orchestrator: other, naive: own });

test.each<[number | undefined, number | undefined, string]>([[100, 200, 'wins'], [100, 101.9, 'ties'], [101.9, 100, 'ties'], [103, 100, 'loses'], [undefined, 100, 'loses'], [100, undefined, 'wins'], [undefined, undefined, '-']])(
  'against the other: %p to %p %s', (own, other, wanted) => expect(verdict(cell(figures(own), figures(other)))).toBe(wanted));

describe('gates', () => {
  const broken = (result: CellResult): readonly string[] => cellGates(result).filter(({ passed }) => !passed).map(({ gate }) => gate.replace(/^.*: /, ''));
  test('a good cell breaks none', () => expect(broken(cell(figures(200), figures(300)))).toEqual([]));
  test.each<[string, CellResult, string]>([
    ['a hang', cell(figures(200, { hung: 1 }), figures(300)), 'no end'], ['no fence', cell(figures(200, { unfenced: 1 }), figures(300)), 'unfenced'],
    ['late knowing', cell(figures(200, { after: { p50: 2, p95: 9 } }), figures(300)), 'knows after writable'], ['slower than the peer', cell(figures(300), figures(200)), 'total, Orchestrator / Hotshift'],
    ['polls of RDS', cell(figures(200, { databaseCalls: 60 }), figures(300)), 'RDS calls'], ['figures that are missing', cell(figures(undefined), figures(300)), 'total, Orchestrator / Hotshift'],
  ])('%s breaks one', (_, result, wanted) => expect(broken(result)).toEqual([wanted]));
});

test('draws belong to the application: the same in any fleet, others for another seed', () => {
  const [small, large] = [fleetCloud(1, 1), fleetCloud(1000, 1)];
  expect(drawsFor(small, nameOf(0))).toEqual(drawsFor(large, nameOf(0)));
  expect(drawsFor(fleetCloud(1, 2), nameOf(0))).not.toEqual(drawsFor(small, nameOf(0)));
});

test('nobody is faster than the rate of RDS and the slowest database', () => {
  const cloud = fleetCloud(1000, 1);
  const slowest = Math.max(...Array.from({ length: 1000 }, (_, index) => drawsFor(cloud, nameOf(index)).promotionMs)) / 1000;
  expect(boundSeconds(cloud)).toBeCloseTo((1000 - 300) / 12 + slowest, 6);
  expect(boundSeconds(fleetCloud(10, 1))).toBeLessThan(boundSeconds(fleetCloud(300, 1)) + 1e-9);
});

test('a run of the twin that says nothing is counted, and not as a failover', () => {
  expect(readRun('')).toEqual({ outcome: 'no result' });
  expect(readRun('note\n{"outcome":"Failed over","writeDowntimeSeconds":5,"floor":{"seconds":4}}')).toEqual({ outcome: 'Failed over', downtimeSeconds: 5, floorSeconds: 4 });
  const found = twinFigures('region-crash', [{ fault: 'region-crash', seed: 1, outcome: 'no result' }, { fault: 'region-crash', seed: 2, outcome: 'Failed over', downtimeSeconds: 5, floorSeconds: 4 }]);
  expect(found).toMatchObject({ runs: 2, failedOver: 1, p50: 5, ratioP50: 1.25 });
});
