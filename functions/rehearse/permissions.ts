// Would IAM let each role do what its step needs? Each statement that was packaged becomes questions to the simulator, with the
// context keys that the real call carries; what is answered otherwise than `allowed` is a finding.
import type { Finding, PackagedPlace, SimulatedCall, SimulatedDecision } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import { finding } from './catalogue.ts';

/** The questions about one function's role. The account is only known from the role itself. */
export function callsOf(calls: PackagedPlace['functions'][string]['calls'], roleArn: string): readonly SimulatedCall[] {
  const account = accountOf(roleArn);
  const filled = (text: string): string => text.replaceAll('${AWS::AccountId}', account);
  return calls.map(({ actions, resources, context }) => ({
    roleArn, actions, resources: resources.map(filled), context: context.map((entry) => ({ ...entry, values: entry.values.map(filled) })),
  }));
}

export const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

/** Shown at most of one role; the rest is counted. */
const SHOWN_MAX = 4;

export function permissionFindings(name: string, region: Region, decisions: readonly SimulatedDecision[]): readonly Finding[] {
  const denied = decisions.filter(({ decision }) => decision !== 'allowed');
  if (denied.length === 0) return [];
  const shown = denied.slice(0, SHOWN_MAX).map(({ action, resource, decision }) => `${action} on ${resource}: ${decision}`).join('; ');
  const rest = denied.length > SHOWN_MAX ? `; and ${denied.length - SHOWN_MAX} more` : '';
  return [finding('permission-denied', { region, subject: name }, shown + rest)];
}
