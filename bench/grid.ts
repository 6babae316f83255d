// One application at a time, over a grid of clouds: how long from the first suspicion until the subject knows that the database takes
// writes, how much of that comes after it did, and what hangs. Every subject meets the same draws.
import type { Cloud } from './cloud.ts';
import { hotshift } from './hotshift.ts';
import { naive } from './naive.ts';
import { orchestrator } from './orchestrator.ts';
import { DOCUMENTED } from './quotas.ts';
import { median, quantile } from './statistics.ts';
import type { Measured, Moments } from './subject.ts';

export interface Cell { readonly promotionSeconds: number; readonly statusLagSeconds: number; readonly transitionMs: number; readonly eventLoss: number }
export interface Spread { readonly p50: number | undefined; readonly p95: number | undefined }
export interface Figures {
  readonly subject: Measured['subject'];
  /** From the first suspicion to the request to promote. */
  readonly before: Spread;
  /** From the first write that the database takes to the subject's knowing it; nothing for one that never looks. */
  readonly after: Spread;
  /** From the first suspicion to the knowing; for one that never looks, to the first write. */
  readonly total: Spread;
  /** From the first suspicion until application servers may write to the new writer; nothing for one that moves none. */
  readonly letIn: Spread;
  readonly hung: number;
  readonly unfenced: number;
  readonly runs: number;
  readonly transitions: number;
  readonly databaseCalls: number;
  readonly gigabyteSeconds: number;
}
export interface CellResult { readonly cell: Cell; readonly hotshift: Figures; readonly orchestrator: Figures; readonly naive: Figures }

export const GRID = { promotionSeconds: [20, 60, 120, 240, 600], statusLagSeconds: [0, 60, 180], transitionMs: [20, 50, 200], eventLoss: [0, 0.05, 0.5] } as const;
export const STANDARD = { transitionMs: 50, eventLoss: 0 } as const;

export function cells(grid: { readonly [K in keyof Cell]: readonly number[] } = GRID): readonly Cell[] {
  return grid.promotionSeconds.flatMap((promotionSeconds) => grid.statusLagSeconds.flatMap((statusLagSeconds) =>
    grid.transitionMs.flatMap((transitionMs) => grid.eventLoss.map((eventLoss) => ({ promotionSeconds, statusLagSeconds, transitionMs, eventLoss })))));
}

export async function measureCell(cell: Cell, seeds: readonly number[]): Promise<CellResult> {
  const runs: Record<'hotshift' | 'orchestrator' | 'naive', Measured[]> = { hotshift: [], orchestrator: [], naive: [] };
  for (const seed of seeds) {
    const cloud: Cloud = { seed, applications: 1, ...cell, quotas: DOCUMENTED };
    runs.hotshift.push(await hotshift(cloud));
    runs.orchestrator.push(await orchestrator(cloud, false));
    runs.naive.push(await naive(cloud));
  }
  return { cell, hotshift: figures(runs.hotshift), orchestrator: figures(runs.orchestrator), naive: figures(runs.naive) };
}

const spread = (values: readonly number[]): Spread => ({ p50: median(values), p95: quantile(values, 0.95) });

export function figures(runs: readonly Measured[]): Figures {
  const [first] = runs;
  if (first === undefined) throw new RangeError('there is no run');
  const all = runs.flatMap(({ applications }) => applications);
  const from = (begin: keyof Moments, end: keyof Moments): readonly number[] => all.flatMap((moments) => {
    const [one, other] = [moments[begin], moments[end]];
    return typeof one === 'number' && typeof other === 'number' ? [other - one] : [];
  });
  const mean = (of: (run: Measured) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / all.length;
  return {
    subject: first.subject, before: spread(from('triggerAt', 'askedAt')), after: spread(from('writableAt', 'knownAt')),
    total: spread(from('triggerAt', first.subject === 'naive' ? 'writableAt' : 'knownAt')), letIn: spread(from('triggerAt', 'letInAt')),
    hung: all.filter(({ end }) => end !== 'done').length, unfenced: runs.reduce((sum, run) => sum + run.unfenced, 0), runs: all.length,
    transitions: mean(({ cost }) => cost.transitions), databaseCalls: mean(({ cost }) => cost.calls['database'] ?? 0), gigabyteSeconds: mean(({ cost }) => cost.lambdaGigabyteSeconds),
  };
}
