// The switch as it is deployed: in each region a function URL, and a check that asks it about the other region, inverted.
import { describe, expect, test } from '@jest/globals';
import { functionsAt, functionsOf, stepNames } from '../../../resources/functions.ts';
import { permissionsOf } from '../../../resources/permissions.ts';
import { allRegions, readPlans, type Plans } from '../../../resources/plans.ts';
import { outputsOf, resourcesOf } from '../../../resources/stack.ts';
import { routingControls } from '../../../resources/permissions-records.ts';

const example = readPlans('hotshift.example.yml');
const switched: Plans = { ...example, applications: example.applications.map((plan) => ({ ...plan, traffic: plan.traffic.map((traffic) => ({ ...traffic, strategies: ['health-check-switch', 'weighted-records'] as const })) })) };
const [west, central, witness] = ['eu-west-1', 'eu-central-1', 'eu-west-2'] as const;
type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>>;
const stack = (region: string, plans = switched): Resources => resourcesOf(region, plans, {}) as Resources;
// Without what people in Slack are heard by: ear.test.ts has that.
const ofType = (resources: Resources, type: string) => Object.entries(resources).filter(([id, { Type }]) => Type === type && !id.startsWith('Hear')).map(([, { Properties }]) => Properties);
const checks = (region: string) => ofType(stack(region), 'AWS::Route53::HealthCheck').map((properties) => properties['HealthCheckConfig'] as Readonly<Record<string, unknown>>).filter(({ ResourcePath }) => String(ResourcePath).startsWith('/left/'));

describe('the switch', () => {
  test.each([[west, central], [central, west]])('in %s it takes out %s: asked by HTTPS, every 10 s, inverted, at the first answer', (region, other) => {
    expect(checks(region)).toEqual([expect.objectContaining({ Type: 'HTTPS', ResourcePath: `/left/shop/${other}`, Inverted: true, RequestInterval: 10, FailureThreshold: 1, EnableSNI: true })]);
    expect(JSON.stringify(checks(region))).toContain('AnswerUrl');
    expect(outputsOf(region, switched, {})['ShopSwitchCheckId']).toMatchObject({ Description: expect.stringContaining(other) });
  });

  test('anybody may ask the URL and nothing else, and the function may read one table', () => {
    expect(ofType(stack(west), 'AWS::Lambda::Url')).toEqual([expect.objectContaining({ AuthType: 'NONE' })]);
    const open = ofType(stack(west), 'AWS::Lambda::Permission').filter(({ Principal }) => Principal === '*');
    expect(open.map(({ Action, FunctionUrlAuthType, InvokedViaFunctionUrl }) => [Action, FunctionUrlAuthType ?? InvokedViaFunctionUrl])).toEqual([['lambda:InvokeFunctionUrl', 'NONE'], ['lambda:InvokeFunction', true]]);
    expect(JSON.stringify(open.map(({ FunctionName }) => FunctionName)).match(/\w+LambdaFunction/g)).toEqual(['AnswerLambdaFunction', 'AnswerLambdaFunction']);
    expect(permissionsOf('answer', west, switched).flatMap(({ Action }) => Action)).toEqual(['dynamodb:GetItem']);
    expect((functionsOf(west, switched, undefined) as Readonly<Record<string, { readonly reservedConcurrency: number }>>)['answer']?.reservedConcurrency).toBe(5);
  });

  test('without the strategy, and in the witness, there is none of it; and no workflow ever calls it', () => {
    for (const region of allRegions(example)) expect(functionsAt(region, example)).not.toContain('answer');
    expect(functionsAt(witness, switched)).not.toContain('answer');
    expect([checks(witness), ofType(stack(west, example), 'AWS::Lambda::Url')]).toEqual([[], []]);
    expect(stepNames()).not.toContain('answer');
  });
});

test('routing controls: the configured ones, and never over a safety rule', () => {
  const controls = { [west]: 'arn:aws:route53-recovery-control::111122223333:controlpanel/a/routingcontrol/b', [central]: 'arn:aws:route53-recovery-control::111122223333:controlpanel/a/routingcontrol/c' };
  const statements = routingControls({ ...example, applications: example.applications.map((plan) => ({ ...plan, routingControls: { endpoints: [], controls } })) });
  expect(statements.map(({ Resource }) => Resource)).toEqual([Object.values(controls), Object.values(controls)]);
  expect(statements.find(({ Action }) => Action.some((action) => action.includes('Update')))?.Condition).toEqual({ BoolIfExists: { 'route53-recovery-cluster:AllowSafetyRulesOverrides': 'false' } });
});
