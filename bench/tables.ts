// Tables in Markdown for docs/benchmarks.md, made from measured figures only.
import type { FleetResult } from './fleets.ts';
import type { Gate } from './gates.ts';
import type { CellResult, Figures } from './grid.ts';
import { ratio, shown } from './statistics.ts';
import type { TwinFigures } from './twin.ts';

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const both = ({ p50, p95 }: Figures['after']): string => `${shown(p50)} / ${shown(p95)}`;

/** Who is first in a cell; less than two seconds apart is a tie. */
const TIE_SECONDS = 2;
export function verdict({ hotshift, orchestrator }: Pick<CellResult, 'hotshift' | 'orchestrator'>): string {
  const [own, other] = [hotshift.total.p50, orchestrator.total.p50];
  if (own === undefined || other === undefined) return own === other ? '-' : own === undefined ? 'loses' : 'wins';
  return Math.abs(own - other) < TIE_SECONDS ? 'ties' : own < other ? 'wins' : 'loses';
}

export const gridTable = (results: readonly CellResult[]): string => table(
  ['promotion', 'status lag', 'transition', 'loss', 'Hotshift: asks after', 'knows after writable, p50 / p95', 'total', 'writes let in', 'Orchestrator: after writable, p50 / p95', 'total', 'total ratio', 'Hotshift', 'naive: writable', 'no end: H / O / n'],
  results.map(({ cell, hotshift: own, orchestrator: other, naive }) => [
    `${cell.promotionSeconds} s`, `${cell.statusLagSeconds} s`, `${cell.transitionMs} ms`, `${cell.eventLoss * 100} %`, `${shown(own.before.p50)} s`, both(own.after), shown(own.total.p50), shown(own.letIn.p50),
    both(other.after), shown(other.total.p50), ratio(other.total.p50, own.total.p50), verdict({ hotshift: own, orchestrator: other }), shown(naive.total.p50),
    `${own.hung} / ${other.hung} / ${naive.hung} of ${own.runs}`,
  ]),
);

const many = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ') || '-';

export const fleetTable = (results: readonly FleetResult[]): string => table(
  ['applications', 'subject', 'all writable after, s', 'lower bound, s', 'times the bound', 'ends', 'RDS calls', 'throttled', 'transitions', 'peak a second', 'dollars', 'unfenced'],
  results.map(({ measured: { subject, cloud, cost, unfenced }, makespanSeconds, lastSeconds, boundSeconds, ends, dollars }) => [
    String(cloud.applications), subject, makespanSeconds === undefined ? `never; the last that did ${shown(lastSeconds, 0)}` : shown(makespanSeconds, 0), shown(boundSeconds, 0), ratio(makespanSeconds, boundSeconds),
    many(ends), String(cost.calls['database'] ?? 0), many(cost.throttled), String(cost.transitions), String(cost.transitionsPerSecondMax), dollars.toFixed(4), String(unfenced),
  ]),
);

export const gateTable = (gates: readonly Gate[]): string => table(['gate', 'value', 'must be', 'holds'], gates.map(({ gate, value, threshold, passed }) => [gate, value, threshold, passed ? 'yes' : 'NO']));

export const twinTable = (figures: readonly TwinFigures[]): string => table(
  ['fault', 'runs', 'failed over', 'writes stood still, s, p50 / p95', 'floor, s', 'times the floor, p50 / p95'],
  figures.map(({ fault, runs, failedOver, p50, p95, floor, ratioP50, ratioP95 }) => [fault, String(runs), String(failedOver), `${shown(p50, 2)} / ${shown(p95, 2)}`, shown(floor, 2), `${shown(ratioP50, 2)} / ${shown(ratioP95, 2)}`]),
);
