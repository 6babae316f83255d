// What is in a template, and what differs between two of them, as a person wants to read it before deploying. Pure. Where osls puts
// the code (a path with the time of packaging) is left out: whether the code changed is told by its own bytes.
import type { Statement } from './cloudformation.ts';

export interface TemplateResource { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }
export interface TemplateText { readonly Resources: Readonly<Record<string, TemplateResource>> }

export interface Contents {
  readonly resources: number;
  /** Type -> how many, the most first. */
  readonly byType: readonly (readonly [type: string, count: number])[];
  readonly roles: number;
  /** Actions of all roles, and how many different ones. */
  readonly actions: number;
  readonly differentActions: number;
}

export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Logical id and the properties that differ. */
  readonly changed: readonly { readonly id: string; readonly properties: readonly string[] }[];
}

export function contentsOf({ Resources }: TemplateText): Contents {
  const types = Object.values(Resources).map(({ Type }) => Type);
  const byType = [...new Set(types)].map((type) => [type, types.filter((one) => one === type).length] as const).sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || left.localeCompare(right));
  const roles = Object.values(Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
  const actions = roles.flatMap(({ Properties = {} }) => (Properties['Policies'] ?? []) as readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement).filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => [Action].flat());
  return { resources: types.length, byType, roles: roles.length, actions: actions.length, differentActions: new Set(actions).size };
}

export function differenceOf(before: TemplateText, after: TemplateText): Difference {
  const [old, now] = [before.Resources, after.Resources];
  const changed = Object.keys(now).filter((id) => old[id] !== undefined && text(settled(old[id])) !== text(settled(now[id]))).map((id) => ({ id, properties: differing(settled(old[id]), settled(now[id])) }));
  return { added: Object.keys(now).filter((id) => old[id] === undefined), removed: Object.keys(old).filter((id) => now[id] === undefined), changed };
}

export const isSame = ({ added, removed, changed }: Difference): boolean => added.length + removed.length + changed.length === 0;

/** Without the place of the code. */
function settled(resource: TemplateResource | undefined): TemplateResource {
  const { Properties = {}, Type = '', ...rest } = resource ?? {};
  const { Code: _code, ...others } = Properties;
  return { Type, ...rest, Properties: Type === 'AWS::Lambda::Function' ? others : Properties };
}

function differing(before: TemplateResource, after: TemplateResource): readonly string[] {
  const [old, now] = [before.Properties ?? {}, after.Properties ?? {}];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => text(old[name]) !== text(now[name]));
  return names.length > 0 ? names.sort() : [before.Type === after.Type ? 'what stands beside its properties' : 'Type'];
}

/** JSON with its keys in order: CloudFormation answers with an order of its own. */
const text = (value: unknown): string => JSON.stringify(value, (_key, part: unknown) => (typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1))) : part)) ?? '';
