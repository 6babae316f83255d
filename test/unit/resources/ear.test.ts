// How Slack reaches us as it is deployed: a URL in each of the three places, for whoever signs, and for nothing but one function.
import { describe, expect, test } from '@jest/globals';
import { functionsAt, functionsOf, stepNames } from '../../../resources/functions.ts';
import { permissionsOf } from '../../../resources/permissions.ts';
import { allRegions, readPlans, type Plans } from '../../../resources/plans.ts';
import { outputsOf, resourcesOf } from '../../../resources/stack.ts';

const example = readPlans('hotshift.example.yml');
const deaf: Plans = { ...example, applications: example.applications.map(({ notifications: { slack, ...rest }, ...plan }) => {
  const { people: _, ...quiet } = slack!;
  return { ...plan, notifications: { ...rest, slack: quiet } };
}) };
type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>>;
const own = (region: string, plans = example) => Object.entries(resourcesOf(region, plans, {}) as Resources).filter(([id]) => id.startsWith('Hear'));

describe.each(allRegions(example))('in %s', (region) => {
  test('there is a URL that anybody may call, the function behind it, and its address as an output', () => {
    expect(functionsAt(region, example)).toContain('hear');
    expect(own(region).filter(([, { Type }]) => Type === 'AWS::Lambda::Url').map(([, { Properties }]) => Properties['AuthType'])).toEqual(['NONE']);
    expect(own(region).filter(([, { Type }]) => Type === 'AWS::Lambda::Permission').map(([, { Properties: { Action, Principal, FunctionUrlAuthType, InvokedViaFunctionUrl } }]) => [Action, Principal, FunctionUrlAuthType ?? InvokedViaFunctionUrl]))
      .toEqual([['lambda:InvokeFunctionUrl', '*', 'NONE'], ['lambda:InvokeFunction', '*', true]]);
    expect(outputsOf(region, example, {})).toHaveProperty('SlackRequestUrl');
    expect((functionsOf(region, example, undefined) as Readonly<Record<string, { readonly reservedConcurrency: number }>>)['hear']?.reservedConcurrency).toBe(5);
  });
  test('it reads its own secrets, answers the failover workflow and touches nothing that serves users', () => {
    const statements = permissionsOf('hear', region, example);
    expect(new Set(statements.flatMap(({ Action }) => Action).map((action) => action.split(':')[0]))).toEqual(new Set(['dynamodb', 'secretsmanager', 'sns', 'states'].filter((service) => service !== 'sns' || region !== 'eu-west-2')));
    expect(statements.filter(({ Action }) => Action.includes('states:SendTaskSuccess')).flatMap(({ Resource }) => JSON.stringify(Resource))).toEqual(['"*"']);
    expect(JSON.stringify(statements.filter(({ Action }) => Action.includes('secretsmanager:GetSecretValue')))).not.toContain('hotshift/orders');
  });
  test('where nobody is heard, there is none of it', () => {
    expect(functionsAt(region, deaf)).not.toContain('hear');
    expect(own(region, deaf)).toEqual([]);
    expect(outputsOf(region, deaf, {})).not.toHaveProperty('SlackRequestUrl');
  });
});

test('no workflow ever calls it', () => expect(stepNames()).not.toContain('hear'));
