// One second of a run, for a live view: what ended in it, by region. Pure.
import { lateness, percentiles, type Percentiles } from './outcome.ts';
import type { Sample } from './sample.ts';

interface Counts extends Partial<Percentiles> {
  readonly requests: number;
  readonly errors: number;
}

export interface SecondStatistics extends Counts {
  /** When the second began. */
  readonly at: number;
  readonly reads: Counts;
  readonly writes: Counts;
  /** By the region that answered; `none` where no answer and no address told one. */
  readonly regions: Readonly<Record<string, Counts>>;
  /** Status -> how often, of failed requests. */
  readonly failures: Readonly<Record<string, number>>;
  /** The highest epoch that answered. */
  readonly epoch?: number;
  /** Sent and not yet ended. */
  readonly open: number;
  readonly lateMsMax: number;
}

const counts = (samples: readonly Sample[]): Counts => ({ requests: samples.length, errors: samples.filter((sample) => !sample.ok).length, ...percentiles(samples) });

export function secondStatistics(at: number, samples: readonly Sample[], open: number): SecondStatistics {
  const failures: Record<string, number> = {};
  for (const { ok, status } of samples) if (!ok) failures[status] = (failures[status] ?? 0) + 1;
  const regions = [...new Set(samples.map((sample) => sample.region ?? 'none'))];
  const epochs = samples.flatMap((sample) => sample.epoch ?? []);
  return {
    at,
    ...counts(samples),
    reads: counts(samples.filter((sample) => sample.kind === 'read')),
    writes: counts(samples.filter((sample) => sample.kind === 'write')),
    regions: Object.fromEntries(regions.map((region) => [region, counts(samples.filter((sample) => (sample.region ?? 'none') === region))])),
    failures,
    ...(epochs.length > 0 ? { epoch: Math.max(...epochs) } : {}),
    open,
    lateMsMax: lateness(samples).msMax,
  };
}
