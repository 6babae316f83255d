// Tables in Markdown for docs/benchmarks.md, made from measured figures only.
import type { CellResult, Figures } from './grid.ts';
import { ratio, shown } from './statistics.ts';

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
