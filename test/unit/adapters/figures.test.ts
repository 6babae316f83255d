// The line that CloudWatch reads: the form is AWS's (embedded metric format), the resolution high, and what is not known is left out.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { embeddedFigures } from '../../../adapters/figures.ts';

interface Line { readonly _aws: { readonly CloudWatchMetrics: readonly { readonly Namespace: string; readonly Dimensions: readonly (readonly string[])[]; readonly Metrics: readonly { readonly Name: string; readonly Unit: string; readonly StorageResolution?: number }[] }[] }; readonly [name: string]: unknown }
const lines: Line[] = [];
beforeEach(() => {
  lines.length = 0;
  process.env.POWERTOOLS_DEV = 'true';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  jest.spyOn(console, 'log').mockImplementation((line: unknown) => { lines.push(JSON.parse(String(line)) as Line); });
});
afterEach(() => { jest.restoreAllMocks(); delete process.env.POWERTOOLS_DEV; delete process.env.POWERTOOLS_METRICS_DISABLED; });

const about = { application: 'shop', vantagePoint: 'eu-west-2', region: 'eu-west-1' };

test('a round is one line, with the dimensions that the alarms look for and the resolution of a second', () => {
  embeddedFigures().publish(about, [{ name: 'Healthy', value: 0, unit: 'Count' }, { name: 'Latency', value: 12.5, unit: 'Milliseconds' }]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ ...about, service: 'hotshift', Healthy: 0, Latency: 12.5 });
  expect(lines[0]?._aws.CloudWatchMetrics).toEqual([{
    Namespace: 'Hotshift', Dimensions: [['service', 'application', 'vantagePoint', 'region']],
    Metrics: [{ Name: 'Healthy', Unit: 'Count', StorageResolution: 1 }, { Name: 'Latency', Unit: 'Milliseconds', StorageResolution: 1 }],
  }]);
});

test('what is published for one region is gone when the next one is published', () => {
  const figures = embeddedFigures();
  figures.publish(about, [{ name: 'Healthy', value: 1, unit: 'Count' }]);
  figures.publish({ application: 'shop', vantagePoint: 'eu-west-2' }, [{ name: 'ControlReachable', value: 1, unit: 'Count' }]);
  figures.publish(about, [{ name: 'Healthy', value: 0, unit: 'Count' }]);
  expect(lines.map(({ Healthy, ControlReachable, region }) => ({ Healthy, ControlReachable, region }))).toEqual([
    { Healthy: 1, ControlReachable: undefined, region: 'eu-west-1' }, { Healthy: undefined, ControlReachable: 1, region: undefined }, { Healthy: 0, ControlReachable: undefined, region: 'eu-west-1' },
  ]);
});

test('what is no finite number is not known and left out; nothing known is no line', () => {
  const figures = embeddedFigures();
  figures.publish(about, [{ name: 'Lag', value: Number.POSITIVE_INFINITY, unit: 'Seconds' }]);
  figures.publish(about, []);
  expect(lines).toEqual([]);
  figures.publish(about, [{ name: 'Lag', value: Number.NaN, unit: 'Seconds' }, { name: 'LagUnknown', value: 1, unit: 'Count' }]);
  expect(lines[0]).not.toHaveProperty('Lag');
  expect(lines[0]).toMatchObject({ LagUnknown: 1 });
});
