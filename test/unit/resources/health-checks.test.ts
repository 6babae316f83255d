// Health checks that the stacks make: where they live, what they ask, and that their ids stay when the switch comes to them.
import { describe, expect, test } from '@jest/globals';
import type { TrafficStrategy } from '../../../domain/plan.ts';
import { healthCheckOutputs, healthCheckResources } from '../../../resources/health-checks.ts';
import { readPlans, type Plans } from '../../../resources/plans.ts';
import { switchResources } from '../../../resources/switch.ts';

const example = readPlans('hotshift.example.yml');
const plansWith = (strategies: readonly TrafficStrategy[], probe?: string): Plans => ({
  ...example,
  applications: example.applications.map((plan) => ({
    ...plan, probeUrls: { ...plan.probeUrls, ...(probe === undefined ? {} : { 'eu-central-1': probe }) },
    traffic: plan.traffic.map((traffic) => ({ ...traffic, strategies, makeHealthChecks: true })),
  })),
});
interface Check { readonly Type: string; readonly Properties: { readonly HealthCheckConfig: Readonly<Record<string, unknown>> } }
const checks = (region: string, plans: Plans) => healthCheckResources(region, plans) as Readonly<Record<string, Check>>;
const configOf = (region: string, plans: Plans, id: string) => checks(region, plans)[id]?.Properties.HealthCheckConfig;

describe('health checks', () => {
  test('are made only where the plan wants them, and never by the witness', () => {
    expect(checks('eu-west-1', example)).toEqual({});
    expect(checks('eu-west-2', plansWith(['weighted-records']))).toEqual({});
    expect(Object.keys(checks('eu-west-1', plansWith(['weighted-records'])))).toEqual(['ShopEndpointCheck', 'ShopRecordsCheck']);
  });

  test('those about a region live in the stack of the other one, and ask the region itself', () => {
    expect(configOf('eu-west-1', plansWith(['weighted-records']), 'ShopEndpointCheck')).toEqual({
      Type: 'HTTPS', FullyQualifiedDomainName: 'eu-central-1.shop.example.com', Port: 443, ResourcePath: '/', RequestInterval: 10, FailureThreshold: 3, EnableSNI: true,
    });
    expect(configOf('eu-west-1', plansWith(['weighted-records'], 'http://eu-central-1.shop.example.com:8080/base/'), 'ShopEndpointCheck'))
      .toMatchObject({ Type: 'HTTP', Port: 8080, ResourcePath: '/base/' });
  });

  test('the check of the records is calculated: all of its children must be well', () => {
    const alone = configOf('eu-west-1', plansWith(['weighted-records']), 'ShopRecordsCheck');
    expect(alone).toEqual({ Type: 'CALCULATED', ChildHealthChecks: [{ Ref: 'ShopEndpointCheck' }], HealthThreshold: 1 });
    const plans = plansWith(['health-check-switch']);
    const children = configOf('eu-west-1', plans, 'ShopRecordsCheck')?.['ChildHealthChecks'] as readonly { readonly Ref: string }[];
    expect(configOf('eu-west-1', plans, 'ShopRecordsCheck')?.['HealthThreshold']).toBe(2);
    const made = { ...checks('eu-west-1', plans), ...switchResources('eu-west-1', plans) as object } as Readonly<Record<string, Check>>;
    expect(children.map(({ Ref }) => made[Ref]?.Type)).toEqual(['AWS::Route53::HealthCheck', 'AWS::Route53::HealthCheck']);
  });

  test('an output tells which id belongs where', () => {
    expect(healthCheckOutputs('eu-west-1', plansWith(['weighted-records']))).toEqual({ ShopRecordsCheckId: { Description: expect.stringContaining('traffic.*.endpoints.eu-central-1.healthCheck'), Value: { Ref: 'ShopRecordsCheck' } } });
  });
});
