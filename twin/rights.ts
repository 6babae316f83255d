// Which rights each function used in a run, and whether its role gives them: every call in the endpoint's log, held against the very
// statements that are deployed, with the resource and the conditions as IAM would see them. A key that it does not know is a refusal.
import type { ApplicationPlan } from '../domain/plan.ts';
import type { Statement } from '../resources/cloudformation.ts';
import { permissionsOf } from '../resources/permissions.ts';
import type { Call } from './aws/calls.ts';
import { ACCOUNT_ID } from './aws/service.ts';
import { resourcesOf, type Asked } from './rights-resources.ts';
import { TABLE } from './settings.ts';

/** One right that was used, as often as it may have been. */
export interface UsedRight {
  /** The function, without its prefix. */
  readonly who: string;
  /** Where it ran. */
  readonly place: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

const FUNCTION = /^hotshift-(.+)$/;
/** The prefix of a client's actions in IAM, where it is not the client's own name. */
const PREFIXES: Readonly<Record<string, string>> = { 'route-53': 'route53', eventbridge: 'events', 'secrets-manager': 'secretsmanager', sfn: 'states', 'auto-scaling': 'autoscaling' };

/** The rights that the functions used, each once, in order. */
export function usedRights(calls: readonly Call[], plan: ApplicationPlan): readonly UsedRight[] {
  const found = new Map<string, UsedRight>();
  for (const call of calls) {
    const who = FUNCTION.exec(call.identity ?? '')?.[1];
    if (who === undefined) continue;
    const action = `${PREFIXES[call.service] ?? call.service}:${call.operation}`;
    for (const asked of resourcesOf(call)) {
      const allowed = statementsOf(who, call.caller, plan).some((statement) => allows(statement, action, asked, call.caller));
      const right = { who, place: call.caller, action, resource: asked.resource, allowed };
      found.set(JSON.stringify(right), right);
    }
  }
  return [...found.values()].sort((left, right) => `${left.who} ${left.action}`.localeCompare(`${right.who} ${right.action}`));
}

const statementsOf = (who: string, place: string, plan: ApplicationPlan): readonly Statement[] => permissionsOf(who, place, { table: TABLE, applications: [plan] });

/** Does one statement allow the action on this resource under its conditions? */
export function allows({ Effect, Action, Resource, Condition = {} }: Statement, action: string, asked: Asked, place: string): boolean {
  if (Effect !== 'Allow' || !Action.includes(action)) return false;
  const resources = [Resource].flat().map((one) => textOf(one, place));
  if (!resources.some((pattern) => like(pattern, asked.resource))) return false;
  return Object.entries(Condition).every(([operator, keys]) => Object.entries(keys as Readonly<Record<string, unknown>>).every(([key, wanted]) => holds(operator, [wanted].flat().map((one) => textOf(one, place)), asked.keys[key])));
}

/** IAM's operators, as far as the roles use them. `given`: the values of the key in the call; undefined when it has none. */
function holds(operator: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  switch (operator) {
    case 'Null': return wanted[0] === String(given === undefined || given.length === 0);
    case 'ForAllValues:StringEquals': return (given ?? []).every((value) => wanted.includes(value));
    case 'ForAllValues:StringLike': return (given ?? []).every((value) => wanted.some((pattern) => like(pattern, value)));
    case 'StringEquals': return given !== undefined && given.some((value) => wanted.includes(value));
    case 'ArnEquals': case 'ArnLike': case 'StringLike': return given !== undefined && given.some((value) => wanted.some((pattern) => like(pattern, value)));
    default: throw new Error(`twin/rights.ts: the operator ${operator} is not known here`);
  }
}

/** CloudFormation's text with this account and place in it. */
function textOf(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Sub': text } = value as { readonly 'Fn::Sub'?: string };
  if (text === undefined) throw new Error(`twin/rights.ts: ${JSON.stringify(value)} is known at deployment only`);
  return text.replaceAll('${AWS::Partition}', 'aws').replaceAll('${AWS::AccountId}', ACCOUNT_ID).replaceAll('${AWS::Region}', place);
}

/** `*` is any text, `?` one character, as in IAM. */
function like(pattern: string, text: string): boolean {
  const quoted = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${quoted}$`, 's').test(text);
}
