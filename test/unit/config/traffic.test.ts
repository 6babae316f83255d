// The ways to move users, as a person writes them: what each must have is said before an outage, with place and fix.
import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { checkPlans, compilePlans } from '../../../events/config.ts';
import { exampleTree, exampleWith, setAt, shop } from './example.ts';

const [west, central] = ['eu-west-1', 'eu-central-1'] as const;
const check = (digit: number): string => `${String(digit).repeat(8)}-2222-3333-4444-555555fedcba`;
const arn = (name: string): string => `arn:aws:route53-recovery-control::111122223333:controlpanel/0123456b/routingcontrol/${name}`;
const cluster = { endpoints: ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1', 'ap-southeast-2'].map((region) => ({ region, url: `https://abc.route53-recovery-cluster.${region}.amazonaws.com/v1` })), controls: { [west]: arn('west'), [central]: arn('central') } };

/** The example with health checks, controls and all three strategies; `changes` may break it. */
function text(...changes: readonly (readonly [string, unknown])[]): string {
  const tree = exampleTree();
  const all: readonly (readonly [string, unknown])[] = [
    ['traffic.web.strategies', ['health-check-switch', 'routing-control', 'weighted-records']], ['routingControls', structuredClone(cluster)],
    [`traffic.web.endpoints.${west}.healthCheck`, check(1)], [`traffic.web.endpoints.${central}.healthCheck`, check(2)], ...changes,
  ];
  for (const [path, value] of all) setAt(tree, shop(path), value);
  return stringify(tree);
}

test('all three, with what they need, are accepted, filled and compiled', () => {
  const { plans, errors, warnings } = checkPlans(text());
  expect([errors, warnings]).toEqual([[], []]);
  expect(plans?.applications[0]?.traffic[0]).toMatchObject({ strategies: ['health-check-switch', 'routing-control', 'weighted-records'], strategyTimeoutSeconds: 30, ramp: [50, 75, 100] });
  expect(checkPlans(compilePlans(plans!)).plans).toEqual(plans);
});

test('the older form means the weights alone, and so does none', () => {
  for (const value of ['weighted-records', undefined]) {
    const { plans, errors } = checkPlans(exampleWith(shop('traffic.web.strategy'), value));
    expect([errors, plans?.applications[0]?.traffic[0]?.strategies]).toEqual([[], ['weighted-records']]);
  }
});

describe('errors', () => {
  test.each<[string, string, unknown, string, string?]>([
    ['both forms', 'traffic.web.strategy', 'weighted-records', 'both strategy and strategies'],
    ['an unknown way', 'traffic.web.strategies', ['prayer'], 'health-check-switch or routing-control', 'traffic.web.strategies.0'],
    ['none at all', 'traffic.web.strategies', [], 'at least 1'],
    ['one twice', 'traffic.web.strategies', ['weighted-records', 'weighted-records'], 'there twice', 'traffic.web.strategies.1'],
    ['no health check to switch', `traffic.web.endpoints.${west}.healthCheck`, undefined, 'its records have no health check', `traffic.web.endpoints.${west}`],
    ['one health check for both', `traffic.web.endpoints.${central}.healthCheck`, check(1), 'leave the answers together'],
    ['controls that are not there', 'routingControls', undefined, 'has no routingControls', 'traffic.web.strategies'],
    ['no time for the last one', 'traffic.web.strategyTimeout', '150s', 'would have its turn after 300s'],
    ['a ramp that falls', 'traffic.web.ramp', [75, 50, 100], 'lead users back', 'traffic.web.ramp.1'],
    ['a ramp without an end', 'traffic.web.ramp', [50, 75], 'never be complete'],
    ['a share of nothing', 'traffic.web.ramp', [0, 100], 'at least 1', 'traffic.web.ramp.0'],
    ['a control is missing', `routingControls.controls.${west}`, undefined, 'no routing control for eu-west-1', 'routingControls.controls'],
    ['one control for both', `routingControls.controls.${central}`, arn('west'), 'open or close both'],
    ['two endpoints in a region', 'routingControls.endpoints.1.region', 'us-east-1', 'two endpoints in us-east-1'],
    ['an ARN of something else', `routingControls.controls.${west}`, 'arn:aws:rds:eu-west-1:111122223333:db:orders', 'ARN of a routing control'],
  ])('%s', (_, path, value, message, at = path) => {
    const found = checkPlans(text([path, value])).errors.find((issue) => issue.message.includes(message));
    expect(found?.path.join('.')).toBe(shop(at).join('.'));
    expect(found?.line).toBeGreaterThan(0);
    expect(found?.fix).toBeTruthy();
  });

  test('a record that does not lead needs permits that are checked', () => {
    const found = checkPlans(text(['databases.orders.writerRecord.leads', false], ['permit.enforced', false])).errors;
    expect(found.map(({ path, message }) => [path.at(-1), message])).toEqual([['leads', expect.stringContaining('checks no permits')]]);
    expect(checkPlans(text(['databases.orders.writerRecord.leads', false])).errors).toEqual([]);
  });
});

describe('warnings', () => {
  test.each<[string, string, unknown, string]>([
    ['the control plane first', 'traffic.web.strategies', ['weighted-records', 'health-check-switch'], 'the API of Route 53 is asked first'],
    ['endpoints left out', 'routingControls.endpoints', cluster.endpoints.slice(0, 3), '3 of a cluster'],
    ['controls that nobody uses', 'traffic.web.strategies', ['health-check-switch', 'weighted-records'], 'never used'],
  ])('%s', (_, path, value, message) => {
    const { errors, warnings } = checkPlans(text([path, value]));
    expect(errors).toEqual([]);
    expect(warnings.some((issue) => issue.message.includes(message))).toBe(true);
  });
});
