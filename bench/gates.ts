// What must stay true, as ratios measured in one run on one simulated cloud: a slower machine changes none of them.
import type { CellResult } from './grid.ts';
import type { FleetResult } from './fleets.ts';

export interface Gate { readonly gate: string; readonly passed: boolean; readonly value: string; readonly threshold: string }

/** The limits stand where the measurement stood when they were written, with room for the luck of few draws (docs/benchmarks.md). */
export const LIMITS = { overheadP95Seconds: 8, beforeP95Seconds: 12, totalRatioMin: 0.9, aheadAtLag60Min: 1.3, boundRatioMax: 1.15, fleetAheadMin: 1.3, databaseCallsMax: 5 } as const;

const gate = (name: string, value: number | undefined, holds: (value: number) => boolean, threshold: string): Gate =>
  ({ gate: name, passed: value !== undefined && holds(value), value: value === undefined ? 'none' : value.toFixed(2), threshold });

const over = (one: number | undefined, other: number | undefined): number | undefined => (one === undefined || other === undefined ? undefined : one / other);

export function cellGates({ cell, hotshift: own, orchestrator: other }: CellResult): readonly Gate[] {
  const where = `promotion ${cell.promotionSeconds} s, lag ${cell.statusLagSeconds} s`;
  return [
    gate(`${where}: no end`, own.hung, (value) => value === 0, 'none'),
    gate(`${where}: unfenced`, own.unfenced, (value) => value === 0, 'none'),
    gate(`${where}: asks after`, own.before.p95, (value) => value <= LIMITS.beforeP95Seconds, `at most ${LIMITS.beforeP95Seconds} s`),
    gate(`${where}: knows after writable`, own.after.p95, (value) => value <= LIMITS.overheadP95Seconds, `at most ${LIMITS.overheadP95Seconds} s`),
    gate(`${where}: total, Orchestrator / Hotshift`, over(other.total.p50, own.total.p50), (value) => value >= (cell.statusLagSeconds >= 60 ? LIMITS.aheadAtLag60Min : LIMITS.totalRatioMin), `at least ${cell.statusLagSeconds >= 60 ? LIMITS.aheadAtLag60Min : LIMITS.totalRatioMin}`),
    gate(`${where}: RDS calls`, own.databaseCalls, (value) => value <= LIMITS.databaseCallsMax, `at most ${LIMITS.databaseCallsMax}`),
  ];
}

export function fleetGates(own: FleetResult, other: FleetResult): readonly Gate[] {
  const where = `${own.measured.cloud.applications} applications`;
  return [
    gate(`${where}: not failed over`, own.measured.applications.filter(({ end }) => end !== 'done').length, (value) => value === 0, 'none'),
    gate(`${where}: makespan / lower bound`, over(own.makespanSeconds, own.boundSeconds), (value) => value <= LIMITS.boundRatioMax, `at most ${LIMITS.boundRatioMax}`),
    gate(`${where}: makespan, Orchestrator with retries / Hotshift`, over(other.makespanSeconds, own.makespanSeconds), (value) => value >= LIMITS.fleetAheadMin, `at least ${LIMITS.fleetAheadMin}`),
    gate(`${where}: throttled at RDS`, own.measured.cost.throttled['database'] ?? 0, (value) => value === 0, 'none'),
  ];
}
