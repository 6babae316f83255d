// Figures for CloudWatch, written to the log in its embedded metric format: no call that could fail or be waited for, and each with
// the resolution of a second, so that an alarm may look at periods of 10 s. What is no finite number is left out: it is not known.
import { Metrics, MetricResolution, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Figure, Figures } from '../domain/ports.ts';

/** Namespace and service as everywhere; the service is a dimension of its own (resources/alarms-seen.ts looks for it). */
export const NAMESPACE = 'Hotshift';
export const SERVICE = 'hotshift';

const UNITS: Readonly<Record<Figure['unit'], (typeof MetricUnit)[keyof typeof MetricUnit]>> = {
  Count: MetricUnit.Count, Milliseconds: MetricUnit.Milliseconds, Seconds: MetricUnit.Seconds,
};

/** The figures port of a Lambda. */
export function embeddedFigures(): Figures {
  // One instance for each set of dimensions: a line carries one set.
  const made = new Map<string, Metrics>();
  return {
    publish(of, figures) {
      const key = JSON.stringify(of);
      const metrics = made.get(key) ?? new Metrics({ namespace: NAMESPACE, serviceName: SERVICE, defaultDimensions: { ...of } });
      made.set(key, metrics);
      const known = figures.filter(({ value }) => Number.isFinite(value));
      for (const { name, value, unit } of known) metrics.addMetric(name, UNITS[unit], value, MetricResolution.High);
      // Nothing to publish is a warning of its own in the log.
      if (known.length > 0) metrics.publishStoredMetrics();
    },
  };
}
