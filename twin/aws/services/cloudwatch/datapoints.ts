// Metric values as they were put, and their statistics over periods. Percentiles need the raw values, which statistic sets lack.
import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';

export interface MetricName { readonly region: string; readonly namespace: string; readonly name: string; readonly dimensions: readonly Dimension[] }

interface Point { readonly at: number; readonly values: readonly number[]; readonly sum: number; readonly count: number; readonly minimum: number; readonly maximum: number }

export interface Period { readonly from: number; readonly to: number }

/** Points kept per metric: hours at one per second. */
const POINTS_MAX = 20_000;

export class Datapoints {
  readonly #metrics = new Map<string, Point[]>();

  put(metric: MetricName, datum: MetricDatum, now: number): void {
    const points = this.#metrics.get(keyOf(metric)) ?? [];
    points.push(pointOf(datum, now));
    if (points.length > POINTS_MAX) points.splice(0, POINTS_MAX / 10);
    this.#metrics.set(keyOf(metric), points);
  }

  /** A statistic over [from, to); undefined without data, or for a statistic that cannot be computed. */
  statistic(metric: MetricName, statistic: string, { from, to }: Period): number | undefined {
    const points = (this.#metrics.get(keyOf(metric)) ?? []).filter(({ at }) => at >= from && at < to);
    return points.length === 0 ? undefined : compute(points, statistic);
  }
}

/** Periods of a length, aligned to it, that touch [from, to); oldest first. */
export function periods(from: number, to: number, lengthMs: number): Period[] {
  const found: Period[] = [];
  for (let start = Math.floor(from / lengthMs) * lengthMs; start < to; start += lengthMs) found.push({ from: start, to: start + lengthMs });
  return found;
}

/** Whether this text names a statistic. */
export const isStatistic = (text: string): boolean => /^(SampleCount|Average|Sum|Minimum|Maximum|p\d{1,2}(\.\d+)?|p100)$/.test(text);

function pointOf({ Timestamp, Value, Values, Counts, StatisticValues: set }: MetricDatum, now: number): Point {
  const at = Timestamp?.getTime() ?? now;
  if (set !== undefined) return { at, values: [], sum: set.Sum ?? 0, count: set.SampleCount ?? 0, minimum: set.Minimum ?? 0, maximum: set.Maximum ?? 0 };
  const values = Values?.flatMap((value, index) => Array.from({ length: Counts?.[index] ?? 1 }, () => value)) ?? [Value ?? 0];
  return { at, values, sum: values.reduce((sum, value) => sum + value, 0), count: values.length, minimum: Math.min(...values), maximum: Math.max(...values) };
}

function compute(points: readonly Point[], statistic: string): number | undefined {
  const count = points.reduce((total, point) => total + point.count, 0);
  const sum = points.reduce((total, point) => total + point.sum, 0);
  switch (statistic) {
    case 'SampleCount': return count;
    case 'Sum': return sum;
    case 'Average': return count === 0 ? undefined : sum / count;
    case 'Minimum': return Math.min(...points.map(({ minimum }) => minimum));
    case 'Maximum': return Math.max(...points.map(({ maximum }) => maximum));
    default: {
      const values = points.flatMap((point) => point.values).sort((left, right) => left - right);
      const rank = Math.ceil((Number(statistic.slice(1)) / 100) * values.length) - 1;
      return values[Math.max(0, rank)];
    }
  }
}

const keyOf = ({ region, namespace, name, dimensions }: MetricName): string =>
  JSON.stringify([region, namespace, name, dimensions.map(({ Name, Value }) => [Name, Value]).sort((left, right) => String(left[0]).localeCompare(String(right[0])))]);
