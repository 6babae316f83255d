// IAM's simulator, as far as the roles of Hotshift need it: it judges each question by the statements that the role was packaged with.
// It shares no code with resources/simulations.ts: a question without the right context is denied here as it is by AWS.
import * as client from '@aws-sdk/client-iam';
import type { SimulatePrincipalPolicyCommandInput } from '@aws-sdk/client-iam';
import type { Statement } from '../../../resources/cloudformation.ts';
import { ACCOUNT_ID, type Service } from '../../../twin/aws/service.ts';

export type PolicyOf = (roleArn: string) => { readonly region: string; readonly statements: readonly Statement[] };

export function iamService(policyOf: PolicyOf): Service {
  return {
    name: 'iam', signingName: 'iam', client, scope: 'global',
    handlers: {
      SimulatePrincipalPolicy: ({ PolicySourceArn = '', ActionNames = [], ResourceArns = ['*'], ContextEntries = [] }: SimulatePrincipalPolicyCommandInput) => {
        const { region, statements } = policyOf(PolicySourceArn);
        const context = new Map(ContextEntries.map(({ ContextKeyName = '', ContextKeyValues = [] }) => [ContextKeyName, ContextKeyValues]));
        const decide = (action: string, resource: string): string => (statements.some((statement) => allows(statement, action, resource, context, region)) ? 'allowed' : 'implicitDeny');
        return {
          IsTruncated: false,
          EvaluationResults: ActionNames.flatMap((action) => ResourceArns.map((resource) => ({ EvalActionName: action, EvalResourceName: resource, EvalDecision: decide(action, resource) }))),
        };
      },
    },
  };
}

type Context = ReadonlyMap<string, readonly string[]>;

function allows({ Effect, Action, Resource, Condition = {} }: Statement, action: string, resource: string, context: Context, region: string): boolean {
  return Effect === 'Allow' && Action.includes(action) && [Resource].flat().some((pattern) => matches(text(pattern, region), resource))
    && Object.entries(Condition).every(([operator, keys]) => Object.entries(keys as object).every(([key, wanted]) => holds(operator, [wanted].flat().map((value) => text(value, region)), context.get(key))));
}

function holds(operator: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  if (operator === 'Null') return (given === undefined) === (wanted[0] === 'true');
  if (operator.endsWith('IfExists')) return given === undefined || wanted.includes(given[0] ?? '');
  const like = /Like$|^Arn/.test(operator);
  const one = (value: string): boolean => wanted.some((pattern) => (like ? matches(pattern, value) : pattern === value));
  if (operator.startsWith('ForAllValues:')) return (given ?? []).every(one);
  return given !== undefined && given.length === 1 && one(given[0]!);
}

const matches = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`).test(value);

const text = (value: unknown, region: string): string => (typeof value === 'string' ? value : (value as { readonly 'Fn::Sub': string })['Fn::Sub'])
  .replaceAll('${AWS::Partition}', 'aws').replaceAll('${AWS::Region}', region).replaceAll('${AWS::AccountId}', ACCOUNT_ID);
